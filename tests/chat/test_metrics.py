"""The numbers for Prometheus that are not counted but looked up."""

import dataclasses
from pathlib import Path

from bot.answer.desk import Desk
from bot.catalogue import source
from bot.chat.discord.front import Front
from bot.chat.discord.renewal import Renewal
from bot.chat.metrics import Metrics
from bot.settings import Settings
from bot.state import SharerTags, State
from tests.answer.libraries import small_library
from tests.catalogue.fabricated import study

FIRST = "first-2001-made-up-study"


def told(metrics: Metrics) -> list[str]:
    return [
        line for line in metrics.text().decode().splitlines() if line.startswith("evidence_bot_catalogue")
    ]


async def test_the_catalogue_they_tell_of_is_the_one_that_is_open_now(tmp_path: Path) -> None:
    settings = dataclasses.replace(Settings.load({}, dotenv=None), data=tmp_path / "data")
    async with await State.open(f"sqlite:///{tmp_path / 'state.db'}") as state:
        front = Front(Desk(small_library(tmp_path, study(FIRST))), state, settings, SharerTags("nobody's"))
        metrics = Metrics()
        metrics.catalogue(lambda: front.desk.library.catalogue.meta)
        [before] = told(metrics)
        assert front.desk.library.catalogue.meta.content_hash in before
        source.write(study(FIRST, finding="The groups did differ after all."), settings.data)
        renewal = Renewal(front, state.check)
        assert await renewal.look()
        [after] = told(metrics)
        await renewal.end()
        front.desk.library.close()
    assert after != before
    assert front.desk.library.catalogue.meta.content_hash in after
