"""How a study is named in a line: who wrote it, when, what it is called, and its badge."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from bot.catalogue.model import Study

#: Discord's limit for the name of a choice.
LABEL: Final = 100


def who(study: Study) -> str:
    """The authors in short: "Gupta", "Gupta and Aggarwal", "Gupta and others"; or that nobody knows them."""
    authors = [author.name for author in study.authors]
    if not authors:
        return "Authors not known"
    if len(authors) == 1 and study.authors_complete:
        return authors[0]
    if len(authors) == 2 and study.authors_complete:  # noqa: PLR2004 - a pair
        return f"{authors[0]} and {authors[1]}"
    return f"{authors[0]} and others"


def short(study: Study, among: Iterable[Study] = ()) -> str:
    """Authors and year: "Gupta and others 1997".

    Where ``among`` has another one of that name, words of the id tell them apart: "Malik and others 2020
    (feasibility retracted)".
    """
    name = f"{who(study)} {study.year}"
    if any(f"{who(other)} {other.year}" == name for other in among if other.id != study.id):
        words = study.id.partition(f"-{study.year}-")[2].replace("-", " ")
        return f"{name} ({words})" if words else name
    return name


def label(study: Study, labels: Mapping[str, Any], limit: int = LABEL) -> str:
    """A line to pick from, of at most ``limit`` characters.

    As in "Gupta and others 1997: Cytokine production by … (PEM unclear)". The title is cut where it must be;
    the badge and a retraction never are.
    """
    badge = labels["pem"][study.pem]
    tail = f" ({badge})"
    if study.retraction and study.retraction.status in {"retracted", "withdrawn"}:
        tail = f" ({study.retraction.status}; {badge})"
    return cut(f"{short(study)}: {study.title}", limit - len(tail)) + tail


def cut(text: str, limit: int) -> str:
    """The text, cut at a word with "…" where it is longer than ``limit`` characters."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    if " " in head[limit // 2 :]:
        head = head[: head.rindex(" ")]
    return head.rstrip(" ,;:-") + "…"
