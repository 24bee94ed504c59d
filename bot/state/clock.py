"""What time it is: UTC, so that every machine says the same."""

import datetime as dt


def now() -> dt.datetime:
    """This moment, aware."""
    return dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """This day."""
    return now().date()
