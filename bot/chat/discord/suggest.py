"""``/suggest`` and *Report an error*: a form whose text goes to the maintainers and nowhere else."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import discord
import structlog
from discord import ui

from bot.answer.reply import Outcome
from bot.chat.discord.asking import send
from bot.chat.discord.errors import Note
from bot.chat.discord.front import Front, Interaction
from bot.chat.discord.messages import Place, compose
from bot.chat.discord.presses import Kind, Press
from bot.state import StateUnavailableError

_log = structlog.get_logger(__name__)

#: The fields of the form, each with the most characters that state keeps; only the first must be filled in.
_FIELDS: Final[Mapping[str, int]] = {"what": 3_000, "entry": 100, "where": 800, "link": 500, "contact": 200}
_LONG: Final = frozenset({"what", "where"})
#: What is given back of a text that could not be kept; the rest of the message needs room, too.
_GIVEN_BACK: Final = 3_200


async def open_form(interaction: Interaction, entry: str | None, note: Note) -> None:
    """Open the form, with the entry filled in if there is one."""
    front = interaction.client.front
    await interaction.response.send_modal(form(front, entry))
    note.outcome = "form"


def form(front: Front, entry: str | None) -> ui.Modal:
    """The form. It is stopped at once, so that the library keeps no copy: its answer finds its way alone."""
    words = front.labels["form"]
    modal = ui.Modal(title=words["title"], custom_id=front.write(Press(Kind.SUGGEST)) or "")
    modal.stop()
    for name, most in _FIELDS.items():
        field: ui.TextInput[ui.Modal] = ui.TextInput(
            custom_id=name,
            required=name == "what",
            max_length=most,
            style=discord.TextStyle.paragraph if name in _LONG else discord.TextStyle.short,
            default=entry if name == "entry" else None,
        )
        modal.add_item(ui.Label(text=words[name], description=words.get(f"{name}_about"), component=field))
    return modal


async def submitted(interaction: Interaction, note: Note) -> None:
    """Keep what was sent, then say its number.

    Raises:
        StateError: when it cannot be kept for a reason that the person can mend.
    """
    front = interaction.client.front
    given = {name: text.strip() for name, text in _texts(interaction.data or {}) if name in _FIELDS}
    entry, where = given.get("entry") or None, given.get("where") or None
    if entry is not None and entry not in front.entries():
        where = f"{entry}: {where}" if where else entry
        entry = None
    try:
        suggestion = await front.state.suggestions.add(
            what=given.get("what", ""),
            entry_id=entry,
            where_wrong=where,
            link=given.get("link") or None,
            contact=given.get("contact") or None,
        )
    except StateUnavailableError as error:
        _log.warning("a suggestion could not be kept", what=error.what)
        note.outcome = "refused: state_away"
        text = "\n".join(text for text in given.values() if text)[:_GIVEN_BACK]
        await send(interaction, front.say("suggestion_lost", text=text), None)
        return
    note.outcome = "suggested"
    await send(interaction, front.say("suggested", Outcome.GUIDANCE, number=suggestion.number), None)
    await _tell_maintainers(interaction, suggestion.number)


async def _tell_maintainers(interaction: Interaction, number: int) -> None:
    """Say in the maintainers' channel that a suggestion came in: its number, never its text."""
    front = interaction.client.front
    if front.settings.maintainers_channel is None:
        return
    channel = interaction.client.get_partial_messageable(front.settings.maintainers_channel)
    message = compose(front, front.say("suggestion_came", number=number), None, Place(private=False))
    try:
        await channel.send(**message.arguments)
    except discord.HTTPException as error:
        _log.warning("could not tell the maintainers' channel", status=error.status, code=error.code)


def _texts(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The custom_id and text of every field of a form that was sent."""
    for component in data.get("components", []):
        inner = component.get("component") or {}
        if isinstance(inner.get("custom_id"), str) and isinstance(inner.get("value"), str):
            yield inner["custom_id"], inner["value"]
