"""Text to words: one way of reading it, for what is indexed and for what is asked.

Words are lower case, without accents and in ASCII where there is a usual spelling: ``TNF-α`` gives
``tnf alpha``, ``Bragée`` gives ``bragee``. What people write with or without a hyphen comes out the same
(``IL-6``, ``IL6``; ``2-day``, ``2 day``, ``2day``), and so do initials with full stops (``M.E.``).
"""

import re
import unicodedata
from typing import Final

#: Longest text that is looked at, in characters; Discord's own limit for a message is 4,000.
MAX_TEXT: Final = 4000
#: Most words of a text that are looked at. The longest title in the catalogue has about 45.
MAX_WORDS: Final = 80

_GREEK: Final = {
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "δ": "delta",
    "ε": "epsilon",
    "κ": "kappa",
    "λ": "lambda",
    "μ": "mu",
    "ω": "omega",
}
_LETTERS: Final = {
    "ø": "o",
    "æ": "ae",
    "œ": "oe",
    "ß": "ss",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ı": "i",
}
_ASCII: Final = str.maketrans({**_GREEK, **_LETTERS})
# Soft hyphens, zero-width characters and marks of writing direction stand inside words and mean nothing here.
_INVISIBLE: Final = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufe00-\ufe0f]"
)
# Each begins with the sign it looks for, which is found much sooner than what must stand before it.
_APOSTROPHE: Final = re.compile(r"['’ʼ`´′](?<=\w.)(?=\w)")
_POSSESSIVE: Final = re.compile(
    r"['’ʼ`´′](?<=[^\W\d_]{5}.)s(?!\w)"
)  # shorter ones are mostly "what's", "he's"
_INITIALS: Final = re.compile(r"\.(?<=(?<![^\W_])[^\W\d_]\.)(?=[^\W\d_](?![^\W_]))")
_HYPHEN_NUMBER: Final = re.compile(r"[-‐‑‒–](?<=[a-z].)(?=\d)")
_WORD: Final = re.compile(r"[^\W\d_]+\d*|\d+")

#: Words that carry no subject: they neither find nor exclude anything.
STOP: Final = frozenset(
    """
    a about actually after again al all almost also although always am an and any anybody anyone anything
    are arent as at basically be because been before being bit both btw but by called can cant could did
    didnt do does doesnt doing done dont dr each else et etal even ever every everybody everyone
    everything few for from gave get gets getting give given go going gone got had has hasnt have havent
    having he heard hello her hey hi him his how however hows i idk if ill im in into is isnt it its ive
    just kind know lately let like literally little lol look lot lots made make makes many may maybe me
    mean means might mine most much my named nearly need no nobody not nothing of off often ok okay on one
    ones only onto or other our out over please pls plz pretty probably quite rather read reading really
    remember said saw say saying says seen she should show shows since so some somebody someone someones
    something sometimes somewhere sort still such taken tbh tell than thanks that thats the their them
    then there theres these they thing things this those though to told too took tried try trying
    turned type u until up upon ur us use used using very want wanted wants was wasnt we well went were
    werent what whats when where wheres whether which while who whos why whys will with without wont would
    y yes yet you your
    """.split()  # noqa: SIM905 - as a list of quoted words it is harder to read
)
#: Words for a piece of research as such; a query may have them or not.
PAPER: Final = frozenset(
    (
        "article",
        "articles",
        "author",
        "authors",
        "colleagues",
        "paper",
        "papers",
        "publication",
        "published",
        "research",
        "researchers",
        "results",
        "study",
        "studies",
        "year",
    )
)


def fold(text: str) -> str:
    """Lower case, no accents, Greek letters by name, nothing invisible; at most :data:`MAX_TEXT`."""
    text = text[:MAX_TEXT]
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", text)
    text = _INVISIBLE.sub("", text).casefold()
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
        text = text.translate(_ASCII)
    return text


def words(text: str) -> list[str]:
    """The words of ``text`` in order, folded; at most :data:`MAX_WORDS`."""
    text = _APOSTROPHE.sub("", _POSSESSIVE.sub("", fold(text)))
    text = _HYPHEN_NUMBER.sub("", _INITIALS.sub("", text))
    return _WORD.findall(text)[:MAX_WORDS]
