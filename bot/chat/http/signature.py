"""Who may speak: only Discord, which signs every request, and each request only once.

Discord signs the time and the body with Ed25519 ("Validating Security Request Headers", Overview of
Interactions, Discord's documentation), and now and then sends a wrong signature to see that it is refused.
"""

import hashlib
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

#: Seconds by which the time of a request may differ from ours, either way. Discord wants an answer within
#: 3 s, so an older request is of no use to anybody; the rest is room for a clock that is off. It is also how
#: long a request could be replayed to another process, which cannot know that this one took it.
MOST_SKEW: Final = 60
#: Requests that are remembered at most: more than one process can answer within twice :data:`MOST_SKEW`.
_MOST: Final = 200_000

_SIGNATURE: Final = re.compile(r"[0-9a-fA-F]{128}")
_TIME: Final = re.compile(r"[0-9]{1,12}")


class UnsignedError(Exception):
    """This request does not come from Discord, or comes late or again. The message is one word for logs."""


class Gate:
    """Lets each request of Discord pass once.

    Args:
        public_key: of the application, as hexadecimal digits.
        now: gives the time in seconds since 1970.

    Raises:
        ValueError: when that is no key.
    """

    def __init__(self, public_key: str, now: Callable[[], float] = time.time) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        self._now = now
        self._seen: OrderedDict[bytes, float] = OrderedDict()

    def check_headers(self, signature: str | None, timestamp: str | None) -> None:
        """See from the headers alone whether it is worth reading the body.

        Raises:
            UnsignedError: when they are missing, malformed or stale.
        """
        if signature is None or timestamp is None:
            raise UnsignedError("missing")
        if not _SIGNATURE.fullmatch(signature) or not _TIME.fullmatch(timestamp):
            raise UnsignedError("malformed")
        if abs(self._now() - int(timestamp)) > MOST_SKEW:
            raise UnsignedError("stale")

    def check(self, signature: str | None, timestamp: str | None, body: bytes) -> None:
        """Let a whole request pass, for the first and last time.

        Raises:
            UnsignedError: when it is not signed by Discord, stale, or was here before.
        """
        self.check_headers(signature, timestamp)
        assert signature is not None
        assert timestamp is not None
        message = timestamp.encode("ascii") + body
        try:
            self._key.verify(bytes.fromhex(signature), message)
        except InvalidSignature:
            raise UnsignedError("forged") from None
        # What was signed is remembered, not the signature, of which there may be several forms.
        if not self._first_time(hashlib.blake2b(message, digest_size=16).digest()):
            raise UnsignedError("replayed")

    def _first_time(self, digest: bytes) -> bool:
        now = self._now()
        while self._seen and (len(self._seen) >= _MOST or next(iter(self._seen.values())) < now):
            self._seen.popitem(last=False)
        if digest in self._seen:
            return False
        # Its time may lie ahead of ours by the skew, and then be good for as long again.
        self._seen[digest] = now + 2 * MOST_SKEW + 1
        return True
