"""The gateway: Discord's side of the websocket a bot listens on.

Source: "Gateway" and "Gateway Events", https://docs.discord.com/developers/events/gateway
(hello, identify, heartbeat, resume, invalid session, reconnect, compression, sharding, intents) and
"Opcodes and Status Codes" for the numbers.
"""

import asyncio
import json
import secrets
import zlib
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from tests.chat.loopback import payloads
from tests.chat.loopback.clock import Bell
from tests.chat.loopback.errors import Json
from tests.chat.loopback.opcodes import ALL_INTENTS, PRIVILEGED, Close, Intent, Op
from tests.chat.loopback.permissions import Permission
from tests.chat.loopback.world import Channel, Guild, Message, World

HEARTBEAT_INTERVAL_MS = 41_250
MOST_BYTES = 4096
MOST_EVENTS_A_MINUTE = 120
MOST_REPLAYED = 2000


@dataclass(eq=False)
class Session:
    """What Discord remembers of one identified client, across its connections."""

    id: str
    intents: int
    shard: tuple[int, int]
    seq: int = 0
    sent: deque[Json] = field(default_factory=lambda: deque(maxlen=MOST_REPLAYED))
    connection: "Connection | None" = None

    def covers(self, guild: Guild | None) -> bool:
        """Return whether events of `guild` (None: DMs) go to this shard."""
        number, of = self.shard
        return number == 0 if guild is None else (guild.id >> 22) % of == number


class Connection:
    """One websocket, with its own compression; everything goes out in order through one queue."""

    def __init__(self, socket: web.WebSocketResponse, compression: str | None) -> None:
        self.socket = socket
        self.session: Session | None = None
        self.beats = 0
        self.closed_with: int | None = None
        self._deflate = zlib.compressobj() if compression == "zlib-stream" else None
        self._outbox: asyncio.Queue[Json | int] = asyncio.Queue()
        self._received: deque[float] = deque()

    def send(self, op: Op, data: object = None) -> None:
        """Queue a packet that is not an event."""
        self._outbox.put_nowait({"op": int(op), "d": data, "s": None, "t": None})

    def send_event(self, packet: Json) -> None:
        """Queue an event that already has its sequence number."""
        self._outbox.put_nowait(packet)

    def close(self, code: int) -> None:
        """Close the socket once everything queued before has gone out."""
        self._outbox.put_nowait(code)

    async def write(self) -> None:
        """Send what is queued until told to close."""
        while True:
            packet = await self._outbox.get()
            if isinstance(packet, int):
                self.closed_with = packet
                await self.socket.close(code=packet)
                return
            text = json.dumps(packet, separators=(",", ":"))
            if self._deflate is None:
                await self.socket.send_str(text)
            else:
                chunk = self._deflate.compress(text.encode())
                await self.socket.send_bytes(chunk + self._deflate.flush(zlib.Z_SYNC_FLUSH))

    def too_fast(self, now: float) -> bool:
        """Note one received packet; return whether there were more than 120 in a minute."""
        self._received.append(now)
        while self._received[0] < now - 60:
            self._received.popleft()
        return len(self._received) > MOST_EVENTS_A_MINUTE


class _Refused(Exception):  # noqa: N818 - it is a close code, not an error of ours
    def __init__(self, code: Close) -> None:
        super().__init__(code)
        self.code = code


class Gateway:
    """All sessions and connections. `heard` rings when a client connects, identifies or beats."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._sessions: dict[str, Session] = {}
        self._connections: set[Connection] = set()
        self.heard = Bell()
        self.url = ""
        self.identified = 0
        self.resumed = 0
        self.closed_with: list[int] = []
        self.refuse_resumes = False

    # What the rest of the loopback uses ---------------------------------------------------------

    def live_sessions(self) -> list[Session]:
        """Return the sessions that are connected now."""
        return [session for session in self._sessions.values() if session.connection is not None]

    def dispatch(self, event: str, data: Json, guild: Guild | None, intent: int = 0) -> None:
        """Send an event to every session of the right shard that asked for `intent` (0: all)."""
        for session in self._sessions.values():
            if session.covers(guild) and (not intent or session.intents & intent):
                self._emit(session, event, data)

    def message_created(self, message: Message) -> None:
        """Tell the app about a new message, with its text only where Discord would give it."""
        self._message_event("MESSAGE_CREATE", message)

    def message_edited(self, message: Message) -> None:
        """Tell the app that a message was edited."""
        self._message_event("MESSAGE_UPDATE", message)

    def message_deleted(self, message: Message) -> None:
        """Tell the app that a message is gone."""
        if message.ephemeral or not self._app_sees(message.channel):
            return
        guild = message.channel.guild
        data: Json = {"id": str(message.id), "channel_id": str(message.channel.id)}
        if guild is not None:
            data["guild_id"] = str(guild.id)
        intent = Intent.DIRECT_MESSAGES if guild is None else Intent.GUILD_MESSAGES
        self.dispatch("MESSAGE_DELETE", data, guild, intent)

    # Faults -------------------------------------------------------------------------------------

    def drop(self, code: int = Close.UNKNOWN_ERROR, *, resumable: bool = True) -> None:
        """Close every connection with `code`; unless `resumable`, forget the sessions as well."""
        for connection in list(self._connections):
            connection.close(code)
        if not resumable:
            self._sessions.clear()

    def ask_to_reconnect(self) -> None:
        """Send RECONNECT (opcode 7) to everyone: close and resume, please."""
        for connection in self._connections:
            connection.send(Op.RECONNECT)

    def invalidate(self, *, resumable: bool = False) -> None:
        """Send INVALID_SESSION (opcode 9) to everyone."""
        for session in self.live_sessions():
            if session.connection is not None:
                session.connection.send(Op.INVALID_SESSION, resumable)
            if not resumable:
                del self._sessions[session.id]

    def ready_again(self) -> None:
        """Send READY and the guilds a second time, which clients have to put up with."""
        for session in self.live_sessions():
            self._greet(session)

    async def round_trip(self, within: float = 5.0) -> bool:
        """Ask every client for a heartbeat and wait for it: what was sent before has then been read."""
        waiting = {connection: connection.beats for connection in self._connections if connection.session}
        for connection in waiting:
            connection.send(Op.HEARTBEAT)

        def all_beaten() -> bool:
            return all(one.beats > old for one, old in waiting.items() if one in self._connections)

        return bool(await self.heard.until(all_beaten, within))

    # The websocket ------------------------------------------------------------------------------

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Handle one websocket from HELLO to its end."""
        socket = web.WebSocketResponse(max_msg_size=0, autoclose=False, compress=False)
        await socket.prepare(request)
        compression = request.query.get("compress")
        if compression not in {None, "zlib-stream"} or request.query.get("encoding", "json") != "json":
            await socket.close(code=Close.DECODE_ERROR, message=b"loopback: json and zlib-stream only")
            return socket
        connection = Connection(socket, compression)
        self._connections.add(connection)
        writer = asyncio.create_task(connection.write())
        try:
            await self._listen(connection, version=request.query.get("v"))
        except _Refused as refused:
            connection.close(refused.code)
            await writer
        finally:
            await self._end(connection, writer)
        return socket

    async def _end(self, connection: Connection, writer: asyncio.Task[None]) -> None:
        """Let a close of ours finish, or end the writer of a client that left by itself."""
        if connection.closed_with is None:
            writer.cancel()
        with suppress(asyncio.CancelledError, ConnectionError):
            await writer
        self._connections.discard(connection)
        self._detach(connection)
        self._ring()

    async def _listen(self, connection: Connection, version: str | None) -> None:
        if version not in {"9", "10"}:
            raise _Refused(Close.INVALID_API_VERSION)
        connection.send(Op.HELLO, {"heartbeat_interval": HEARTBEAT_INTERVAL_MS, "_trace": []})
        async for frame in connection.socket:
            if frame.type is not WSMsgType.TEXT:
                raise _Refused(Close.DECODE_ERROR)
            if len(frame.data.encode()) > MOST_BYTES:
                raise _Refused(Close.DECODE_ERROR)
            if connection.too_fast(self._world.clock.now()):
                raise _Refused(Close.RATE_LIMITED)
            try:
                packet = json.loads(frame.data)
                op, data = packet["op"], packet.get("d")
            except (ValueError, KeyError, TypeError, AttributeError):
                raise _Refused(Close.DECODE_ERROR) from None
            self._receive(connection, op, data)
            self._ring()

    def _receive(self, connection: Connection, op: int, data: object) -> None:
        match op:
            case Op.HEARTBEAT:
                connection.beats += 1
                connection.send(Op.HEARTBEAT_ACK)
            case Op.IDENTIFY if isinstance(data, dict):
                self._identify(connection, data)
            case Op.RESUME if isinstance(data, dict):
                self._resume(connection, data)
            case Op.PRESENCE | Op.VOICE_STATE | Op.REQUEST_MEMBERS:
                if connection.session is None:
                    raise _Refused(Close.NOT_AUTHENTICATED)
            case _:
                raise _Refused(Close.UNKNOWN_OPCODE)

    def _identify(self, connection: Connection, data: Json) -> None:
        if connection.session is not None:
            raise _Refused(Close.ALREADY_AUTHENTICATED)
        if data.get("token") != self._world.app.token:
            raise _Refused(Close.AUTHENTICATION_FAILED)
        intents = data.get("intents")
        if not isinstance(intents, int) or intents < 0 or intents & ~ALL_INTENTS:
            raise _Refused(Close.INVALID_INTENTS)
        if intents & PRIVILEGED & ~self._world.app.privileged_intents:
            raise _Refused(Close.DISALLOWED_INTENTS)
        match data.get("shard", [0, 1]):
            case [int(number), int(of)] if 0 <= number < of:
                shard = (number, of)
            case _:
                raise _Refused(Close.INVALID_SHARD)
        session = Session(secrets.token_hex(16), intents, shard)
        self._sessions[session.id] = session
        self._attach(connection, session)
        self.identified += 1
        self._greet(session)

    def _resume(self, connection: Connection, data: Json) -> None:
        if data.get("token") != self._world.app.token:
            raise _Refused(Close.AUTHENTICATION_FAILED)
        session = self._sessions.get(str(data.get("session_id")))
        if session is None or self.refuse_resumes:
            connection.send(Op.INVALID_SESSION, False)
            return
        seen = data.get("seq")
        if not isinstance(seen, int) or seen > session.seq:
            raise _Refused(Close.INVALID_SEQ)
        self._attach(connection, session)
        for packet in session.sent:
            if packet["s"] > seen:
                connection.send_event(packet)
        self.resumed += 1
        self._emit(session, "RESUMED", {"_trace": []})

    def _ring(self) -> None:
        self.heard.ring()
        self._world.changed.ring()

    def _attach(self, connection: Connection, session: Session) -> None:
        connection.session = session
        session.connection = connection

    def _detach(self, connection: Connection) -> None:
        code = connection.closed_with or connection.socket.close_code or 0
        self.closed_with.append(code)
        session = connection.session
        if session is None or session.connection is not connection:
            return
        session.connection = None
        if connection.closed_with is None and code in {Close.NORMAL, Close.GOING_AWAY}:
            # "Initiating a Disconnect": a client that closes with 1000 or 1001 ends its session.
            self._sessions.pop(session.id, None)

    def _greet(self, session: Session) -> None:
        guilds = [guild for guild in self._world.app_guilds() if session.covers(guild)]
        app = self._world.app
        ready: Json = {
            "v": 10,
            "user": payloads.bot_user(app),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.url,
            "shard": list(session.shard),
            "application": {"id": str(app.id), "flags": 0},
            "private_channels": [],
            "relationships": [],
            "presences": [],
            "guild_join_requests": [],
            "geo_ordered_rtc_regions": [],
            "user_settings": {},
            "_trace": [],
        }
        self._emit(session, "READY", ready)
        if session.intents & Intent.GUILDS:
            for guild in guilds:
                self._emit(session, "GUILD_CREATE", payloads.guild(guild, app))

    def _emit(self, session: Session, event: str, data: Json) -> None:
        session.seq += 1
        packet: Json = {"op": int(Op.DISPATCH), "t": event, "s": session.seq, "d": data}
        session.sent.append(packet)
        if session.connection is not None:
            session.connection.send_event(packet)

    def _app_sees(self, channel: Channel) -> bool:
        if channel.guild is None:
            return self._world.app.user in channel.recipients
        return bool(channel.permissions_of(self._world.app.user) & Permission.VIEW_CHANNEL)

    def _message_event(self, event: str, message: Message) -> None:
        channel, app = message.channel, self._world.app
        if message.ephemeral or not self._app_sees(channel):
            return
        full = payloads.message(message, app)
        full["channel_type"] = int(channel.type)
        if channel.guild is not None:
            full["guild_id"] = str(channel.guild.id)
            author = channel.guild.members.get(message.author.id)
            if author is not None:
                full["member"] = payloads.member(author, with_user=False)
        exempt = channel.guild is None or message.author is app.user or app.user in message.mentions
        bare = payloads.without_content(full)
        wanted = Intent.DIRECT_MESSAGES if channel.guild is None else Intent.GUILD_MESSAGES
        for session in self._covering(channel.guild, wanted):
            told = full if exempt or session.intents & Intent.MESSAGE_CONTENT else bare
            self._emit(session, event, told)

    def _covering(self, guild: Guild | None, intent: int) -> Iterator[Session]:
        return (one for one in self._sessions.values() if one.covers(guild) and one.intents & intent)
