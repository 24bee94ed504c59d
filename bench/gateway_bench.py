"""``run`` under load: interactions over the loopback Discord's gateway, at fixed rates, to one process."""

import asyncio
import itertools
import os
import tempfile
from pathlib import Path
from typing import Final

import psutil

from bench._load import ASKED, BREAKS, HEAD, LADDER, LADDER_SECONDS, RATES, SECONDS, Load, breaking, load, row
from bench.report import table, write_section
from tests.chat.loopback import LoopbackDiscord, NoAnswerError
from tests.chat.loopback.botprocess import start_bot

_PEOPLE: Final = 50
_WARM_UP: Final = 2  # seconds, at a rate of 20
#: Seconds at most until nothing of an earlier load is left.
_SETTLE: Final = 15.0


def main() -> None:
    """Measure, and write the section ``gateway``."""
    asyncio.run(_measure())


async def _measure() -> None:
    busy = psutil.cpu_percent(interval=3.0)
    rows: list[tuple[str, ...]] = []
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "DATABASE_URL": f"sqlite:///{Path(folder) / 'state.db'}",
            "BOT_CATALOGUE": str(Path(folder) / "catalogue.db"),
            "LOG_FORMAT": "json",
        }
        async with LoopbackDiscord() as discord, start_bot(discord, ["-m", "bot", "run"], settings) as bot:
            guild = discord.guild()
            people = itertools.cycle([discord.person(f"Person {n}", guild) for n in range(_PEOPLE)])
            asked = itertools.cycle(ASKED)

            async def ask() -> bool:
                command, options = next(asked)
                try:
                    await next(people).runs(command, options=options)
                except NoAnswerError:
                    return False
                return True

            async def loaded(rate: int, seconds: int) -> Load:
                try:
                    async with asyncio.timeout(_SETTLE):
                        await discord.settled()
                except TimeoutError:
                    pass  # what is left counts against the next load
                return await load([bot.pid], rate, seconds, ask)

            await loaded(20, _WARM_UP)
            for rate in RATES:
                came = await loaded(rate, SECONDS)
                rows.append(row(came))
                print(rows[-1], flush=True)
                if came.broken:
                    break
            breaks = await breaking(loaded)
            print(breaks, flush=True)
    write_section(
        "gateway",
        f"""## By the gateway (`run`)

The same questions as on Discord above, by {_PEOPLE} people in turn, each at its time for {SECONDS} s, to one
process. The loopback Discord, which plays the people as well, shares the {os.cpu_count()} cores of the
machine, which other work kept busy for {busy:.0f} % of the time before the first load. Latency counts from
the time an interaction was due to the arrival of its answer. Where a rate is missing, the one before broke.

{table(HEAD, rows)}

Where it breaks: the first of {", ".join(map(str, LADDER))} a second at which
somebody waits longer than Discord's 3 s (p99) or gets no answer, in {LADDER_SECONDS} s.

{table(BREAKS, [breaks])}
""",
    )


if __name__ == "__main__":
    main()
