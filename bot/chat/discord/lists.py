"""``/list``: the reading lists of a server. Everybody reads them, moderators change them."""

from dataclasses import replace
from typing import Final

from bot.answer import reading_list
from bot.answer.names import LABEL, cut, label
from bot.answer.reply import Outcome, Reply, Request
from bot.catalogue.model import Study
from bot.chat.discord.asking import answer, may_be_open, send
from bot.chat.discord.errors import Note
from bot.chat.discord.front import BUDGET, Front, Interaction, RefusedError
from bot.chat.discord.sharing import moderator_only
from bot.state import StateError, UnknownListError

_EDITS: Final = frozenset({"add", "remove"})
#: What reference managers read best, if no format is named.
_FORMAT: Final = "ris"


async def listed(interaction: Interaction, request: Request, note: Note, *, in_place: bool = False) -> None:
    """Do what a request for ``/list`` asks: show a list, add or remove a study, export it.

    Raises:
        RefusedError: outside servers, or for what only moderators may do.
        UnusableRequestError: when the request cannot be used as it is.
        StateError: when the lists cannot be read or changed.
    """
    if interaction.guild_id is None or not interaction.is_guild_integration():
        raise RefusedError("only_in_server")
    front = interaction.client.front
    request = replace(request, budget=BUDGET)
    openly = await may_be_open(interaction)
    try:
        if request.options["action"] in _EDITS:
            reply = await _edited(interaction, interaction.guild_id, request)
        else:
            reply = await _read(front, interaction.guild_id, request)
    except UnknownListError as error:
        raise RefusedError("list_unknown", name=error.name, names=error.names) from error
    note.outcome = reply.outcome
    await send(interaction, reply, request, in_place=in_place, openly=openly)


async def _edited(interaction: Interaction, guild_id: int, request: Request) -> Reply:
    """Add or remove a study; the reply, once that is stored."""
    moderator_only(interaction)
    front = interaction.client.front
    lists, name = front.state.lists, request.options.get("name", "")
    study = _one_study(front, request)
    if isinstance(study, Reply):
        return study
    named = label(study, front.labels)
    if request.options["action"] == "add":
        added = await lists.add(guild_id, name, study.id, create=True)
        kind, name, count = (
            "list_added" if added.new else "list_had",
            added.list.name,
            len(added.list.entries),
        )
        return front.say(kind, Outcome.GUIDANCE, name=name, study=named, count=count)
    removed = await lists.remove(guild_id, name, study.id)
    kind = "list_removed" if removed else "list_had_not"
    return front.say(kind, Outcome.GUIDANCE, name=name, study=named)


async def _read(front: Front, guild_id: int, request: Request) -> Reply:
    """The names of the lists, a page of one, or one as a file."""
    name = request.options.get("name", "")
    if not name:
        names = await front.state.lists.names(guild_id)
        return front.say("list_names" if names else "list_none", Outcome.GUIDANCE, names=names)
    kept = await front.state.lists.show(guild_id, name)
    entries = [entry.entry_id for entry in kept.entries]
    library = front.desk.library
    if not library.catalogue.studies(entries):
        return front.say("list_empty", Outcome.GUIDANCE, name=kept.name)
    if request.options["action"] == "export":
        form = request.options.get("format", _FORMAT)
        return reading_list.exported(library, request, kept.name, entries, form)
    return reading_list.page(library, request, kept.name, entries)


def _one_study(front: Front, request: Request) -> Study | Reply:
    """The study that is meant; the reply of ``/study`` where that is not clear."""
    asked = request.options.get("study", "")
    catalogue = front.desk.library.catalogue
    study = catalogue.study(asked)
    if study is not None:
        return study
    reply = answer(front, Request("study", {"query": asked}))
    found = catalogue.study(reply.subject) if reply.subject else None
    return found or reply


async def complete_name(interaction: Interaction, typed: str) -> list[str]:
    """Names of the server's lists that hold what was typed; none while state is away."""
    if interaction.guild_id is None:
        return []
    try:
        names = await interaction.client.front.state.lists.names(interaction.guild_id)
    except StateError:
        return []
    return [cut(name, LABEL) for name in names if typed.casefold() in name.casefold()]
