import linecache

import pytest

from bot.trace import forget_sources, places

ASKED = "what somebody asked"


def fails() -> None:
    raise RuntimeError(ASKED)


def test_it_tells_where_an_error_happened_and_not_what_it_says() -> None:
    with pytest.raises(RuntimeError) as caught:
        fails()
    told = places(caught.value.__traceback__)
    assert told.splitlines()[-1].endswith("in fails")
    assert __file__ in told
    assert ASKED not in told
    assert places(None) == ""


def test_no_source_file_is_kept_in_memory_for_it() -> None:
    forget_sources()
    with pytest.raises(RuntimeError) as caught:
        fails()
    places(caught.value.__traceback__)
    assert __file__ not in linecache.cache
    linecache.getlines(__file__)
    assert __file__ in linecache.cache
    forget_sources()
    assert __file__ not in linecache.cache
