"""The token and passwords appear in no log, error, number or page, whatever goes wrong."""

from pathlib import Path

import pytest

from tests.chat.http.endpoint import Signer
from tests.chat.http.test_process import free_port, serving
from tests.chat.loopback import LoopbackDiscord, faults
from tests.chat.loopback.botprocess import launch

PASSWORD = "hunter2-and-more"


async def test_a_process_that_meets_trouble_never_writes_the_token(
    discord: LoopbackDiscord, signer: Signer, tmp_path: Path
) -> None:
    async with serving(discord, signer, tmp_path) as (process, endpoint):
        await discord.world.changed.until(lambda: discord.commands.registered > 0, within=10)
        ann = discord.person("Ann", discord.guild())
        card = await ann.runs("/study", query="gupta 1997")
        discord.faults.refuses(faults.SEND_MESSAGE, 50013)
        await ann.presses(card, "Share here")
        discord.faults.fails(faults.CALLBACK, 500)
        for body in (b"[" * 10_000, b"\xff", discord.token.encode()):
            await endpoint.post(body)
        process.terminate()
        assert await process.ended() == 0
    assert discord.token not in process.output
    assert discord.token.partition(".")[2] not in process.output


@pytest.mark.parametrize("command", [("serve",), ("run",), ("sync",), ("invite",), ("doctor",)])
async def test_a_command_that_cannot_start_shows_no_secret(
    discord: LoopbackDiscord, signer: Signer, command: tuple[str, ...]
) -> None:
    token = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcDE.not-the-token-of-this-one-0"
    settings = {
        "DISCORD_TOKEN": token,
        "DISCORD_PUBLIC_KEY": signer.public_key,
        "DATABASE_URL": f"postgresql://bot:{PASSWORD}@127.0.0.1:9/state",
        "PORT": str(free_port()),
    }
    process = await launch(discord, ("-m", "bot", *command), settings)
    await process.ended(within=60)
    assert process.output
    assert token not in process.output
    assert PASSWORD not in process.output
    assert "Traceback" not in process.output
