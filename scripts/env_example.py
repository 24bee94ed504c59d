"""The file ``.env.example``: every setting, as a comment, with what it is for."""

import textwrap
from typing import Final

from bot.settings import Settings

_WIDTH: Final = 100
#: What is needed at least; these lines are not comments.
_NEEDED: Final = ("DISCORD_TOKEN",)


def render() -> str:
    """The text of the file."""
    parts = ["# Copy this to .env, fill in what you need, and keep it to yourself: chmod 600 .env", ""]
    for variable in Settings.variables().values():
        about = variable.about.replace("`", "").replace("*", "")
        parts += textwrap.wrap(about, _WIDTH, initial_indent="# ", subsequent_indent="# ")
        parts += [f"{variable.name}=" if variable.name in _NEEDED else f"# {variable.name}=", ""]
    return "\n".join(parts)
