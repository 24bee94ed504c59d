"""The real bot for a long time with faults: ``make soak``, or ``python -m bench.soak --minutes 4``.

The bot runs as a process of its own against the loopback Discord, with PostgreSQL for its state where that is
installed, else SQLite. People use it all the while. Every 30 s the gateway drops (in turn in each of the
ways in which a connection breaks), 5 % of REST calls fail, the state database restarts twice (SQLite: is
locked for 6 s twice), and the catalogue is replaced twice, by one in which papers have been retracted. At
the end the table tells whether every interaction was answered or refused in words within 3 s, how memory
went, and which tasks the bot had more of than at the beginning. It goes into its section of
docs/benchmarks.md.
"""

import argparse
import asyncio
import os
import platform
import random
import shutil
import signal
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec
import psutil
from aiohttp import web

from bench._soaked import MARK
from bench.report import table, write_section
from bot.catalogue import source
from bot.catalogue.model import Retraction, RetractionStatus
from bot.chat.discord.upkeep import AGAIN
from bot.settings import ROOT
from tests.chat.loopback import LoopbackDiscord, NoAnswerError, NotOfferedError, Permission, Person, Seen
from tests.chat.loopback.botprocess import BotProcess, start_bot
from tests.chat.loopback.errors import http_refusal
from tests.chat.loopback.faults import EDIT_MESSAGE, Faults, Handler
from tests.state.postgres import Server, programs

SEED: Final = 20261121
GATEWAY_EVERY: Final = 30.0
FAILING: Final = 0.05
#: Interactions begun in a second, over all people.
RATE: Final = 4.0
PEOPLE: Final = 20
WITHIN_MS: Final = 3_000
#: What of the run is warm-up, and what is compared with the time right after it.
WARM_UP, LAST = 0.25, 0.25
_DOWN_S: Final = 6.0
_SHARED: Final = 6


class Flaky(Faults):
    """Beside the troubles that are switched on, a share of all calls fails, half of it after it worked."""

    share = 0.0
    failed = 0
    chance = random.Random(SEED)  # noqa: S311 - a rehearsal

    async def around(self, route: str, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Handle a request, or fail it."""
        if self.chance.random() >= self.share:
            return await super().around(route, request, handler)
        self.failed += 1
        if self.chance.random() < 0.5:  # noqa: PLR2004 - half of them
            await super().around(route, request, handler)
        raise http_refusal(self.chance.choice([500, 502, 503]), "Server Error")


@dataclass
class Measured:
    """What people met, in milliseconds from a click to the first answer, and what the bot weighed."""

    took: dict[str, list[float]] = field(default_factory=dict)
    unanswered: list[tuple[float, str, str]] = field(default_factory=list)
    wordless: int = 0
    memory: list[tuple[float, int]] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    away: list[tuple[float, float]] = field(default_factory=list)

    def unanswered_while_connected(self) -> int:
        """Without those begun while there was no session, or less than 3 s before: nobody could hear them."""
        return sum(
            not any(start - WITHIN_MS / 1000 <= at <= end for start, end in self.away)
            for at, *_ in self.unanswered
        )


class Soak:
    """One run."""

    def __init__(self, discord: LoopbackDiscord, seconds: float, data: Path) -> None:
        self.discord = discord
        self.seconds = seconds
        self.data = data
        self.measured = Measured()
        self.shared = 0
        self.chance = random.Random(SEED)  # noqa: S311 - a rehearsal
        self.began = time.monotonic()
        guilds = [discord.guild(f"Forum {number}") for number in range(4)]
        self.people = [discord.person(f"Person {n}", guilds[n % 4]) for n in range(PEOPLE)]
        self.mods = [
            discord.person(f"Mod {n}", guild, may=Permission.MANAGE_GUILD) for n, guild in enumerate(guilds)
        ]
        self.studies = sorted(path.stem for path in (data / "studies").glob("*.toml"))

    @property
    def now(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.began

    # What people do -----------------------------------------------------------------------------

    async def one(self, person: Person) -> None:
        """Something that a person does; how long the first answer took."""
        does = self.chance.choices(
            [self._study, self._ask, self._find, self._types, self._press, self._suggest, self._setting],
            weights=[6, 4, 4, 6, 4, 1, 1],
        )[0]
        at = self.now
        try:
            took = await does(person)
        except NoAnswerError as error:
            self.measured.unanswered.append((at, does.__name__.strip("_"), str(error)))
        except NotOfferedError:
            self.measured.faults["not offered"] += 1
        else:
            self.measured.took.setdefault(does.__name__.strip("_"), []).append(took)

    def _read(self, seen: Seen) -> float:
        self.measured.wordless += not seen.text.strip()
        return seen.took_ms

    async def _study(self, person: Person) -> float:
        view = self.chance.choice(["quick", "full"])
        return self._read(await person.runs("/study", query=self.chance.choice(self.studies), view=view))

    async def _ask(self, person: Person) -> float:
        question = self.chance.choice(
            ["is there a test", "why are my labs normal", "does exercise help", "xyzzy"]
        )
        return self._read(await person.runs("/ask", question=question))

    async def _find(self, person: Person) -> float:
        return self._read(
            await person.runs("/find", text=self.chance.choice(["cytokines", "nk cells", "sleep"]))
        )

    async def _types(self, person: Person) -> float:
        typed = self.chance.choice(self.studies)[: self.chance.randint(1, 6)]
        suggested = await person.types_in_option("/study", "query", typed)
        return suggested.took_ms

    async def _press(self, person: Person) -> float:
        card = await person.runs("/study", query=self.chance.choice(self.studies))
        return self._read(await person.presses(card, self.chance.choice(["Full summary", "Cite"])))

    async def _suggest(self, person: Person) -> float:
        form = await person.opens("/suggest")
        return self._read(await person.submits(form, {"what": "Something that is missing."}))

    async def _setting(self, _person: Person) -> float:
        return self._read(await self.chance.choice(self.mods).runs("/settings"))

    async def people_come_and_go(self) -> None:
        """Begin an interaction again and again, whether or not earlier ones were answered."""
        under_way: set[asyncio.Task[None]] = set()
        number = 0
        while self.now < self.seconds:
            number += 1
            await asyncio.sleep(max(0.0, number / RATE - self.now))
            task = asyncio.create_task(self.one(self.chance.choice(self.people)))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        await asyncio.gather(*under_way)

    # What goes wrong ----------------------------------------------------------------------------

    async def gateway_drops(self) -> None:
        """Every 30 s, in turn in each of the ways."""
        gateway = self.discord.gateway
        ways: list[Callable[[], None]] = [
            gateway.drop,
            gateway.ask_to_reconnect,
            lambda: gateway.drop(resumable=False),
            gateway.invalidate,
        ]
        for turn in range(int((self.seconds - 15) / GATEWAY_EVERY)):
            await self._until((turn + 0.7) * GATEWAY_EVERY)
            gone = self.now
            self.measured.faults["gateway drops"] += 1
            ways[turn % len(ways)]()
            with suppress(TimeoutError):
                await self.discord.ready(within=20)
            self.measured.away.append((gone, self.now))

    async def state_restarts(self, restart: Callable[[], Awaitable[None]]) -> None:
        """Twice."""
        for part in (0.35, 0.65):
            await self._until(part * self.seconds)
            await restart()
            self.measured.faults["state restarts"] += 1

    async def catalogue_is_replaced(self, bot: BotProcess) -> None:
        """Twice, each time with some papers retracted: among them those whose cards were shared."""
        for part, shared in ((0.45, self.studies[:_SHARED]), (0.75, self.studies[_SHARED : 2 * _SHARED])):
            await self._until(part * self.seconds)
            await asyncio.to_thread(_retract, self.data, shared)
            os.kill(bot.pid, signal.SIGHUP)
            self.measured.faults["catalogues"] += 1

    async def shares(self) -> None:
        """Cards of the papers that will be retracted, shared at the beginning."""
        for name in self.studies[: 2 * _SHARED]:
            person = self.chance.choice(self.people)
            with suppress(NoAnswerError):
                told = await person.presses(await person.runs("/study", query=name), "Share here")
                self.shared += "Shared" in told.text

    async def memory_is_watched(self, bot: BotProcess) -> None:
        """Ten times a minute."""
        process = psutil.Process(bot.pid)
        while self.now < self.seconds:
            self.measured.memory.append((self.now, process.memory_info().rss))
            await asyncio.sleep(6.0)

    async def _until(self, moment: float) -> None:
        await asyncio.sleep(max(0.0, moment - self.now))


def _retract(data: Path, names: list[str]) -> None:
    read = source.read_folder(data)
    notice = Retraction(status=RetractionStatus.RETRACTED, year=2026, reason="This is a rehearsal.")
    for name in names:
        source.write(msgspec.structs.replace(read.studies[name], retraction=notice), data)


async def tasks(bot: BotProcess) -> Counter[str]:
    """What tasks the bot has."""
    seen = bot.output.count(MARK)
    os.kill(bot.pid, signal.SIGUSR1)
    async with asyncio.timeout(10):
        while bot.output.count(MARK) == seen:  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.05)
    line = bot.output.rsplit(MARK, 1)[1].splitlines()[0]
    return Counter(msgspec.json.decode(line, type=dict[str, int]))


def _done(discord: LoopbackDiscord, route: str) -> set[str]:
    """What was asked for on a route and done, each thing once."""
    return {one.path for one in discord.requested(route) if one.status < 400}  # noqa: PLR2004 - no error


@asynccontextmanager
async def database(folder: Path) -> AsyncIterator[tuple[str, str, Callable[[], Awaitable[None]]]]:
    """Where state is kept: the engine, the address, and what restarts it."""
    found = programs()
    if found is None:
        path = folder / "state.db"

        async def lock() -> None:
            held = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            held.execute("BEGIN EXCLUSIVE")
            await asyncio.sleep(_DOWN_S)
            held.execute("ROLLBACK")
            held.close()

        yield "SQLite", f"sqlite:///{path}", lock
        return
    server = await asyncio.to_thread(Server, found)
    try:
        await asyncio.to_thread(server.start)
        await asyncio.to_thread(server.create, "soak")

        async def restart() -> None:
            await asyncio.to_thread(server.stop)
            await asyncio.sleep(_DOWN_S)
            await asyncio.to_thread(server.start)

        yield "PostgreSQL", server.url("soak"), restart
    finally:
        await asyncio.to_thread(server.remove)


async def soak(seconds: float, folder: Path) -> tuple[str, bool]:
    """The section of the page, and whether every promise was kept."""
    data = folder / "data"
    shutil.copytree(ROOT / "data", data, ignore=shutil.ignore_patterns("catalogue.db*"))
    async with database(folder) as (engine, address, restart), LoopbackDiscord() as discord:
        flaky = Flaky(discord.clock)
        discord.faults = discord.rest._faults = flaky  # noqa: SLF001 - where the loopback asks for troubles
        settings = {
            "DATABASE_URL": address,
            "BOT_DATA": str(data),
            "BOT_CATALOGUE": str(folder / "catalogue.db"),
            "LOG_FORMAT": "json",
        }
        async with start_bot(discord, ["-m", "bench._soaked"], settings, within=60) as bot:
            run = Soak(discord, seconds, data)
            await run.shares()
            await discord.settled()
            before = await tasks(bot)
            run.began = time.monotonic()
            flaky.share = FAILING
            await asyncio.gather(
                run.people_come_and_go(),
                run.gateway_drops(),
                run.state_restarts(restart),
                run.catalogue_is_replaced(bot),
                run.memory_is_watched(bot),
            )
            flaky.share = 0.0
            await discord.ready(within=60)
            await discord.settled()
            await asyncio.sleep(5)  # what waits for an answer of Discord's that failed
            shared = run.shared
            with suppress(TimeoutError):
                async with asyncio.timeout(AGAIN + 15):  # the pass that tries again what failed
                    while len(_done(discord, EDIT_MESSAGE)) < shared:  # noqa: ASYNC110 - the bot does it
                        await asyncio.sleep(1)
            left = await tasks(bot) - before
            run.measured.faults["REST calls failed"] = flaky.failed
        corrected = len(_done(discord, EDIT_MESSAGE))
        return _section(run, engine, left, bot, corrected)


def _section(run: Soak, engine: str, left: Counter[str], bot: BotProcess, corrected: int) -> tuple[str, bool]:
    measured = run.measured
    rows = []
    for what, took in sorted(measured.took.items()):
        ordered = sorted(took)
        rows.append(
            (
                what,
                f"{len(took):,}",
                f"{statistics.median(ordered):.0f} ms",
                f"{ordered[int(len(ordered) * 0.99)]:.0f} ms",
                f"{ordered[-1]:.0f} ms",
            )
        )
    answered = sum(len(took) for took in measured.took.values())
    late = sum(ms > WITHIN_MS for took in measured.took.values() for ms in took)
    growth, first, last = _growth(measured, run.seconds)
    errors = Counter(
        msgspec.json.decode(line)["event"] for line in bot.output.splitlines() if '"level": "error"' in line
    )
    gone = sum(end - start for start, end in measured.away)
    unanswered, connected = len(measured.unanswered), measured.unanswered_while_connected()
    kept = not (connected or late or measured.wordless or left or bot.returncode) and growth < 0.05  # noqa: PLR2004
    faults = ", ".join(f"{name} {count}" for name, count in sorted(measured.faults.items()))
    facts = [
        ("answered, or refused in words, within 3 s", f"{answered - late:,} of {answered + unanswered:,}"),
        (
            f"not answered, begun in the {gone:.0f} s without a gateway session or the 3 s before",
            f"{unanswered - connected}",
        ),
        ("not answered, at another time", f"{connected}"),
        ("answered without words", f"{measured.wordless}"),
        ("memory after warm-up, at the end", f"{first / 1e6:.0f} MB, {last / 1e6:.0f} MB ({growth:+.1%})"),
        ("tasks more than at the beginning", ", ".join(f"{k} {v}" for k, v in left.items()) or "none"),
        (f"of {run.shared} cards of papers that were retracted, corrected", f"{corrected}"),
        ("errors in the log", ", ".join(f"{event} {n}" for event, n in errors.items()) or "none"),
        ("exit code after SIGTERM", f"{bot.returncode}"),
    ]
    text = "\n\n".join(
        [
            "## Soak: the bot with faults",
            (
                f"`make soak`: {run.seconds / 60:.1f} minutes, {RATE:.0f} interactions a second by {PEOPLE} "
                f"people, state in {engine}; {os.cpu_count()} cores shared with other work, load "
                f"{os.getloadavg()[1]:.1f}, Python {platform.python_version()}. Faults: {faults}."
            ),
            table(("what", "figure"), facts),
            table(("people", "times", "median", "99 %", "longest"), rows),
        ]
    )
    for at, what, why in measured.unanswered:
        print(f"unanswered at {at:.1f} s: {what}: {why}", file=sys.stderr)
    away = ", ".join(f"{start:.1f}-{end:.1f}" for start, end in measured.away)
    print(f"without a gateway session: {away}", file=sys.stderr)
    weighed = ", ".join(f"{at:.0f} s {rss / 1e6:.0f}" for at, rss in measured.memory)
    print(f"memory in MB: {weighed}", file=sys.stderr)
    return text, kept


def _growth(measured: Measured, seconds: float) -> tuple[float, float, float]:
    """How much memory grew from the quarter after warm-up to the last, of the medians; both, in bytes."""
    first = [rss for at, rss in measured.memory if WARM_UP <= at / seconds < 2 * WARM_UP]
    last = [rss for at, rss in measured.memory if at / seconds >= 1 - LAST]
    if not first or not last:
        return 0.0, 0.0, 0.0
    return (
        statistics.median(last) / statistics.median(first) - 1,
        statistics.median(first),
        statistics.median(last),
    )


def main() -> None:
    """Run it and write its section; the exit code is 1 when a promise was broken."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=20.0, help="how long (default: 20)")
    parser.add_argument("--keep-page", action="store_true", help="print the table only")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        text, kept = asyncio.run(soak(options.minutes * 60, Path(folder)))
    print(text)
    if not options.keep_page:
        write_section("soak", text)
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
