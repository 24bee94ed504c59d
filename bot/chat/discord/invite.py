"""The links by which a server or a person adds the bot, with the least permissions that it can work with."""

import base64
import binascii
import re
from typing import Final
from urllib.parse import urlencode

from discord import Permissions

from bot.values import Secret

_AUTHORIZE: Final = "https://discord.com/oauth2/authorize"
_TOKEN: Final = re.compile(r"([A-Za-z0-9_-]{18,40})\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{20,}")

#: To view a channel and write in it, for cards that people share (a citation may be a file), and to reply to
#: a message there. Private answers need no permission at all.
PERMISSIONS: Final = Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    attach_files=True,
    read_message_history=True,
)


class MalformedTokenError(ValueError):
    """This is no token of a bot."""


def application_id(token: Secret) -> int:
    """The id of the application, which a token begins with (in base 64).

    Raises:
        MalformedTokenError: when this is no token.
    """
    found = _TOKEN.fullmatch(token.reveal())
    if found is None:
        raise MalformedTokenError
    padded = found[1] + "=" * (-len(found[1]) % 4)
    try:
        return int(base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii"))
    except (binascii.Error, ValueError) as error:
        raise MalformedTokenError from error


def links(application: int) -> tuple[str, str]:
    """The link for a server, and the link for a person who wants the bot everywhere."""
    server = {
        "client_id": application,
        "scope": "bot applications.commands",
        "permissions": PERMISSIONS.value,
        "integration_type": 0,
    }
    person = {"client_id": application, "scope": "applications.commands", "integration_type": 1}
    return tuple(f"{_AUTHORIZE}?{urlencode(link)}" for link in (server, person))  # type: ignore[return-value]
