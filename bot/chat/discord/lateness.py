"""How late an interaction is when this process comes to it, without trust in this machine's clock.

Discord writes into the id of an interaction when somebody pressed. Between that and a clock of ours lies the
difference of the two clocks and the way; the least that was seen lately counts as no delay at all. So a clock
that is wrong, or is set, never makes the bot drop what is fresh; at worst it works in vain, as it would
without this.
"""

import math
import time
from collections.abc import Callable
from typing import Final

#: Seconds after which Discord takes no first answer ("Receiving and Responding" of its documentation).
_ANSWER_WITHIN: Final = 3.0
#: Nothing waits longer than this, in seconds; an id that says so was not made by Discord's clock.
_LONGEST: Final = 900.0
#: Seconds for which the least difference holds: in them clocks drift apart by less than a tenth of a second.
_WINDOW: Final = 300.0


class Lateness:
    """Knows the least difference of the last five to ten minutes.

    Args:
        clock: seconds that only ever go on.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since = -math.inf
        self._least = self._least_before = math.inf

    def of(self, created: float) -> float:
        """Seconds by which this is later than the quickest of the last minutes; 0 for the quickest itself.

        Args:
            created: when it was made, in seconds of Discord's clock.
        """
        now = self._clock()
        if now - self._since >= _WINDOW:
            # After a long silence nothing is known of before.
            self._least_before = self._least if now - self._since < 2 * _WINDOW else math.inf
            self._since, self._least = now, math.inf
        difference = now - created
        self._least = min(self._least, difference)
        return difference - min(self._least, self._least_before)


def is_too_late(late: float) -> bool:
    """Whether Discord takes no answer any more to an interaction that is so many seconds late."""
    return _ANSWER_WITHIN <= late < _LONGEST
