"""Lets who shared a card delete it, without anybody keeping who that was.

The card's *Delete* button carries a tag: a random number, and a keyed hash of it with the channel and the
person who shared. Whoever presses the button is known from the press; hashing them again shows whether they
are the one. The tag alone names nobody, and two tags of one person have nothing in common. The key is derived
from a secret that stands outside the database (the bot's token, say), so that a copy of the database tells
nothing either: with the key in the same place, somebody could try all members of a server one by one.

When the secret changes, older cards can be deleted by moderators only.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from typing import Final

_PURPOSE: Final = b"evidence-bot: who shared a card, 1"
_NONCE: Final = 8  # bytes
_MAC: Final = 16  # bytes
_TAG: Final = 32  # characters: both, in URL-safe base 64, which needs no padding at this length


class SharerTags:
    """Makes and checks tags.

    Args:
        secret: something that all processes of the bot know, and the database does not.
    """

    def __init__(self, secret: str) -> None:
        if not secret:
            message = "a tag needs a secret"
            raise ValueError(message)
        self._key = hmac.digest(secret.encode(), _PURPOSE, hashlib.sha256)

    def __repr__(self) -> str:
        """Without the key."""
        return "SharerTags(…)"

    def make(self, channel_id: int, user_id: int) -> str:
        """A new tag for a card that this person shares in this channel: 32 of ``A-Za-z0-9_-``."""
        nonce = secrets.token_bytes(_NONCE)
        return base64.urlsafe_b64encode(nonce + self._mac(nonce, channel_id, user_id)).decode("ascii")

    def matches(self, tag: str, channel_id: int, user_id: int) -> bool:
        """Whether this person shared the card with this tag in this channel; False for what is no tag."""
        if len(tag) != _TAG or not tag.isascii():
            return False
        try:
            raw = base64.b64decode(tag, altchars=b"-_", validate=True)
        except binascii.Error:
            return False
        nonce, mac = raw[:_NONCE], raw[_NONCE:]
        return hmac.compare_digest(mac, self._mac(nonce, channel_id, user_id))

    def _mac(self, nonce: bytes, channel_id: int, user_id: int) -> bytes:
        subject = b"%b %d %d" % (nonce, channel_id, user_id)
        return hmac.digest(self._key, subject, hashlib.sha256)[:_MAC]
