"""What every reply must keep, looked for in its text as a reader would, not in how it was made."""

from collections.abc import Iterator

from bot.answer import markdown
from bot.answer.desk import Desk
from bot.answer.reply import Outcome, Reply, Role
from bot.catalogue.model import Study

MEANING = "an explicit, required criterion"


def broken(desk: Desk, reply: Reply, budget: int) -> list[str]:
    """Every promise that a reply breaks, in words; none for a good one."""
    faults = [*_of_any(reply, budget)]
    if reply.is_evidence:
        faults += _of_evidence(desk, reply)
    return faults


def _of_any(reply: Reply, budget: int) -> Iterator[str]:
    if len(reply.text) > budget:
        yield f"{len(reply.text)} characters in a budget of {budget}"
    if not markdown.plain(reply.text).strip():
        yield "it says nothing"
    if any(block.role is Role.NOTICE for block in reply.blocks[1:]):
        yield "the notice is not first"


def _of_evidence(desk: Desk, reply: Reply) -> Iterator[str]:
    if not said(reply, Role.LIMITATIONS):
        yield "no limitations"
    if MEANING not in said(reply, Role.PEM_BADGE):
        yield "the badge is not explained"
    text = markdown.plain(reply.text)
    for study in desk.library.catalogue.studies(reply.studies):
        if desk.library.templates.labels["pem"][study.pem] not in text:
            yield f"no badge of {study.id}"
        if study.retraction and str(study.retraction.year or "") not in said(reply, Role.NOTICE):
            yield f"no notice on {study.id}"
        if not reply.topics and reply.outcome is Outcome.ANSWER:
            yield from _of_study(study, text, alone=len(reply.studies) == 1)
    for identifier in reply.topics:
        topic = desk.library.catalogue.topic(identifier)
        assert topic is not None
        yield from (f"no limitation {x!r}" for x in topic.limitations if _bare(x.split(" [")[0]) not in text)


def _of_study(study: Study, text: str, *, alone: bool) -> Iterator[str]:
    if alone and study.pem_basis not in text:
        yield f"no basis of the badge of {study.id}"
    yield from (f"no limitation {x!r} of {study.id}" for x in study.limitations if _bare(x) not in text)


def _bare(sentence: str) -> str:
    return sentence.rstrip(".")


def said(reply: Reply, role: Role) -> str:
    """What the blocks of a role say, without Markdown."""
    return "\n".join(markdown.plain(block.text) for block in reply.blocks if block.role is role)
