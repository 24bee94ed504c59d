"""Discord's side of the HTTP interactions endpoint: it signs, posts, and takes the response as the answer."""

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.chat.loopback import LoopbackDiscord


class Signer:
    """The key that Discord holds for an application."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()

    @property
    def public_key(self) -> str:
        """As the developer portal shows it."""
        return self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    def headers(self, body: bytes, timestamp: int | None = None) -> dict[str, str]:
        """The headers with which Discord sends a body."""
        at = str(int(time.time()) if timestamp is None else timestamp)
        return {
            "X-Signature-Ed25519": self._key.sign(at.encode() + body).hex(),
            "X-Signature-Timestamp": at,
            "Content-Type": "application/json",
        }


@dataclass
class Delivered:
    """One interaction that was posted, and the response."""

    payload: dict[str, Any]
    status: int
    content_type: str
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Endpoint:
    """Hands the loopback's interactions to an endpoint by HTTP, in place of its gateway.

    The body of a response is given to the loopback's own callback route, so it is held to the same limits
    as an answer that comes by REST.
    """

    discord: LoopbackDiscord
    url: str
    signer: Signer
    session: aiohttp.ClientSession
    deliveries: list[Delivered] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def install(self) -> None:
        """From now on, interactions take this way."""
        self.discord.interactions._gateway = self  # type: ignore[assignment]

    def dispatch(self, event: str, payload: dict[str, Any], *_: object) -> None:
        """What the loopback calls to send an interaction."""
        assert event == "INTERACTION_CREATE"
        task = asyncio.create_task(self._deliver(payload))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, payload: dict[str, Any]) -> None:
        done = await self.post(payload)
        self.deliveries.append(done)
        if done.status == 200:
            callback = f"{self.discord.api_base}/interactions/{payload['id']}/{payload['token']}/callback"
            headers = {"Content-Type": done.content_type}
            async with self.session.post(callback, data=done.body, headers=headers) as taken:
                assert taken.status < 500

    async def post(self, payload: object, **headers: str) -> Delivered:
        """Sign and post anything; the response."""
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        async with self.session.post(
            f"{self.url}/interactions", data=body, headers={**self.signer.headers(body), **headers}
        ) as response:
            return Delivered(
                payload if isinstance(payload, dict) else {},
                response.status,
                response.headers.get("Content-Type", ""),
                await response.read(),
            )

    async def end(self) -> None:
        """Wait for what is under way."""
        await asyncio.gather(*self._tasks)
