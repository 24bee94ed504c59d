"""A loopback Discord: gateway and REST API on 127.0.0.1, with Discord's limits, for tests and `make play`.

`README.md` beside this shows how a test reads.
"""

from tests.chat.loopback.client import NoAnswerError
from tests.chat.loopback.offers import NotOfferedError
from tests.chat.loopback.permissions import Permission
from tests.chat.loopback.person import Person
from tests.chat.loopback.seen import Form, NotThereError, Seen
from tests.chat.loopback.server import LoopbackDiscord

__all__ = [
    "Form",
    "LoopbackDiscord",
    "NoAnswerError",
    "NotOfferedError",
    "NotThereError",
    "Permission",
    "Person",
    "Seen",
]
