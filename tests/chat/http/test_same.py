"""What comes by HTTP is what comes by the gateway, component for component."""

import json
from collections.abc import Mapping

import pytest

from bot.answer.commands import COMMANDS
from bot.chat.discord.client import EvidenceClient
from bot.chat.discord.front import Front
from tests.chat.http.endpoint import Endpoint
from tests.chat.loopback import LoopbackDiscord, Permission, Person, Seen
from tests.chat.loopback.running import running

ASKED: tuple[tuple[str, Mapping[str, str | int]], ...] = (
    ("/study", {"query": "gupta 1997"}),
    ("/study", {"query": "no such study @everyone"}),
    ("/study", {"query": "cytokines", "view": "full"}),
    ("/test", {}),
    ("/ask", {"question": "why are my labs normal"}),
    ("/find", {"text": "cytokines", "page": 2}),
    ("/find", {"text": "cytokines", "page": 99}),
    ("/cite", {"query": "gupta 1997", "style": "bibtex"}),
    ("/compare", {"first": "hornig 2015", "second": "hornig 2017"}),
    ("/map", {"topic": "cytokines"}),
    ("/pem", {}),
    ("/list show", {}),
    ("/settings", {}),
    ("/help", {}),
    ("/about", {}),
    ("/privacy", {}),
)


def shown(seen: Seen) -> tuple[object, ...]:
    """All that a person can see of it, without the ids that each message has of its own."""
    without_addresses = [
        {key: value for key, value in component.items() if key not in {"file", "items", "id"}}
        for component in seen.components
    ]
    files = [(file.name, file.content) for file in seen.files]
    return seen.ephemeral, json.dumps(without_addresses, sort_keys=True), files


@pytest.mark.parametrize(("command", "options"), ASKED, ids=str)
async def test_a_reply_is_the_same_by_both_ways(
    discord: LoopbackDiscord,
    ann: Person,
    endpoint: Endpoint,
    front: Front,
    command: str,
    options: Mapping[str, str | int],
) -> None:
    assert ann.home is not None
    manager = discord.person("Manager", ann.home.guild, may=Permission.MANAGE_GUILD)
    by_http = await manager.runs(command, options=options)
    assert endpoint.deliveries[-1].status in {200, 202}
    delivered = len(endpoint.deliveries)
    async with running(discord, EvidenceClient(front, register=False), commands=False):
        discord.interactions._gateway = discord.gateway
        by_gateway = await manager.runs(command, options=options)
    assert len(endpoint.deliveries) == delivered
    assert shown(by_http) == shown(by_gateway)


def test_no_command_is_left_out() -> None:
    asked = {command.removeprefix("/").split()[0] for command, _ in ASKED}
    # /suggest opens a form, which has a test of its own.
    assert asked == COMMANDS.keys() - {"suggest"}
