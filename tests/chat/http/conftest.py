import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import aiohttp
import pytest

from bot.answer.desk import Desk
from bot.chat.discord.client import EvidenceClient
from bot.chat.discord.front import Front
from bot.chat.discord.incoming import Incoming, logged_in, register
from bot.chat.http.app import Interactions, build
from bot.chat.http.health import Health
from bot.chat.http.server import _Server, config, listen
from bot.chat.http.signature import Gate
from bot.chat.metrics import Metrics
from bot.settings import Settings
from bot.state import SharerTags, State
from bot.values import Secret
from tests.chat.http.endpoint import Endpoint, Signer
from tests.chat.loopback import LoopbackDiscord, Person
from tests.chat.loopback.library import reached_by_library


@dataclass
class Copy:
    """One copy of `serve`, inside the test's own process."""

    url: str
    interactions: Interactions
    client: EvidenceClient
    metrics: Metrics


@pytest.fixture
def signer() -> Signer:
    return Signer()


@pytest.fixture
async def discord() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord() as discord:
        yield discord


@pytest.fixture
def settings(tmp_path: Path, discord: LoopbackDiscord, signer: Signer) -> Settings:
    found = Settings.load({"DATABASE_URL": f"sqlite:///{tmp_path / 'state.db'}"}, dotenv=None)
    return replace(found, discord_token=Secret(discord.token), discord_public_key=signer.public_key)


@pytest.fixture
async def state(settings: Settings) -> AsyncIterator[State]:
    async with await State.open(settings.database_url.reveal()) as state:
        yield state


@pytest.fixture
def front(desk: Desk, state: State, settings: Settings) -> Front:
    return Front(desk, state, settings, SharerTags("a secret that nobody has"))


@pytest.fixture
async def copy(discord: LoopbackDiscord, front: Front, signer: Signer) -> AsyncIterator[Copy]:
    """The real app on the real server, logged in to the loopback Discord, never connected to its gateway."""
    metrics = Metrics()
    interactions = Interactions(Gate(signer.public_key), metrics)
    health = Health(front, lambda: interactions.incoming is not None)
    server = _Server(config(build(interactions, health, metrics)))
    with reached_by_library(discord), listen("127.0.0.1", 0) as listening:
        client = await logged_in(front)
        await register(client)
        interactions.incoming = Incoming(client)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        yield Copy(f"http://127.0.0.1:{listening.getsockname()[1]}", interactions, client, metrics)
        server.should_exit = True
        await serving
        await client.leave()


@pytest.fixture
async def endpoint(discord: LoopbackDiscord, copy: Copy, signer: Signer) -> AsyncIterator[Endpoint]:
    """Discord's side; from here on people's interactions come by HTTP."""
    async with aiohttp.ClientSession() as session:
        endpoint = Endpoint(discord, copy.url, signer, session)
        endpoint.install()
        yield endpoint
        await endpoint.end()


@pytest.fixture
def ann(discord: LoopbackDiscord, endpoint: Endpoint) -> Person:
    return discord.person("Ann", discord.guild())
