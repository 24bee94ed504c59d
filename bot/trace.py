"""Where in the program an error happened, for logs.

Without the lines of source that :mod:`traceback` shows: it reads whole files for them and keeps these in
memory for good, 2 MB after a database has been away once.
"""

import linecache
import traceback
from types import TracebackType


def places(trace: TracebackType | None) -> str:
    """The calls that led there, one a line, outermost first."""
    frames = traceback.StackSummary.extract(traceback.walk_tb(trace), lookup_lines=False)
    return "".join(f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}\n' for frame in frames)


def forget_sources() -> None:
    """Let go of the source files that somebody else's traceback was written with."""
    linecache.clearcache()
