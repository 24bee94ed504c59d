"""What others than Discord send, and what Discord would not."""

import asyncio
import json
import time
from typing import Any

import aiohttp
import pytest

from bot.chat.http import app, server
from bot.chat.http.app import MOST_BYTES, MOST_DEPTH
from tests.chat.http.conftest import Copy
from tests.chat.http.endpoint import Endpoint, Signer
from tests.chat.loopback import Person

PING = {"id": "1234567890123456789", "type": 1, "token": "t", "version": 1, "application_id": "1"}


async def raw(copy: Copy, *parts: bytes) -> bytes:
    """Send bytes as they are; everything that comes until the connection is closed."""
    host, _, port = copy.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    for part in parts:
        writer.write(part)
        await writer.drain()
    try:
        async with asyncio.timeout(10):
            return await reader.read()
    finally:
        writer.close()


def head(signer: Signer, body: bytes, **more: str) -> bytes:
    headers = {"Host": "x", "Content-Length": str(len(body)), **signer.headers(body), **more}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"POST /interactions HTTP/1.1\r\n{lines}\r\n".encode()


async def test_a_ping_is_answered(endpoint: Endpoint) -> None:
    done = await endpoint.post(PING)
    assert (done.status, done.json, done.content_type) == (200, {"type": 1}, "application/json")


async def test_a_wrong_signature_is_401_and_nothing_runs(ann: Person, endpoint: Endpoint, copy: Copy) -> None:
    await ann.runs("/help")
    payload = endpoint.deliveries[0].payload
    before = len(endpoint.discord.requests)
    stranger = Signer()
    body = json.dumps({**payload, "id": "9" * 18}).encode()
    tries = [
        stranger.headers(body),
        {**endpoint.signer.headers(body), "X-Signature-Ed25519": "0" * 128},
        {**endpoint.signer.headers(body), "X-Signature-Ed25519": ""},
        endpoint.signer.headers(body, int(time.time()) - 3_600),
        endpoint.signer.headers(body + b" "),
        {"Content-Type": "application/json"},
    ]
    for headers in tries:
        async with endpoint.session.post(f"{copy.url}/interactions", data=body, headers=headers) as response:
            assert response.status == 401
            assert await response.read() == b""
    assert len(endpoint.discord.requests) == before
    answered = [line for line in copy.metrics.text().decode().splitlines() if 'status="401"' in line]
    assert any(line.endswith(" 6.0") for line in answered)


async def test_a_replayed_request_is_401_and_runs_once(ann: Person, endpoint: Endpoint, copy: Copy) -> None:
    form = await ann.opens("/suggest")
    await ann.submits(form, {"what": "Only once."})
    payload = endpoint.deliveries[-1].payload
    body = json.dumps({**payload, "id": "9" * 18}).encode()
    headers = endpoint.signer.headers(body)
    statuses = []
    for _ in range(3):
        async with endpoint.session.post(f"{copy.url}/interactions", data=body, headers=headers) as response:
            statuses.append(response.status)
    assert statuses == [200, 401, 401]
    assert await copy.client.front.state.suggestions.count() == 2


async def test_an_oversize_body_is_413_before_it_was_read(copy: Copy, signer: Signer) -> None:
    answer = await raw(copy, head(signer, b"", **{"Content-Length": str(10**12)}))
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in answer


async def test_an_oversize_body_without_a_length_is_413(copy: Copy, signer: Signer) -> None:
    headers = signer.headers(b"")
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    start = f"POST /interactions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n{lines}\r\n".encode()
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    answer = await raw(copy, start, *([chunk] * (MOST_BYTES // 0x10000 + 1)))
    assert answer.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("length", ["-1", "1_0", "９", "0x10"])
async def test_a_length_that_is_no_number_does_no_harm(copy: Copy, signer: Signer, length: str) -> None:
    answer = await raw(copy, head(signer, b"", **{"Content-Length": length}))
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 413 "))


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
async def test_another_content_type_is_415(endpoint: Endpoint, kind: str) -> None:
    assert (await endpoint.post(PING, **{"Content-Type": kind})).status == 415


async def test_a_content_type_with_a_charset_is_taken(endpoint: Endpoint) -> None:
    assert (await endpoint.post(PING, **{"Content-Type": "Application/JSON; charset=utf-8"})).status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"3",
        b"{",
        b'{"type": 1}',
        b"\xff\xfe",
        b'{"type": true, "id": "123456789012345678", "token": ""}',
        b'{"type": 99, "id": "123456789012345678", "token": ""}',
        b'{"type": 2, "id": "../../x", "token": "t"}',
        b'{"type": 2, "id": "123456789012345678", "token": "t"}',
        b'{"type": 2, "id": "123456789012345678", "token": "t", "data": []}',
        b"[" * 500_000,
        b'{"type": 1, "a": ' * 30_000,
        b"9" * 400_000,
    ],
)
async def test_a_signed_body_that_is_no_interaction_is_400(endpoint: Endpoint, body: bytes) -> None:
    done = await endpoint.post(body)
    assert (done.status, done.body) == (400, b"")
    assert (await endpoint.post({**PING, "id": "2" * 18})).status == 200


@pytest.mark.parametrize(("depth", "status"), [(MOST_DEPTH - 2, 200), (MOST_DEPTH + 1, 400), (900, 400)])
async def test_nesting_is_limited(endpoint: Endpoint, depth: int, status: int) -> None:
    nested: Any = 0
    for _ in range(depth):
        nested = [nested]
    assert (await endpoint.post({**PING, "extra": nested})).status == status


async def test_a_body_that_comes_too_slowly_is_408(
    copy: Copy, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "BODY_WITHIN", 0.1)
    answer = await raw(copy, head(signer, b"{}"), b"{")
    assert answer.startswith(b"HTTP/1.1 408 ")


async def test_a_head_that_does_not_come_ends_the_connection(
    copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_HEAD_WITHIN", 0.1)
    assert await raw(copy) == b""
    assert await raw(copy, b"POST /interactions HTTP/1.1\r\nX-A: ") == b""


async def test_a_head_that_is_too_large_is_refused(copy: Copy) -> None:
    answer = await raw(copy, b"POST /interactions HTTP/1.1\r\nX-A: " + b"a" * 100_000 + b"\r\n\r\n")
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 431 "))


async def test_pipelined_requests_are_answered_in_order(copy: Copy, signer: Signer) -> None:
    bodies = [json.dumps({**PING, "id": str(10**17 + number)}).encode() for number in range(5)]
    last = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    answer = await raw(copy, b"".join(head(signer, body) + body for body in bodies) + last)
    assert answer.count(b"HTTP/1.1 200 OK") == 6
    assert answer.count(b'{"type":1}') == 5
    assert answer.endswith(b"ok\n")


async def test_somebody_who_leaves_in_the_middle_does_no_harm(
    copy: Copy, signer: Signer, endpoint: Endpoint
) -> None:
    host, _, port = copy.url.removeprefix("http://").partition(":")
    for sent in (b"POST /int", head(signer, b"{}"), head(signer, b"{}") + b"{"):
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(sent)
        await writer.drain()
        writer.transport.abort()
    assert (await endpoint.post(PING)).status == 200


async def test_other_ways_and_methods_lead_nowhere(copy: Copy) -> None:
    async with aiohttp.ClientSession() as session:
        for method, path, status in [
            ("GET", "/interactions", 405),
            ("POST", "/healthz", 405),
            ("GET", "/", 404),
            ("GET", "/..%2f..%2fetc/passwd", 404),
            ("GET", "/docs", 404),
        ]:
            async with session.request(method, copy.url + path) as response:
                assert response.status == status, path
                assert "server" not in response.headers


async def test_health_and_readiness_are_told(copy: Copy) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(copy.url + "/healthz") as response:
            assert (response.status, await response.text()) == (200, "ok\n")
        async with session.get(copy.url + "/readyz") as response:
            told = await response.json()
            assert response.status == 200
            assert told == {
                "ready": True,
                "catalogue": "open",
                "discord": "accepted",
                "state": "reachable",
            }


async def test_before_discord_accepted_the_token_it_is_not_ready(copy: Copy, endpoint: Endpoint) -> None:
    copy.interactions.incoming = None
    async with endpoint.session.get(copy.url + "/readyz") as response:
        assert response.status == 503
    assert (await endpoint.post({**PING, "type": 2, "data": {}})).status == 503
    assert (await endpoint.post(PING)).status == 200


async def test_in_a_flood_some_are_answered_and_the_others_told_at_once(
    ann: Person, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "MOST_AT_ONCE", 3)
    await ann.runs("/pem")
    payload = endpoint.deliveries[0].payload
    flood = [endpoint.post({**payload, "id": str(6 * 10**17 + number)}) for number in range(60)]
    statuses = [done.status for done in await asyncio.gather(*flood)]
    assert set(statuses) == {200, 503}
    assert statuses.count(200) >= 3
    assert (await endpoint.post({**payload, "id": "7" * 18})).status == 200  # and then it goes on
