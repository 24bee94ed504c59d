from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.answer.desk import Desk
from bot.chat.discord.client import EvidenceClient
from bot.chat.discord.front import Front
from bot.settings import Settings
from bot.state import SharerTags, State
from tests.chat.loopback import LoopbackDiscord
from tests.chat.loopback.running import running


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load(
        {
            "BOT_CATALOGUE": str(tmp_path / "catalogue.db"),
            "DATABASE_URL": f"sqlite:///{tmp_path / 'state.db'}",
        },
        dotenv=None,
    )


@pytest.fixture
async def state(settings: Settings) -> AsyncIterator[State]:
    async with await State.open(settings.database_url.reveal(), patience=0.8) as state:
        yield state


@pytest.fixture
def front(desk: Desk, state: State, settings: Settings) -> Front:
    return Front(desk, state, settings, SharerTags("a secret that nobody has"))


@pytest.fixture
async def discord() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord() as discord:
        yield discord


@pytest.fixture
async def bot(discord: LoopbackDiscord, front: Front) -> AsyncIterator[EvidenceClient]:
    """The real client, connected to the loopback Discord over real sockets."""
    async with running(discord, EvidenceClient(front)) as client:
        yield client
        await discord.settled()
        await client.quiet()  # or a handler would go on with a state that is closed
