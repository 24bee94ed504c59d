"""The gateway as discord.py meets it: identify, resume, invalid sessions, compression, intents, shards."""

import json
import zlib
from collections.abc import AsyncIterator

import aiohttp
import discord as library
import pytest

from tests.chat.loopback import LoopbackDiscord
from tests.chat.loopback.errors import Json
from tests.chat.loopback.opcodes import Close, Intent, Op
from tests.chat.loopback.running import running
from tests.chat.loopback.testbot import TestBot


@pytest.fixture
async def discord() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord() as server:
        yield server


async def resumed(discord: LoopbackDiscord, times: int = 1) -> None:
    assert await discord.world.changed.until(lambda: discord.gateway.resumed >= times, within=10)
    await discord.ready()


async def identified(discord: LoopbackDiscord, times: int) -> None:
    await discord.ready(more_than=times - 1)


async def test_after_a_dropped_connection_the_session_resumes_and_nothing_is_lost(
    discord: LoopbackDiscord,
) -> None:
    alice = discord.person("Alice", discord.guild())
    async with running(discord, TestBot()) as bot:
        discord.gateway.drop()
        said = await alice.says("while you were away", mentioning_bot=True)
        assert (await alice.gets_reply(said)).text.endswith("while you were away")
        await resumed(discord)
        assert discord.gateway.identified == 1
        assert (bot.resumes, len([text for text in bot.heard if "away" in text])) == (1, 2)


async def test_a_forgotten_session_leads_to_a_new_one(discord: LoopbackDiscord) -> None:
    alice = discord.person("Alice", discord.guild())
    async with running(discord, TestBot()):
        discord.gateway.drop(resumable=False)
        await identified(discord, 2)
        assert (await alice.runs("/fruit", name="Fig")).text.startswith("# Fig")
        assert discord.gateway.resumed == 0


async def test_asked_to_reconnect_the_client_resumes(discord: LoopbackDiscord) -> None:
    alice = discord.person("Alice", discord.guild())
    async with running(discord, TestBot()):
        discord.gateway.ask_to_reconnect()
        await resumed(discord)
        assert (await alice.runs("/fruit", name="Fig")).text.startswith("# Fig")


@pytest.mark.parametrize("resumable", [True, False])
async def test_an_invalid_session_is_resumed_or_begun_anew(
    discord: LoopbackDiscord, *, resumable: bool
) -> None:
    alice = discord.person("Alice", discord.guild())
    async with running(discord, TestBot()):
        discord.gateway.invalidate(resumable=resumable)
        if resumable:
            await resumed(discord)
        else:
            await identified(discord, 2)
        assert discord.gateway.identified == (1 if resumable else 2)
        assert (await alice.runs("/fruit", name="Fig")).text.startswith("# Fig")


async def test_ready_can_come_twice(discord: LoopbackDiscord) -> None:
    alice = discord.person("Alice", discord.guild())
    async with running(discord, TestBot()) as bot:
        discord.gateway.ready_again()
        await discord.settled()
        assert (await alice.runs("/fruit", name="Fig")).text.startswith("# Fig")
        assert len(bot.guilds) == 1


async def test_a_wrong_token_is_refused_at_login(discord: LoopbackDiscord) -> None:
    with pytest.raises(library.LoginFailure):
        async with running(discord, TestBot(), token="a.wrong.token"):
            pytest.fail("the bot was let in")


async def test_privileged_intents_need_to_be_enabled(discord: LoopbackDiscord) -> None:
    bot = TestBot(register=False, intents=library.Intents(guilds=True, members=True))
    with pytest.raises(library.PrivilegedIntentsRequired):
        async with running(discord, bot, commands=False):
            pytest.fail("the bot was let in")
    assert Close.DISALLOWED_INTENTS in discord.gateway.closed_with


async def test_with_the_content_intent_every_message_arrives_whole(discord: LoopbackDiscord) -> None:
    discord.world.app.privileged_intents = int(Intent.MESSAGE_CONTENT)
    alice = discord.person("Alice", discord.guild())
    intents = library.Intents(guilds=True, guild_messages=True, message_content=True)
    async with running(discord, TestBot(intents=intents)) as bot:
        await alice.says("to everyone")
        await discord.settled()
        assert bot.heard == ["to everyone"]


async def test_without_the_message_intents_no_message_arrives(discord: LoopbackDiscord) -> None:
    alice = discord.person("Alice", discord.guild())
    async with running(discord, TestBot(intents=library.Intents(guilds=True))) as bot:
        await alice.says("hi", mentioning_bot=True)
        await alice.says("hi", dm=True)
        await discord.settled()
        assert bot.heard == []


async def test_a_sharded_client_gets_each_guild_on_one_shard(discord: LoopbackDiscord) -> None:
    people = [discord.person(f"P{n}", discord.guild(f"G{n}")) for n in range(3)]

    class Sharded(library.AutoShardedClient):
        def __init__(self) -> None:
            super().__init__(intents=library.Intents(guilds=True, guild_messages=True), shard_count=2)
            self.heard: list[str] = []

        async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
            """Identify at once: the library waits 5 s between shards."""

        async def on_message(self, message: library.Message) -> None:
            self.heard.append(message.content)

    async with running(discord, Sharded(), commands=False) as client:
        await discord.ready(more_than=1)
        for person in people:
            await person.says(person.name, mentioning_bot=True)
        await discord.settled()
        assert len(client.heard) == 3


class Wire:
    """A gateway client of its own, to meet what discord.py never does."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def send(self, op: int, data: object) -> None:
        await self.socket.send_str(json.dumps({"op": op, "d": data}))

    async def packet(self) -> Json:
        message = await self.socket.receive(timeout=5)
        assert message.type is aiohttp.WSMsgType.TEXT, message
        packet: Json = json.loads(message.data)
        return packet

    async def close_code(self) -> int:
        while not self.socket.closed:
            message = await self.socket.receive(timeout=5)
            if message.type in {aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED}:
                break
        assert self.socket.close_code is not None
        return self.socket.close_code


@pytest.fixture
async def wire(discord: LoopbackDiscord) -> AsyncIterator[Wire]:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{discord.gateway.url}?v=10&encoding=json") as socket,
    ):
        yield Wire(socket)


def identity(discord: LoopbackDiscord, **changes: object) -> Json:
    return {"token": discord.token, "intents": 1, "properties": {}, **changes}


async def test_the_gateway_says_hello_and_answers_heartbeats(wire: Wire) -> None:
    hello = await wire.packet()
    assert (hello["op"], hello["d"]["heartbeat_interval"]) == (Op.HELLO, 41_250)
    await wire.send(Op.HEARTBEAT, None)
    assert (await wire.packet())["op"] == Op.HEARTBEAT_ACK


async def test_ready_comes_before_the_guilds(discord: LoopbackDiscord, wire: Wire) -> None:
    forum = discord.guild()
    await wire.packet()
    await wire.send(Op.IDENTIFY, identity(discord))
    ready, guild = await wire.packet(), await wire.packet()
    assert (ready["t"], ready["s"], guild["t"], guild["s"]) == ("READY", 1, "GUILD_CREATE", 2)
    assert ready["d"]["guilds"] == [{"id": str(forum.id), "unavailable": True}]
    assert guild["d"]["channels"][0]["name"] == "general"


@pytest.mark.parametrize(
    ("op", "changes", "code"),
    [
        (Op.IDENTIFY, {"token": "wrong"}, Close.AUTHENTICATION_FAILED),
        (Op.IDENTIFY, {"intents": "all"}, Close.INVALID_INTENTS),
        (Op.IDENTIFY, {"intents": 1 << 40}, Close.INVALID_INTENTS),
        (Op.IDENTIFY, {"intents": int(Intent.MESSAGE_CONTENT)}, Close.DISALLOWED_INTENTS),
        (Op.IDENTIFY, {"shard": [2, 1]}, Close.INVALID_SHARD),
        (Op.IDENTIFY, {"properties": {"os": "x" * 5000}}, Close.DECODE_ERROR),
        (Op.RESUME, {"token": "wrong"}, Close.AUTHENTICATION_FAILED),
        (Op.PRESENCE, {}, Close.NOT_AUTHENTICATED),
        (99, {}, Close.UNKNOWN_OPCODE),
    ],
)
async def test_mistakes_close_the_connection_with_their_code(
    discord: LoopbackDiscord, wire: Wire, op: int, changes: dict[str, object], code: int
) -> None:
    await wire.send(op, identity(discord, **changes))
    assert await wire.close_code() == code


async def test_identifying_twice_closes_the_connection(discord: LoopbackDiscord, wire: Wire) -> None:
    await wire.send(Op.IDENTIFY, identity(discord))
    await wire.send(Op.IDENTIFY, identity(discord))
    assert await wire.close_code() == Close.ALREADY_AUTHENTICATED


async def test_too_many_packets_close_the_connection(wire: Wire) -> None:
    for _ in range(121):
        await wire.send(Op.HEARTBEAT, None)
    assert await wire.close_code() == Close.RATE_LIMITED


async def test_resuming_with_a_sequence_from_the_future_is_refused(
    discord: LoopbackDiscord, wire: Wire
) -> None:
    async with running(discord, TestBot()):
        session = discord.gateway.live_sessions()[0]
        resume = {"token": discord.token, "session_id": session.id, "seq": session.seq + 1}
        await wire.send(Op.RESUME, resume)
        assert await wire.close_code() == Close.INVALID_SEQ


async def test_one_zlib_context_spans_the_whole_connection(discord: LoopbackDiscord) -> None:
    inflate = zlib.decompressobj()
    texts = []
    url = f"{discord.gateway.url}?v=10&encoding=json&compress=zlib-stream"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        await socket.send_str(json.dumps({"op": 2, "d": identity(discord)}))
        for _ in range(2):
            chunk = (await socket.receive(timeout=5)).data
            assert chunk.endswith(b"\x00\x00\xff\xff")
            texts.append(json.loads(inflate.decompress(chunk)))
    assert [text["op"] for text in texts] == [Op.HELLO, Op.DISPATCH]


async def test_two_processes_with_one_token_both_hear_of_an_interaction(discord: LoopbackDiscord) -> None:
    alice = discord.person("Alice", discord.guild())
    async with running(discord, TestBot()), running(discord, TestBot(register=False)):
        await identified(discord, 2)
        assert (await alice.runs("/fruit", name="Fig")).text.startswith("# Fig")
        await discord.settled()
        answers = [one.status for one in discord.requests if one.path.endswith("/callback")]
        assert sorted(answers) == [204, 400] or sorted(answers) == [200, 400]
        assert len(alice.sees()) == 1
