"""What is wrong with a request, told to the person who made it: one sentence what, one what to do."""

from collections.abc import Sequence


class UnusableRequestError(Exception):
    """A request that cannot be answered as it was made.

    Attributes:
        kind: which sentence of ``responses/error.md.j2`` tells it.
        facts: what that sentence needs to know.
    """

    def __init__(self, kind: str, **facts: object) -> None:
        super().__init__(kind)
        self.kind = kind
        self.facts = facts

    @classmethod
    def unknown_command(cls, name: str, names: Sequence[str]) -> "UnusableRequestError":
        """There is no such command."""
        return cls("unknown_command", name=name[:40], names=list(names))

    @classmethod
    def unknown_option(cls, command: str, name: str, names: Sequence[str]) -> "UnusableRequestError":
        """The command has no such option."""
        return cls("unknown_option", command=command, name=name[:40], names=list(names))

    @classmethod
    def too_many_words(cls, command: str, words: str) -> "UnusableRequestError":
        """The command takes no words."""
        return cls("too_many_words", command=command, words=words[:60])

    @classmethod
    def missing(cls, command: str, name: str, example: str) -> "UnusableRequestError":
        """A required option is missing or empty."""
        return cls("missing", command=command, name=name, example=example)

    @classmethod
    def not_a_choice(cls, name: str, value: str, choices: Sequence[str]) -> "UnusableRequestError":
        """The value is none of those the option can have."""
        return cls("not_a_choice", name=name, value=value[:60], choices=list(choices))

    @classmethod
    def not_a_number(cls, name: str, value: str, least: int, most: int) -> "UnusableRequestError":
        """The value is no number, or out of range."""
        return cls("not_a_number", name=name, value=value[:60], least=least, most=most)

    @classmethod
    def too_long(cls, length: int, limit: int) -> "UnusableRequestError":
        """More text than anybody means to send."""
        return cls("too_long", length=length, limit=limit)
