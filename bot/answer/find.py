"""``/find``: a list of studies by words and filters."""

from dataclasses import replace
from difflib import get_close_matches

from bot.answer.errors import UnusableRequestError
from bot.answer.library import Library
from bot.answer.listing import LAST_PAGE, page_of
from bot.answer.pick import no_match
from bot.answer.references import reference_list
from bot.answer.reply import Action, Reply, Request
from bot.answer.styles import named, style_menu
from bot.catalogue.model import Design, Pem
from bot.catalogue.search import Verdict
from bot.catalogue.store import Filters

__all__ = ["LAST_PAGE", "answer", "filters_of", "in_words", "studies_of"]


def answer(library: Library, request: Request) -> Reply:
    """The page of studies that fit the words and meet every filter; best match first, or newest without
    words.
    """
    found = studies_of(library, request)
    if not found:
        return no_match(library, request, "studies", request.options.get("text", ""))
    if "cite" in request.options:
        menu = style_menu(library, request, "cite")
        studies = library.catalogue.studies(found)
        return reference_list(library, request, studies, named(request.options["cite"]), menu=menu)
    page = page_of(library, request, found, heading=in_words(library, request))
    asked = {name: value for name, value in request.options.items() if name != "page"}
    whole = Action(library.templates.labels["button"]["map"], "map", asked)
    return replace(page, actions=(*page.actions, whole)) if len(found) > 1 else page


def studies_of(library: Library, request: Request) -> list[str]:
    """Ids of the studies that a request's words and filters ask for.

    Raises:
        UnusableRequestError: when there is no such case definition or tag.
    """
    text = request.options.get("text", "")
    within = library.search.listing(text) if text else None
    return library.catalogue.find(filters_of(library, request), within)


def filters_of(library: Library, request: Request) -> Filters:
    """The conditions on studies that a request's options set.

    Raises:
        UnusableRequestError: when there is no such case definition or tag.
    """
    options = request.options

    if "from" in options and "to" in options and int(options["from"]) > int(options["to"]):
        raise UnusableRequestError("years_swapped", first=options["from"], last=options["to"])

    def number(name: str) -> int | None:
        return int(options[name]) if name in options else None

    return Filters(
        pem=Pem(options["pem"]) if "pem" in options else None,
        criterion=_criterion(library, options["criteria"]) if "criteria" in options else None,
        design=Design(options["design"]) if "design" in options else None,
        tag=_tag(library, options["topic"]) if "topic" in options else None,
        year_from=number("from"),
        year_to=number("to"),
        size=number("size"),
        retracted={"yes": True, "no": False}.get(options.get("retracted", "")),
    )


def _criterion(library: Library, asked: str) -> str:
    match = library.search.criteria(asked)
    criteria = {c.id: c.name for c in library.catalogue.criteria()}
    if not match.ids or match.verdict is Verdict.CHOICES:
        fitting = [criteria[identifier] for identifier in match.ids]
        raise UnusableRequestError.not_a_choice("criteria", asked, fitting or list(criteria.values()))
    return criteria[match.ids[0]]


def _tag(library: Library, asked: str) -> str:
    tags = library.catalogue.tags()
    wanted = asked.casefold()
    if wanted in tags:
        return wanted
    near = get_close_matches(wanted, tags, n=5) or [tag for tag in tags if wanted in tag] or tags
    raise UnusableRequestError.not_a_choice("topic", asked, near)


def in_words(library: Library, request: Request) -> str:
    """What was asked for, in words: "Studies: cytokines, PEM required, from 2010"."""
    options, labels = request.options, library.templates.labels
    parts = [options["text"]] if "text" in options else []
    if "pem" in options:
        parts.append(labels["pem"][options["pem"]])
    if "criteria" in options:
        parts.append(f"used {_criterion(library, options['criteria'])}")
    if "design" in options:
        parts.append(labels["design"][options["design"]].lower())
    if "topic" in options:
        parts.append(f"tagged {options['topic']}")
    if "from" in options:
        parts.append(f"from {options['from']}")
    if "to" in options:
        parts.append(f"to {options['to']}")
    if "size" in options:
        parts.append(f"at least {options['size']} people")
    if "retracted" in options:
        parts.append("retracted" if options["retracted"] == "yes" else "not retracted")
    return "Studies: " + ", ".join(parts) if parts else "All studies, newest first"
