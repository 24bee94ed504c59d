from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.curate.cache import Cache
from bot.curate.fetch import Fetcher
from tests.curate.loopback import Loopback, serve


class Clock:
    """Time that passes only when somebody waits."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    with serve() as server:
        yield server


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fetcher(clock: Clock) -> Iterator[Callable[..., Fetcher]]:
    made: list[Fetcher] = []

    def make(**settings: Any) -> Fetcher:
        settings = {"timeout": 5.0, "sleep": clock.sleep, "clock": clock, **settings}
        made.append(Fetcher("curator@example.org", **settings))
        return made[-1]

    yield make
    for one in made:
        one.__exit__(None, None, None)


@pytest.fixture
def cache(tmp_path: Path, clock: Clock) -> Cache:
    return Cache(tmp_path / "cache", max_age=3600, now=clock)
