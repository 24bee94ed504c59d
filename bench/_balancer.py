"""A load balancer as small as can be: each new TCP connection goes to the next copy. Only for measuring.

``python -m bench._balancer PORT COPY_PORT…``
"""

import asyncio
import itertools
import sys
from contextlib import suppress

_CHUNK = 65_536


async def main() -> None:
    """Pass bytes on until killed."""
    port, *copies = (int(argument) for argument in sys.argv[1:])
    turns = itertools.cycle(copies)

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        copy_reader, copy_writer = await asyncio.open_connection("127.0.0.1", next(turns))
        await asyncio.gather(_pump(reader, copy_writer), _pump(copy_reader, writer))

    async with await asyncio.start_server(pass_on, "127.0.0.1", port) as server:
        await server.serve_forever()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
    writer.close()


if __name__ == "__main__":
    asyncio.run(main())
