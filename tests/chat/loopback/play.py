"""The page of `make play`: a channel in the browser, where a newcomer tries the bot without an account.

The page holds no rules of Discord's. It sends what a person does over one websocket and shows what
comes back: the messages that person sees, and the commands, as the bot registered them.
"""

import asyncio
import re
import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import WSMsgType, web

from bot.site import STATIC as SITE
from tests.chat.loopback.client import NoAnswerError
from tests.chat.loopback.errors import ApiError, Json
from tests.chat.loopback.limits_commands import Option
from tests.chat.loopback.offers import NotOfferedError
from tests.chat.loopback.permissions import Permission
from tests.chat.loopback.person import Person
from tests.chat.loopback.playview import command_view, form_view, message_view
from tests.chat.loopback.seen import Form, NotThereError
from tests.chat.loopback.server import LoopbackDiscord
from tests.chat.loopback.world import Channel, Message

_STATIC = Path(__file__).parent / "static"
#: The look is that of the preview and the static site: one style sheet for every page of the project.
_LOOK = SITE / "look.css"
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_SELF = re.compile(r"@(?:bot|evidence[ _]?bot)\b", re.IGNORECASE)
_ENDED = (NoAnswerError, NotOfferedError, NotThereError, ApiError)


class Play:
    """Serves the page from the loopback's own port, and furnishes a small server to try things in."""

    def __init__(self, discord: LoopbackDiscord, sayings: list[str] | None = None) -> None:
        self._discord = discord
        self._guild = discord.guild("Practice", channels=["general"])
        self.people = {
            "member": discord.person("You", self._guild),
            "moderator": discord.person(
                "Moderator", self._guild, may=Permission.MANAGE_MESSAGES | Permission.MANAGE_GUILD
            ),
        }
        for person in self.people.values():
            person.installs()
        neighbour = discord.person("Sam", self._guild)
        for text in sayings if sayings is not None else _opening():
            discord.messages.say(neighbour.user, discord.channel(self._guild, "general"), text)
        discord.app.router.add_get("/", _to_the_page)
        discord.app.router.add_get("/play", _to_the_page)
        discord.app.router.add_get("/play/", self._file)
        discord.app.router.add_get("/play/live", self._live)
        discord.app.router.add_get("/play/{name}", self._file)

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"{self._discord.address}/play/"

    def places(self, person: Person) -> dict[str, Channel]:
        """Return where a person can write on the page."""
        return {"general": self._discord.channel(self._guild, "general"), "dm": person.dm}

    async def _file(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info.get("name", "play.html")
        path = _LOOK if name == _LOOK.name else _STATIC / name
        if path.parent not in {_STATIC, SITE} or not path.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(path, headers=_HEADERS)

    async def _live(self, request: web.Request) -> web.WebSocketResponse:
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            raise web.HTTPForbidden(text="another page asked")
        socket = web.WebSocketResponse(heartbeat=30, max_msg_size=1 << 20, compress=False)
        await socket.prepare(request)
        await Visit(self._discord, self, socket).last()
        return socket


class Visit:
    """One open page: who looks through it, where, and what was asked of it."""

    def __init__(self, discord: LoopbackDiscord, play: Play, socket: web.WebSocketResponse) -> None:
        self._discord = discord
        self._play = play
        self._socket = socket
        self._as = "member"
        self._at = "general"
        self._forms: dict[str, Form] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._shown: Json = {}
        self._sending = asyncio.Lock()
        self._since = discord.world.new_id()

    @property
    def person(self) -> Person:
        """Who is looking."""
        return self._play.people[self._as]

    @property
    def channel(self) -> Channel:
        """Where."""
        return self._play.places(self.person)[self._at]

    async def last(self) -> None:
        """Serve the page until it is closed."""
        watching = asyncio.create_task(self._watch())
        try:
            async for frame in self._socket:
                if frame.type is WSMsgType.TEXT:
                    task = asyncio.create_task(self._handle(frame.json()))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)
        finally:
            for task in (watching, *self._tasks):
                task.cancel()
            await asyncio.gather(watching, *self._tasks, return_exceptions=True)

    async def _watch(self) -> None:
        """Send the state whenever it differs from what the page shows."""
        with suppress(ConnectionError):
            while True:
                await self._show()
                await self._discord.world.changed.heard(within=60)

    async def _show(self) -> None:
        async with self._sending:  # nobody may overtake a state on its way
            state = self._state()
            if state != self._shown:
                self._shown = state
                await self._socket.send_json({"type": "state", **state})

    def _state(self) -> Json:
        person, channel = self.person, self.channel
        seen = [one for one in channel.messages.values() if self._sees(one)]
        moderates = bool(channel.permissions_of(person.user) & Permission.MANAGE_MESSAGES)
        return {
            "as": self._as,
            "at": self._at,
            "bot": self._discord.world.app.user.name,
            "connected": bool(self._discord.gateway.live_sessions()),
            "commands": [view for one in person.commands(channel) for view in command_view(one, person.user)],
            "menus": [one["name"] for one in person.menus(channel)],
            "names": {str(user.id): user.name for user in self._discord.world.users.values()},
            "messages": [message_view(one, person.user, moderates=moderates) for one in seen],
        }

    def _sees(self, message: Message) -> bool:
        """Return whether this visit shows a message: private ones are gone once the page is loaded anew."""
        return message.visible_to(self.person.user) and not (message.ephemeral and message.id < self._since)

    async def _handle(self, asked: Json) -> None:
        """Do what the page asks and tell it how that went."""
        answer: Json = {"type": "answer", "ref": asked.get("ref")}
        handlers: dict[str, Callable[[Json], object]] = {
            "go": self._go,
            "say": self._say,
            "delete": self._delete,
        }
        try:
            do = str(asked.get("do"))
            if do in handlers:
                handlers[do](asked)
            elif do == "complete":
                answer |= await self._complete(asked)
            else:
                answer |= await self._interact(do, asked)
        except _ENDED as error:
            answer["failed"] = "silent" if isinstance(error, NoAnswerError) else "refused"
            answer["why"] = str(error)
        except (KeyError, ValueError, TypeError) as error:
            answer |= {"failed": "refused", "why": f"the page sent something odd: {error!r}"}
        with suppress(ConnectionError):
            await self._show()  # first what there is to see, then that it is there
            async with self._sending:
                await self._socket.send_json(answer)

    def _go(self, asked: Json) -> None:
        if asked["as"] in self._play.people and asked["at"] in {"general", "dm"}:
            self._as, self._at = asked["as"], asked["at"]
            self._discord.world.changed.ring()

    def _say(self, asked: Json) -> None:
        mention = self._discord.world.app.user.mention
        text = _SELF.sub(mention, str(asked["text"]).strip()[:2000])
        if text:
            self._discord.messages.say(self.person.user, self.channel, text)

    def _delete(self, asked: Json) -> None:
        message = self._message(asked)
        moderates = self.channel.permissions_of(self.person.user) & Permission.MANAGE_MESSAGES
        if message.author is self.person.user or moderates:
            self._discord.messages.delete(message)

    async def _complete(self, asked: Json) -> Json:
        values = {**self._values(asked, complete=False), asked["option"]: str(asked["typed"])}
        client = self.person.client
        found = await client.suggestions(asked["command"], self.channel, asked["option"], values)
        return {"choices": [{"name": one.name, "value": one.value} for one in found.choices]}

    async def _interact(self, do: str, asked: Json) -> Json:
        client = self.person.client
        match do:
            case "run":
                begun = client.command(asked["command"], self.channel, self._values(asked))
            case "press":
                begun = client.component(self._message(asked), asked["custom_id"])
            case "pick":
                begun = client.component(self._message(asked), asked["custom_id"], asked["values"])
            case "menu":
                begun = client.menu(asked["name"], self._message(asked))
            case "submit":
                begun = client.form(self._forms[asked["form"]], asked["answers"])
            case _:
                raise KeyError(do)
        outcome = await client.outcome(begun)
        if isinstance(outcome, Form):
            self._forms[outcome.token] = outcome
            return {"form": form_view(outcome)}
        return {"message": str(outcome.id), "took": round(outcome.took_ms)}

    def _message(self, asked: Json) -> Message:
        message = self.channel.messages.get(int(asked["message"]))
        if message is None:
            msg = "that message is gone"
            raise NotThereError(msg)
        return message

    def _values(self, asked: Json, *, complete: bool = True) -> dict[str, str | int | float | bool]:
        """Return the options as their types ask; the page sends what was typed."""
        kinds = {
            option["name"]: option["type"]
            for command in self._state()["commands"]
            if command["path"] == asked["command"]
            for option in command["options"]
        }
        values: dict[str, str | int | float | bool] = {}
        for name, value in asked.get("options", {}).items():
            if value in ("", None):
                continue
            match kinds.get(name):
                case Option.INTEGER if complete:
                    values[name] = int(value)
                case Option.NUMBER if complete:
                    values[name] = float(value)
                case _:
                    values[name] = value
        return values


async def _to_the_page(_request: web.Request) -> web.StreamResponse:
    raise web.HTTPFound("/play/")


def _opening() -> list[str]:
    """Return what stands in the channel at first: a question, and a link to a paper of the catalogue."""
    return ["Is there a blood test for ME/CFS yet?", *_a_link()]


def _a_link() -> Iterator[str]:
    """Yield a message with the DOI of the first study in `data/` that has one, if there is any."""
    studies = Path(__file__).parents[3] / "data" / "studies"
    for path in sorted(studies.glob("*.toml")):
        doi = tomllib.loads(path.read_text(encoding="utf-8")).get("doi")
        if isinstance(doi, str):
            yield f"Someone sent me this, what does it show? https://doi.org/{doi}"
            return
