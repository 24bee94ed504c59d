"""How much memory one server costs the gateway front: what the library keeps of it with our intents."""

import gc
import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, Final, cast

import discord
import psutil

from bench.report import table, write_section
from bot.chat.discord.client import intents
from tests.chat.loopback import LoopbackDiscord, payloads

_GUILDS: Final = 2_000
#: Channels and roles of a server; ordinary communities have some dozens of each.
_SIZES: Final = ((10, 5), (50, 25), (200, 100))


def main() -> None:
    """Measure, and write the section ``guilds``."""
    rows = []
    for channels, roles in _SIZES:
        with ProcessPoolExecutor(1, get_context("spawn")) as fresh:  # memory freed before would be used again
            each = fresh.submit(_measure, channels, roles).result()
        rows.append(
            (f"{channels} channels, {roles} roles", f"{each / 1000:.0f} kB", f"{each * 1e5 / 1e9:.1f} GB")
        )
        print(rows[-1], flush=True)
    write_section(
        "guilds",
        f"""## Memory of servers on the gateway

Resident memory that {_GUILDS:,} servers of each size add to a client with the bot's intents. `serve` keeps
nothing of any server.

{table(("server", "memory of one", "of 100,000"), rows)}
""",
    )


def _measure(channels: int, roles: int) -> float:
    """Bytes for one server of that size."""
    loopback = LoopbackDiscord()
    guild = loopback.guild(channels=[f"channel {number}" for number in range(channels)])
    for number in range(roles):
        loopback.world.role(guild, f"role {number}", guild.everyone.permissions)
    body = json.dumps(payloads.guild(guild, loopback.world.app))
    client = discord.AutoShardedClient(
        intents=intents(mentions=True),
        member_cache_flags=discord.MemberCacheFlags.none(),
        chunk_guilds_at_startup=False,
        max_messages=None,
        shard_count=1,
    )
    state = cast("Any", client)._connection  # noqa: SLF001 - as the gateway fills it
    state.shard_count = 1
    gc.collect()
    before = psutil.Process().memory_info().rss
    for number in range(_GUILDS):
        # Ids and names are new objects, as they are when they come from the gateway.
        one = json.loads(body) | {"id": str(10**17 + number)}
        state._add_guild(discord.Guild(data=one, state=state))  # noqa: SLF001
    gc.collect()
    return (psutil.Process().memory_info().rss - before) / _GUILDS


if __name__ == "__main__":
    main()
