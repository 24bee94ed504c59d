"""Ids of the form Discord gives to everything.

Source: API reference, "Snowflakes": milliseconds since 2015-01-01 in the upper 42 bits, a counter in
the lower ones. https://docs.discord.com/developers/reference#snowflakes
"""

DISCORD_EPOCH_MS = 1_420_070_400_000
_LOW_BITS = 22


class Snowflakes:
    """Hands out ids that never repeat and always grow."""

    def __init__(self) -> None:
        self._last = 0

    def next(self, moment: float) -> int:
        """Return a new id for something that came to be at `moment` (seconds since 1970)."""
        fresh = (int(moment * 1000) - DISCORD_EPOCH_MS) << _LOW_BITS
        self._last = max(fresh, self._last + 1)
        return self._last
