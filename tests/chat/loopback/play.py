"""The page of `make play`."""

from tests.chat.loopback.server import LoopbackDiscord


class Play:
    """Serves the page."""

    def __init__(self, discord: LoopbackDiscord) -> None:
        self._discord = discord

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"{self._discord.address}/play/"
