"""Security tests speak to the bot by HTTP, where a test can put anything into a payload and sign it."""

from tests.chat.http.conftest import ann, copy, discord, endpoint, front, settings, signer, state

__all__ = ["ann", "copy", "discord", "endpoint", "front", "settings", "signer", "state"]
