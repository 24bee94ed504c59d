"""A Reply as a Discord message: Components V2, text first, then lists to pick from, then buttons.

No accent colour, no emoji, no columns: state is told in words. The limits are Discord's ("Component
Reference" of its documentation): 40 components, 4,000 characters of text, 5 buttons in a row, 25 entries
in a list.
"""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import discord
from discord import ui

from bot.answer.names import cut
from bot.answer.reply import Action, File, Menu, Reply, Request
from bot.chat.discord.front import Front
from bot.chat.discord.presses import Kind, Press

_BUTTONS_IN_ROW: Final = 5
_ENTRIES: Final = 25
_LABEL: Final = 80  # of a button
_ENTRY: Final = 100  # label, value and description of an entry of a list
_PLACEHOLDER: Final = 150

#: Carries, beside the options of a command, the message that a card may be posted as a reply to.
TARGET: Final = "reply"

#: Options that change how a thing is shown, not what is shown.
_HOW: Final = frozenset({"view", "page", "style"})


@dataclass(frozen=True)
class Place:
    """Where a message will stand.

    Attributes:
        private: whether only the asker sees it; then its buttons may change it in place.
        share: whether *Share here* is offered.
        tag: of who may delete it; with one, *Delete* is offered.
        post_to: the message that a moderator may post this as a reply to.
    """

    private: bool = True
    share: bool = False
    tag: str | None = None
    post_to: int | None = None


@dataclass(frozen=True)
class Message:
    """What is sent: a layout and its files."""

    view: ui.LayoutView
    files: list[discord.File] = field(default_factory=list)

    @property
    def arguments(self) -> dict[str, Any]:
        """As arguments of the library's methods that send: without ``files`` where there are none."""
        return {"view": self.view, "files": self.files} if self.files else {"view": self.view}


def compose(front: Front, reply: Reply, request: Request | None, place: Place) -> Message:
    """Lay a reply out.

    Args:
        front: gives the words on buttons, and writes their meaning.
        reply: what to say.
        request: what was asked, if anything; by it a button can tell that it only turns a page.
        place: where it will stand.
    """
    # No timeout, and stopped at once: the library then keeps no copy of it. A press finds its way by its
    # custom_id alone; views that wait would pile up for 15 minutes each.
    view = ui.LayoutView(timeout=None)
    view.stop()
    for block in reply.blocks:
        view.add_item(ui.TextDisplay(block.text))
    for file in reply.files:
        view.add_item(_shown(file))
    for number, menu in enumerate(reply.menus):
        select = _select(front, menu, number, reply, request, place)
        if select is not None:
            view.add_item(ui.ActionRow(select))
    # By custom_id, for Discord refuses a message with two alike; of those the first stays.
    labels: dict[str, str] = {}
    for label, custom_id in _buttons(front, reply, request, place):
        labels.setdefault(custom_id, label)
    buttons: list[ui.Button[ui.LayoutView]] = [
        ui.Button(label=cut(label, _LABEL), custom_id=custom_id) for custom_id, label in labels.items()
    ]
    for start in range(0, len(buttons), _BUTTONS_IN_ROW):
        view.add_item(ui.ActionRow(*buttons[start : start + _BUTTONS_IN_ROW]))
    return Message(view, [_uploaded(file) for file in reply.files])


def _shown(file: File) -> ui.File[ui.LayoutView] | ui.MediaGallery[ui.LayoutView]:
    """A picture with its words, or a file to download."""
    address = f"attachment://{file.name}"
    if isinstance(file.content, bytes):
        return ui.MediaGallery(discord.MediaGalleryItem(address, description=file.alt))
    return ui.File(address)


def _uploaded(file: File) -> discord.File:
    content = file.content if isinstance(file.content, bytes) else file.content.encode()
    return discord.File(io.BytesIO(content), file.name, description=file.alt or None)


def _select(
    front: Front, menu: Menu, number: int, reply: Reply, request: Request | None, place: Place
) -> ui.Select[ui.LayoutView] | None:
    """The list, without the entries whose meaning is too long to send; ``None`` if none is left."""
    custom_id = front.write(Press(Kind.PICK, "", {"list": str(number)}))
    values: dict[str, Action] = {}
    for action in menu.entries:
        value = front.write(_press(action, reply, request, place))
        if value is not None:
            values.setdefault(value, action)
    options = [
        discord.SelectOption(
            label=cut(action.label, _ENTRY), value=value, description=cut(action.about, _ENTRY) or None
        )
        for value, action in list(values.items())[:_ENTRIES]
    ]
    if not options or custom_id is None:
        return None
    return ui.Select(placeholder=cut(menu.label, _PLACEHOLDER), custom_id=custom_id, options=options)


def _buttons(front: Front, reply: Reply, request: Request | None, place: Place) -> Iterator[tuple[str, str]]:
    """Label and custom_id of each button, in the order in which they stand."""
    words = front.labels["button"]
    presses = [(action.label, _press(action, reply, request, place)) for action in reply.actions]
    card = reply.again
    if card is not None and place.share:
        presses.append((words["share"], Press(Kind.SHARE, card.command, card.options)))
    if card is not None and place.post_to is not None:
        presses.append((words["post"], Press(Kind.POST, card.command, _with_target(card.options, place))))
    if reply.subject is not None:
        presses.append((words["report"], Press(Kind.REPORT, "", {"entry": reply.subject})))
    if place.tag is not None:
        presses.append((words["delete"], Press(Kind.DELETE, "", {"by": place.tag})))
    for label, press in presses:
        custom_id = front.write(press)
        if custom_id is not None:
            yield label, custom_id


def _press(action: Action, reply: Reply, request: Request | None, place: Place) -> Press:
    turns = place.private and request is not None and _only_turns(action, reply, request)
    return Press(Kind.TURN if turns else Kind.ASK, action.command, _with_target(action.options, place))


def _with_target(options: Mapping[str, str], place: Place) -> Mapping[str, str]:
    """The options, with the message that the answer may be posted as a reply to."""
    return options if place.post_to is None else {**options, TARGET: str(place.post_to)}


def _only_turns(action: Action, reply: Reply, request: Request) -> bool:
    """Whether an action shows the same thing another way: the next page, the full view, another style."""
    if (action.command == "cite") != (request.command == "cite"):
        return False
    if action.options.get("view") == "related" != request.options.get("view"):
        return False
    what = _what(action.options)
    if action.command == request.command and what == _what(request.options):
        return True
    return reply.subject is not None and list(what.values()) == [reply.subject]


def _what(options: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in options.items() if name not in _HOW}
