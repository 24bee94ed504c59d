"""Logs: one line an event, for people on a terminal, JSON otherwise. Never what was asked, nor by whom.

Lines of this program name a command, an outcome and milliseconds. Lines of libraries pass through the same
processors, which hide the token and anything that looks like an id of Discord (a user, a message, a channel).
"""

import logging
import re
import sys
from typing import Final, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.trace import forget_sources
from bot.values import LogFormat, Secret

_SNOWFLAKE: Final = re.compile(r"(?<![0-9])[0-9]{17,20}(?![0-9])")
_HIDDEN: Final = "…"


class Hide:
    """A processor that hides secrets and ids of Discord wherever they stand in an event."""

    def __init__(self, secrets: list[Secret]) -> None:
        self._secrets = [secret.reveal() for secret in secrets if secret.reveal()]

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """The event, with what must not be logged replaced by "…"."""
        return {key: self._hide(value) for key, value in event.items()}

    def _hide(self, value: object) -> object:
        if isinstance(value, bool | int | float) or value is None:
            return value
        text = value if isinstance(value, str) else str(value)
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        return _SNOWFLAKE.sub(_HIDDEN, text)


def _forget_sources(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The event as it is; what its traceback was written with is not kept."""
    if "exception" in event:
        forget_sources()
    return event


def set_up(form: LogFormat, secrets: list[Secret], stream: TextIO | None = None) -> None:
    """Send every log line of the process to ``stream`` (standard error by default).

    Args:
        form: how lines look.
        secrets: what must never stand in one.
        stream: where they go.
    """
    out = stream or sys.stderr
    human = form is LogFormat.HUMAN or (form is LogFormat.AUTO and out.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        # Tracebacks as text, without the values of variables: those hold what was asked.
        structlog.processors.format_exc_info,
        _forget_sources,
    ]
    last: Processor = (
        structlog.dev.ConsoleRenderer(colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback)
        if human
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, Hide(secrets), last],
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Debug lines of discord.py and aiohttp hold whole payloads: there is no setting that turns them on.
    root.setLevel(logging.INFO)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
