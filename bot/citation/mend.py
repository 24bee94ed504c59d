"""What pandoc gets wrong in a style, or cannot know, put right after it; each step has its own test.

Every step takes and returns a marked string (see :mod:`bot.citation.marked`).
"""

import re
from collections.abc import Callable
from typing import Final

from bot.citation.csl import OTHERS, Csl, is_article_number
from bot.citation.marked import ITALIC_OFF, ITALIC_ON, italic

# Prepositions that MLA 9 (section 2.90) keeps in lower case whatever their length, while pandoc capitalises
# those of five letters and more, as Chicago 18 does. Words that are as often conjunctions ("after", "before",
# "since") are in here because a title has them before a noun.
_PREPOSITIONS: Final = (
    "about|above|across|after|against|along|among|amongst|around|before|behind|below|beneath|beside|besides|between|"
    "beyond|despite|during|except|inside|near|outside|since|through|throughout|toward|towards|under|underneath|until|"
    "upon|versus|within|without"
)
_MLA_TITLE: Final = re.compile(f"“[^”]*”|{ITALIC_ON}[^{ITALIC_OFF}]*{ITALIC_OFF}")
_MLA_PREPOSITION: Final = re.compile(
    # Not the first word of a title or subtitle, nor the last word.
    rf"(?<![“:?!.—{ITALIC_ON}] )(?<![“‘(/{ITALIC_ON}])\b(?:{_PREPOSITIONS})\b(?=[ /])(?! [—–])",
    re.IGNORECASE,
)
_OTHERS_ENTRY: Final = re.compile(rf"(?P<comma>,)?(?: …)?(?: (?:&|and))? {OTHERS}\.?")


def mend(marked: str, style: str, item: Csl) -> str:
    """The entry of a reference list, put right for the style; ``item`` is the CSL record it was made from."""
    marked = others(marked, italics=style in {"harvard", "ieee"})
    marked = full_page_range(marked, item.get("page", ""))
    for step in _STEPS.get(style, ()):
        marked = step(marked)
    if item["type"] == "article-journal":
        for step in _ARTICLE_STEPS.get(style, ()):
            marked = step(marked)
    return marked


def others(marked: str, *, italics: bool = False) -> str:
    r"""Write "et al." where the list of authors is known to go on (:data:`bot.citation.csl.OTHERS`).

    >>> others("Davenport, T., & \ue000. (2025).")
    'Davenport, T., et al. (2025).'
    """
    et_al = italic("et al.") if italics else "et al."
    return _OTHERS_ENTRY.sub(lambda found: (", " if found["comma"] else " ") + et_al, marked)


def full_page_range(marked: str, page: str) -> str:
    """Write both ends of a range such as "167.e23-167.e30" in full, and keep the hyphen of "e00266-12".

    >>> full_page_range("119(2):167.e23–30.", "167.e23-167.e30")
    '119(2):167.e23–167.e30.'
    """
    if is_article_number(page):
        return marked.replace(page.replace("-", "–"), page)
    first, _, last = page.partition("-")
    if not last or "." not in page:
        return marked
    short = "|".join(re.escape(last[cut:]) for cut in range(1, len(last)))
    return re.sub(rf"({re.escape(first)}[–-])(?:{short})(?![\w.]*\w)", rf"\g<1>{last}", marked)


def mark_inside_quotes(marked: str) -> str:
    """Put the full stop or comma inside an inner quotation that ends the title, as the outer one has it.

    >>> mark_inside_quotes("“What People Call ‘Brain Fog’.” *Work*")
    '“What People Call ‘Brain Fog.’” *Work*'
    """
    return re.sub(r"(‘[^‘’“”]*)’([.,])”", r"\1\2’”", marked)


def mla_one_issue(marked: str) -> str:
    """Write "no." before an issue that has a name ("Suppl 1"), where pandoc sees several numbers."""
    return re.sub(r"\bnos\. (?=\D)", "no. ", marked)


def mla_prepositions(marked: str) -> str:
    """Lower the long prepositions in titles: MLA 9 wants every preposition inside a title in lower case."""
    title = _MLA_TITLE.search(marked)
    if title is None:
        return marked
    lowered = _MLA_PREPOSITION.sub(lambda found: found[0].lower(), title[0])
    return marked[: title.start()] + lowered + marked[title.end() :]


def ieee_online(marked: str) -> str:
    """Put back the "[Online]." before "Available:", which pandoc loses."""
    return re.sub(r"(?<!\[Online\]\. )Available: (?=https?://)", "[Online]. Available: ", marked)


def ama_published_online(marked: str) -> str:
    """Take out "Published online", which the style writes for every article without a volume.

    Our record does not say that the article came out online ahead of print; its volume is only not known.
    """
    return marked.replace("Published online ", "")


def chicago_ahead_of_print(marked: str) -> str:
    """Take out "ahead of print", which the style writes for an article without volume, issue and pages.

    As with AMA: the record does not say so; these are only not known.
    """
    return marked.replace(", ahead of print", "")


def harvard_preprint(marked: str) -> str:
    """Take out "[Preprint]", which the style writes for an article with neither volume nor page."""
    return marked.replace(" [Preprint]", "")


_Step = Callable[[str], str]
_STEPS: Final[dict[str, tuple[_Step, ...]]] = {
    "chicago": (mark_inside_quotes,),
    "mla": (mla_prepositions, mla_one_issue, mark_inside_quotes),
    "ieee": (ieee_online, mark_inside_quotes),
}
_ARTICLE_STEPS: Final[dict[str, tuple[_Step, ...]]] = {
    "ama": (ama_published_online,),
    "chicago": (chicago_ahead_of_print,),
    "harvard": (harvard_preprint,),
}
