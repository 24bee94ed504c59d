"""Completion in the terminal, from the same functions that Discord's autocomplete uses."""

from collections.abc import Iterator

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from bot.answer.commands import COMMANDS, Kind
from bot.answer.desk import Desk
from bot.chat.terminal import commands_like, words_before


class DeskCompleter(Completer):
    """Completes commands, options and their values as somebody types."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:  # noqa: ARG002
        """Suggestions for the text before the cursor."""
        text = document.text_before_cursor
        if not text.lstrip().startswith("/"):
            return
        place = words_before(text)
        if place is None:
            if " " not in text.strip():
                for name, about in commands_like(text):
                    yield Completion(
                        name + " ", start_position=-len(text.lstrip()), display=name, display_meta=about
                    )
            return
        command, option, typed = place
        for found in self._desk.complete(command, option, typed):
            value = (
                f'"{found.value}"'
                if " " in found.value and option != COMMANDS[command].options[0].name
                else found.value
            )
            yield Completion(value, start_position=-len(typed), display=found.label)
        yield from self._option_names(command, text)

    @staticmethod
    def _option_names(command: str, text: str) -> Iterator[Completion]:
        last = text.rsplit(" ", 1)[-1]
        if ":" in last:
            return
        for option in COMMANDS[command].options[1:]:
            if option.name.startswith(last) and f"{option.name}:" not in text:
                about = option.about if option.kind is not Kind.TRUTH else f"{option.about} (yes or no)"
                yield Completion(f"{option.name}:", start_position=-len(last), display_meta=about)
