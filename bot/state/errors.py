"""What can go wrong with state: each error says what, and what to do, in a plain sentence each.

No message holds a password, nor anything that a person wrote.
"""

from collections.abc import Sequence


class StateError(Exception):
    """Something about state.

    Attributes:
        what: one sentence on what went wrong.
        what_to_do: one sentence on what to do next.
    """

    def __init__(self, what: str, what_to_do: str) -> None:
        super().__init__(f"{what} {what_to_do}")
        self.what = what
        self.what_to_do = what_to_do


class StateUnavailableError(StateError):
    """The database cannot be reached, read or written now. The next call tries anew."""


class StateLimitError(StateError):
    """There is no room for another one."""

    def __init__(self, what: str, what_to_do: str, limit: int) -> None:
        super().__init__(what, what_to_do)
        self.limit = limit


class UnusableValueError(StateError):
    """A value cannot be stored.

    Attributes:
        field: which value.
    """

    def __init__(self, field: str, what: str, what_to_do: str) -> None:
        super().__init__(what, what_to_do)
        self.field = field


class UnknownListError(StateError):
    """The server has no reading list of that name.

    Attributes:
        name: the name that was asked for.
        names: the lists that there are.
    """

    def __init__(self, name: str, names: Sequence[str]) -> None:
        super().__init__("There is no reading list of that name.", "Pick one of the lists that there are.")
        self.name = name
        self.names = tuple(names)


class ListExistsError(StateError):
    """The server has a reading list of that name already.

    Attributes:
        name: its name, as it is written there.
    """

    def __init__(self, name: str) -> None:
        super().__init__("There is a reading list of that name already.", "Choose another name.")
        self.name = name


class UnknownSuggestionError(StateError):
    """There is no suggestion with that number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"There is no suggestion number {number}.", "List them to see which there are.")
        self.number = number


class TransferError(StateError):
    """An export cannot be read, or may not be imported here."""
