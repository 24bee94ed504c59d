"""``/study``: one study's card."""

from markupsafe import Markup

from bot.answer import markdown, pick
from bot.answer.library import Library
from bot.answer.listing import page_of
from bot.answer.names import short
from bot.answer.reply import Action, Outcome, Reply, Request
from bot.catalogue.model import Study
from bot.citation.citations import NotRenderedError
from bot.citation.styles import DEFAULT_STYLE


def answer(library: Library, request: Request) -> Reply:
    """The card of the study that is meant; with ``view:related`` the studies that answer or repeat it, with
    ``view:history`` what was changed in its entry, and when.
    """
    found = pick.one_study(library, request, request.options["query"])
    if isinstance(found, Reply):
        return found
    if request.options.get("view") == "related" and found.related:
        return _related(library, request, found)
    return card(library, request, found)


def card(library: Library, request: Request, study: Study, *, name_questions: bool = True) -> Reply:
    """The card of a study, quick, full or with its history, as the request's ``view`` says.

    With ``name_questions`` the full view names the questions that the study helps to answer.
    """
    view = request.options.get("view", "quick")
    # The study itself and not its id: a draft of an entry is shown under the id of the entry.
    shows = (study, view, name_questions, request.command, request.budget)
    return library.kept.card(
        shows, lambda: _made(library, request, study, view, name_questions=name_questions)
    )


def _made(library: Library, request: Request, study: Study, view: str, *, name_questions: bool) -> Reply:
    full, history = view == "full", view == "history"
    labels = library.templates.labels["button"]
    asking = library.catalogue.topics_citing(study.id) if full and name_questions else []
    citing = [library.catalogue.topic(topic) for topic in asking]
    blocks = library.templates.fitted(
        "study",
        request.budget,
        study=study,
        studies=[study],
        view=view if full or history else "quick",
        citation=None if history else _citation(library, study),
        citing=citing,
        page=f"{library.site}/evidence/{study.id}" if library.site else None,
        meta=library.catalogue.meta,
    )
    other = "quick" if full or history else "full"
    actions = [Action(labels[other], "study", {"query": study.id, "view": other})]
    actions.append(Action(labels["cite"], "cite", {"query": study.id}))
    if study.related:
        actions.append(Action(labels["related"], "study", {"query": study.id, "view": "related"}))
    return Reply(
        command=request.command,
        outcome=Outcome.ANSWER,
        title=f"{labels['history']} of {short(study)}" if history else f"{short(study)}: {study.title}",
        blocks=blocks,
        studies=(study.id,),
        subject=study.id,
        again=Request("study", {"query": study.id, "view": "full"} if full else {"query": study.id}),
        actions=tuple(actions),
    )


def _citation(library: Library, study: Study) -> Markup | None:
    try:
        citation = library.citations.text(study, DEFAULT_STYLE.key)
    except NotRenderedError:
        return None  # the link is there; a citation of an older state of the record would be a wrong one
    # The address is ours, and a reader may want to press it or copy it.
    return Markup(citation.markdown(markdown.escape).replace("https\\://", "https://"))  # noqa: S704 - escaped for Markdown


def _related(library: Library, request: Request, study: Study) -> Reply:
    return page_of(
        library,
        request,
        list(study.related),
        heading=f"Studies related to {short(study)}",
        remark="They repeat it, contradict it, discuss it or correct it.",
    )
