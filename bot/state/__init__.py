"""What a server chose: settings, reading lists, shared cards, suggestions. Knows ids, never studies.

Everything that others need stands here by name. The names are looked up when they are first used, because
SQLAlchemy takes a while to import and most commands of the program need no state.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from bot.state.cards import Cards as Cards
    from bot.state.cards import SharedCard as SharedCard
    from bot.state.errors import ListExistsError as ListExistsError
    from bot.state.errors import StateError as StateError
    from bot.state.errors import StateLimitError as StateLimitError
    from bot.state.errors import StateUnavailableError as StateUnavailableError
    from bot.state.errors import TransferError as TransferError
    from bot.state.errors import UnknownListError as UnknownListError
    from bot.state.errors import UnknownSuggestionError as UnknownSuggestionError
    from bot.state.errors import UnusableValueError as UnusableValueError
    from bot.state.guilds import CAUTIOUS as CAUTIOUS
    from bot.state.guilds import Guilds as Guilds
    from bot.state.guilds import GuildSettings as GuildSettings
    from bot.state.guilds import Share as Share
    from bot.state.housekeeping import Forgotten as Forgotten
    from bot.state.housekeeping import Tidied as Tidied
    from bot.state.lists import Added as Added
    from bot.state.lists import ListEntry as ListEntry
    from bot.state.lists import ReadingList as ReadingList
    from bot.state.lists import ReadingLists as ReadingLists
    from bot.state.sharer import SharerTags as SharerTags
    from bot.state.state import State as State
    from bot.state.suggestions import Status as Status
    from bot.state.suggestions import Suggestion as Suggestion
    from bot.state.suggestions import Suggestions as Suggestions
    from bot.state.trees import Trees as Trees

_HOMES: Final = {
    "cards": ("Cards", "SharedCard"),
    "errors": (
        "ListExistsError",
        "StateError",
        "StateLimitError",
        "StateUnavailableError",
        "TransferError",
        "UnknownListError",
        "UnknownSuggestionError",
        "UnusableValueError",
    ),
    "guilds": ("CAUTIOUS", "GuildSettings", "Guilds", "Share"),
    "housekeeping": ("Forgotten", "Tidied"),
    "lists": ("Added", "ListEntry", "ReadingList", "ReadingLists"),
    "sharer": ("SharerTags",),
    "state": ("State",),
    "suggestions": ("Status", "Suggestion", "Suggestions"),
    "trees": ("Trees",),
}
_HOME_OF: Final = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name in _HOME_OF:
        return getattr(import_module(f"bot.state.{_HOME_OF[name]}"), name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return sorted(_HOME_OF)
