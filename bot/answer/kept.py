"""Cards that were made already, by what they show; never by what was asked."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final

from bot.answer.reply import Reply

#: Cards that are kept; each takes about 5 kB. More than all short views of the catalogue.
_MOST: Final = 1_500


class Kept:
    """A memory of cards, for as long as the catalogue and the templates are those they were made from."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._cards: OrderedDict[Hashable, Reply] = OrderedDict()

    def card(self, shows: Hashable, make: Callable[[], Reply]) -> Reply:
        """The card that shows this, made if it is not kept; the one used longest ago goes first."""
        card = self._cards.get(shows)
        if card is None:
            card = self._cards[shows] = make()
            if len(self._cards) > self._most:
                self._cards.popitem(last=False)
        else:
            self._cards.move_to_end(shows)
        return card

    def clear(self) -> None:
        """Keep none of them any longer."""
        self._cards.clear()
