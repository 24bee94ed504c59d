"""The letter case of titles: what citation styles want and what no citation engine can know.

CSL engines print a title as it is stored or put every word in capitals; none of them makes sentence case, and
all of them spoil science when they capitalise ("β2" becomes "Β2", a Greek capital; "p53" becomes "P53").
"""

import re
from typing import Final

from bot.catalogue.model import Study

# "et al." inside a title, and a chemical name with brackets in it ("poly(I).poly(C12U)"), are kept whole.
_WHOLE: Final = re.compile(r"\bet al\.|\b\w+\([A-Z0-9]\w*\)[.-]\S*\w\)?")
_WORD: Final = re.compile(r"[^\s/—–()\[\]“”\"‘,:;?!]+")
_GREEK: Final = re.compile(r"[\u0370-\u03FF\u1F00-\u1FFF\u00B5\u00DF]")
# What parts a title from its subtitle: a colon, or a dash that stands between them like one.
_MARK: Final = r"(?:: | [–-] |– |— ?)[\"“‘'(]?"
_SUBTITLE: Final = re.compile(rf"(?P<mark>{_MARK})(?P<word>[^\s,:;?!]+)")
_OPENING: Final = re.compile(rf"(?:^[\"“‘'(]?|{_MARK}|[?!.] [\"“‘'(]?)$")

# Words that open a subtitle and are no names, so that a style may lower them. A word that is not listed stays
# as it is stored: a name is never lowered by mistake.
_OPENING_WORDS: Final = (
    "a an the advancing analysis assessment case case-control challenges clinical community "
    "comparison correlation critique current diagnosis differential effects efficacy essentials "
    "evaluation evidence expert exploration feasibility findings guidelines historic illness "
    "implications individual insights investigating lessons long-term not original preliminary "
    "prospective protocol randomised randomized redefining response results retrospective "
    "review road service seven-year similarities study subjective surveillance systematic "
    "translating "
)
_OPENERS: Final = frozenset(_OPENING_WORDS.split())
# Names that titles keep in capitals. A name that is not listed yet makes `evidence-bot check` ask for
# `title_sentence`, which may then repeat the title.
_NAMES: Final = frozenset(
    {
        "Australia",
        "Australian",
        "Barr",
        "British",
        "Columbia",
        "Doppler",
        "England",
        "Epstein",
        "Fukuda",
        "Germany",
        "Giardia",
        "Gulf",
        "Kansas",
        "Lightning",
        "Mainz",
        "Norway",
        "Process",
        "War",
        "Wichita",
    }
)


def sentence_title(study: Study) -> str:
    """The title in sentence case: the curated one, else the source's own."""
    return study.title_sentence or study.title


def with_subtitle(title: str, *, capital: bool) -> str:
    """The title with the first word after a colon capitalised, or lowered where it is an ordinary word.

    Words with a capital, a digit or a Greek letter inside ("mRNA", "p53") stay as they are.
    """

    def mend(found: re.Match[str]) -> str:
        word = found["word"]
        if not is_science(word):
            if capital:
                word = word[0].upper() + word[1:]
            elif word.lower() in _OPENERS:
                word = word[0].lower() + word[1:]
        return found["mark"] + word

    return _SUBTITLE.sub(mend, title)


def stray_capitals(title: str) -> list[str]:
    """Words of a title that a sentence would hardly capitalise; none, if the title is in sentence case
    already.

    Left out are the words that open the title or a subtitle, words whose case says something ("DecodeME"),
    single letters ("B cell") and the names that were met so far.
    """
    return [
        found[0]
        for found in _WORD.finditer(title)
        for word in found[0].split("-")
        if word[:1].isupper() and not is_science(word) and len(word) > 1 and word not in _NAMES
        if not _OPENING.search(title[: found.start()])
    ]


def is_science(word: str) -> bool:
    """Whether changing the case of the word would change what it says: "IL-6", "mRNA", "β2", "DecodeME"."""
    if _GREEK.search(word) or any(c.isupper() for c in word[1:]):
        return True
    return any(c.isdigit() for c in word) and any(c.isalpha() for c in word)


def whole(text: str) -> str:
    """The text as CSL rich text whose case no engine changes."""
    return f'<span class="nocase">{text}</span>'


def nocase(title: str) -> str:
    """The title as CSL rich text, with each token whose case must stay wrapped in ``<span class="nocase">``.

    Of a hyphenated word only the part between its first and last such piece is wrapped: a title-case style
    writes "post-COVID-19-related" as "Post-COVID-19-Related".
    """

    def wrap(found: re.Match[str]) -> str:
        pieces = found[0].split("-")
        keep = [
            number
            for number, piece in enumerate(pieces)
            # Every engine leaves a word in capitals ("ME") alone.
            if (is_science(piece) and not (piece.isalpha() and piece.isupper()))
            or (number and piece[:1].isdigit())
        ]
        if not keep:
            return found[0]
        before, kept = pieces[: keep[0]], "-".join(pieces[keep[0] : keep[-1] + 1])
        return "-".join([*before, whole(kept), *pieces[keep[-1] + 1 :]])

    parts: list[str] = []
    done = 0
    for found in _WHOLE.finditer(title):
        parts += [_WORD.sub(wrap, title[done : found.start()]), whole(found[0])]
        done = found.end()
    return "".join([*parts, _WORD.sub(wrap, title[done:])])


def kept_capitals(study: Study) -> frozenset[int]:
    """Which words of the title (split at single spaces, counted from 0) keep a capital in sentence case.

    The first word of the title, and of a subtitle after a colon, is not among them unless it is more than
    capitalised: every style gives it its capital.
    """
    words = sentence_title(study).split(" ")
    kept = set()
    for number, word in enumerate(words):
        opens = number == 0 or words[number - 1].endswith((":", "?", "!", "."))
        letters = word if not opens else word.lstrip("“‘\"'(")[1:]
        if any(c.isupper() for c in letters):
            kept.add(number)
    return frozenset(kept)
