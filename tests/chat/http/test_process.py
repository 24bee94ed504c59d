"""`serve` and `run` as processes of their own: start, numbers, health, and leaving."""

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.chat.http.endpoint import Endpoint, Signer
from tests.chat.loopback import LoopbackDiscord
from tests.chat.loopback.botprocess import BotProcess, launch, start_bot

SERVE = ("-m", "bot", "serve")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


@asynccontextmanager
async def serving(
    discord: LoopbackDiscord, signer: Signer, tmp_path: Path, **more: str
) -> AsyncIterator[tuple[BotProcess, Endpoint]]:
    port = free_port()
    settings = {
        "PORT": str(port),
        "DISCORD_PUBLIC_KEY": signer.public_key,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'state.db'}",
        "LOG_FORMAT": "json",
        **more,
    }
    process = await launch(discord, SERVE, settings)
    try:
        async with aiohttp.ClientSession() as session:
            endpoint = Endpoint(discord, f"http://127.0.0.1:{port}", signer, session)
            await until_ready(process, endpoint)
            endpoint.install()
            yield process, endpoint
            await endpoint.end()
    finally:
        process.terminate()
        await process.ended()


async def until_ready(process: BotProcess, endpoint: Endpoint) -> None:
    async with asyncio.timeout(60):
        while True:
            assert process.returncode is None, process.output
            try:
                async with endpoint.session.get(endpoint.url + "/readyz") as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.05)  # there is nothing to be told by: another process starts


async def test_it_answers_counts_logs_nothing_private_and_leaves_in_time(
    discord: LoopbackDiscord, signer: Signer, tmp_path: Path
) -> None:
    metrics = free_port()
    async with serving(discord, signer, tmp_path, METRICS_PORT=str(metrics)) as (process, endpoint):
        await discord.world.changed.until(lambda: discord.commands.registered > 0, within=10)
        ann = discord.person("Ann Onymous", discord.guild())
        card = await ann.runs("/study", query="gupta 1997 my private words")
        assert card.ephemeral
        async with endpoint.session.get(f"http://127.0.0.1:{metrics}/metrics") as response:
            numbers = await response.text()
        async with endpoint.session.get(f"{endpoint.url}/metrics") as response:
            assert response.status == 404
        process.terminate()
        assert await process.ended() == 0
    counted = r'evidence_bot_answer_seconds_count\{command="study",outcome="[a-z_ ]+"\} 1\.0'
    assert re.search(counted, numbers)
    assert "evidence_bot_state_up 1.0" in numbers
    assert re.search(r'evidence_bot_catalogue_info\{content_hash="[0-9a-f]+",version="[^"]+"\} 1\.0', numbers)
    assert 'evidence_bot_http_request_seconds_count{status="200"} 1.0' in numbers
    for told in (numbers, process.output):
        for private in ("private words", "gupta", "Onymous", str(ann.user.id), discord.token):
            assert private not in told
    lines = [json.loads(line) for line in process.output.splitlines()]
    [answered] = [line for line in lines if line["event"] == "answered"]
    assert answered["command"] == "study"


async def test_the_gateway_front_shows_the_same_numbers(discord: LoopbackDiscord, tmp_path: Path) -> None:
    metrics = free_port()
    settings = {"METRICS_PORT": str(metrics), "DATABASE_URL": f"sqlite:///{tmp_path / 'state.db'}"}
    async with start_bot(discord, ("-m", "bot", "run"), settings):
        ann = discord.person("Ann", discord.guild())
        await ann.runs("/pem")
        await discord.settled()
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{metrics}/metrics") as response,
        ):
            numbers = await response.text()
    assert 'evidence_bot_answer_seconds_count{command="pem",outcome="answer"} 1.0' in numbers


async def test_what_is_being_answered_when_told_to_leave_is_answered(
    discord: LoopbackDiscord, signer: Signer, tmp_path: Path
) -> None:
    async with serving(discord, signer, tmp_path) as (process, _):
        await discord.world.changed.until(lambda: discord.commands.registered > 0, within=10)
        ann = discord.person("Ann", discord.guild())
        asked = [asyncio.create_task(ann.runs("/study", query="gupta 1997")) for _ in range(20)]
        await asyncio.sleep(0)
        await asyncio.gather(*asked[:1])
        process.terminate()
        assert await process.ended() == 0
        assert all("Limitations" in card.text for card in await asyncio.gather(*asked))


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"DISCORD_PUBLIC_KEY": ""}, "DISCORD_PUBLIC_KEY is not set: put the application's public key"),
        ({"DISCORD_PUBLIC_KEY": "c0ffee"}, "DISCORD_PUBLIC_KEY must be the public key"),
        ({"DISCORD_TOKEN": ""}, "DISCORD_TOKEN is not set"),
        (
            {"DISCORD_TOKEN": "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcDE.not-the-token-of-this-one-0"},
            "refuses the token",
        ),
        ({"SERVE_HOST": "192.0.2.1"}, "cannot be listened on"),
        ({"METRICS_PORT": "1", "METRICS_HOST": "192.0.2.1"}, "cannot be listened on"),
    ],
)
async def test_what_an_operator_must_mend_ends_it_at_once(
    discord: LoopbackDiscord, signer: Signer, tmp_path: Path, settings: dict[str, str], told: str
) -> None:
    usual = {
        "PORT": str(free_port()),
        "DISCORD_PUBLIC_KEY": signer.public_key,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'state.db'}",
        "LOG_FORMAT": "json",
    }
    process = await launch(discord, SERVE, {**usual, **settings})
    assert await process.ended(within=60) == 2
    assert told in process.output
    assert "Traceback" not in process.output
