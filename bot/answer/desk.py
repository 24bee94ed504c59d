"""The desk where every front asks: request in, reply out, and suggestions as somebody types. Never raises."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Final

from bot.answer import markdown, safety
from bot.answer.commands import COMMANDS, checked
from bot.answer.complete import Completion, complete
from bot.answer.errors import UnusableRequestError
from bot.answer.library import Library
from bot.answer.reply import BUDGET, LEAST_BUDGET, Block, Outcome, Reply, Request, Role
from bot.answer.typed import parse
from bot.trace import places

_log = logging.getLogger(__name__)

#: Longer text than this is no question; Discord's own limit for an option is 6,000.
LONGEST: Final = 1_000


class Desk:
    """Answers requests from an open library."""

    def __init__(self, library: Library) -> None:
        self.library = library

    def answer_line(self, line: str, *, budget: int = BUDGET, shown: tuple[str, ...] = ()) -> Reply:
        """The reply to a typed line; see :func:`bot.answer.typed.parse`."""
        return self._safely("", lambda: self._answer(parse(self._tidy(line), budget=budget, shown=shown)))

    def answer(self, request: Request) -> Reply:
        """The reply to a request. A fault in a template or in the data gives a reply that says so."""
        return self._safely(request.command, lambda: self._answer(self._tidied(request)))

    def _answer(self, request: Request) -> Reply:
        if request.budget < LEAST_BUDGET:
            message = f"a budget of {request.budget} characters is less than {LEAST_BUDGET}"
            raise ValueError(message)
        careful = safety.reply(self.library, request)
        if careful is not None:
            return careful
        answer = COMMANDS[request.command].answer
        if answer is None:
            raise UnusableRequestError("server_only", command=request.command)
        return answer(self.library, request)

    def _safely(self, command: str, work: Callable[[], Reply]) -> Reply:
        try:
            return work()
        except UnusableRequestError as error:
            return self._safely(command, partial(self._refusal, command, error))
        except Exception as error:  # noqa: BLE001 - people get a sentence, operators the whole story
            _tell(error, command)
        failure = Block(Role.SUMMARY, self.library.templates.failure)
        return Reply(command=command, outcome=Outcome.ERROR, title="failure", blocks=(failure,))

    def _refusal(self, command: str, error: UnusableRequestError) -> Reply:
        blocks = self.library.templates.blocks("error", kind=error.kind, **error.facts)
        return Reply(command=command, outcome=Outcome.ERROR, title=error.kind, blocks=blocks)

    def complete(self, command: str, option: str, typed: str) -> list[Completion]:
        """Suggestions for an option, best first; none where something goes wrong."""
        known = COMMANDS.get(command)
        asked = known.option(option) if known else None
        if asked is None:
            return []
        try:
            return complete(self.library, asked, markdown.clean(typed[:LONGEST]))
        except Exception as error:  # noqa: BLE001 - no suggestion is better than none of the command
            _tell(error, command)
            return []

    @staticmethod
    def _tidy(text: str) -> str:
        if len(text) > LONGEST:
            raise UnusableRequestError.too_long(len(text), LONGEST)
        return markdown.clean(text)

    def _tidied(self, request: Request) -> Request:
        options = {name: self._tidy(value) for name, value in request.options.items()}
        return checked(Request(request.command, options, request.budget, request.shown))


def _tell(error: Exception, command: str) -> None:
    """Log where it went wrong, but not the error's own words: they may quote what was asked."""
    where = places(error.__traceback__)
    _log.error("answering /%s failed: %s\n%s", command or "?", type(error).__name__, where)
