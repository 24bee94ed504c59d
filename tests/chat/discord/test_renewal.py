"""A newer catalogue under a running front, and what upkeep does by itself."""

import asyncio
import datetime as dt
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from bot.answer.desk import Desk
from bot.catalogue import source
from bot.chat.discord.client import EvidenceClient
from bot.chat.discord.front import Front
from bot.chat.discord.renewal import Renewal
from bot.chat.discord.upkeep import Upkeep
from bot.settings import Settings
from bot.state import SharedCard, SharerTags, State, clock
from tests.answer.libraries import small_library
from tests.catalogue.fabricated import study

FIRST = "first-2001-made-up-study"


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    return replace(settings, data=tmp_path / "data")


@pytest.fixture
def front(tmp_path: Path, state: State, settings: Settings) -> Front:
    return Front(Desk(small_library(tmp_path, study(FIRST))), state, settings, SharerTags("nobody's"))


def finding(front: Front) -> str:
    return front.desk.answer_line(f"/study {FIRST}").text


async def test_answers_come_from_the_new_catalogue_and_the_old_one_is_closed_when_nobody_uses_it(
    front: Front, settings: Settings
) -> None:
    answered = asyncio.Event()

    async def quiet() -> None:
        await answered.wait()

    renewal = Renewal(front, quiet)
    assert not await renewal.look()
    old = front.desk.library
    source.write(study(FIRST, finding="The groups did differ after all."), settings.data)
    assert await renewal.look()
    assert "differ after all" in finding(front)
    assert FIRST in front.entries()
    assert old.catalogue.study(FIRST) is not None, "a reply that is under way still reads it"
    assert old.catalogue.all_studies()
    answered.set()
    await asyncio.gather(*renewal._closing)
    with pytest.raises(sqlite3.ProgrammingError):
        old.catalogue.all_studies()
    assert not await renewal.look()
    front.desk.library.close()


def test_what_a_library_sheds_it_makes_again(front: Front) -> None:
    library = front.desk.library
    before = finding(front)
    assert library.catalogue.study.cache_info().currsize
    library.shed()
    assert not library.catalogue.study.cache_info().currsize
    assert finding(front) == before
    library.close()


async def test_files_that_cannot_be_used_leave_the_catalogue_that_is_open(
    front: Front, settings: Settings
) -> None:
    renewal = Renewal(front, lambda: asyncio.sleep(0))
    before = finding(front)
    file = settings.data / "studies" / f"{FIRST}.toml"
    good = file.read_text(encoding="utf-8")
    file.write_text("title = ", encoding="utf-8")
    assert not await renewal.look()
    assert finding(front) == before
    file.write_text(good.replace("did not differ", "did differ"), encoding="utf-8")
    assert await renewal.look()
    assert finding(front) != before
    await renewal.end()
    front.desk.library.close()


async def test_a_pass_drops_what_is_over_its_time(front: Front, state: State) -> None:
    year_ago = clock.now() - dt.timedelta(days=366)
    await state.cards.add(SharedCard(1, 10, 100, (FIRST,), "hash", {}, year_ago))
    async with EvidenceClient(front, register=False) as client:
        await Upkeep(client)._once(look=False)
    assert await state.cards.count() == 0
    front.desk.library.close()
