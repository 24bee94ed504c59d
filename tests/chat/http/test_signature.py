"""Only what Discord signed passes, and only once."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.http.signature import MOST_SKEW, Gate, UnsignedError
from tests.chat.http.endpoint import Signer

SIGNER = Signer()
NOW = 1_800_000_000


def signed(body: bytes, timestamp: int = NOW, by: Signer = SIGNER) -> tuple[str, str]:
    headers = by.headers(body, timestamp)
    return headers["X-Signature-Ed25519"], headers["X-Signature-Timestamp"]


@given(st.binary(max_size=300), st.integers(-MOST_SKEW, MOST_SKEW))
def test_what_discord_signed_passes_once(body: bytes, skew: int) -> None:
    gate = Gate(SIGNER.public_key, lambda: NOW)
    headers = signed(body, NOW + skew)
    gate.check(*headers, body)
    with pytest.raises(UnsignedError, match="replayed"):
        gate.check(*headers, body)


@given(st.binary(max_size=300), st.integers(0, 127), st.sampled_from("0123456789abcdef"))
def test_another_signature_does_not_pass(body: bytes, at: int, digit: str) -> None:
    signature, timestamp = signed(body)
    forged = signature[:at] + digit + signature[at + 1 :]
    gate = Gate(SIGNER.public_key, lambda: NOW)
    if forged != signature:
        with pytest.raises(UnsignedError, match="forged"):
            gate.check(forged, timestamp, body)


@given(st.binary(min_size=1, max_size=300), st.data())
def test_another_body_or_time_does_not_pass(body: bytes, data: st.DataObject) -> None:
    signature, timestamp = signed(body)
    gate = Gate(SIGNER.public_key, lambda: NOW)
    changed = data.draw(st.binary(max_size=300).filter(lambda other: other != body))
    with pytest.raises(UnsignedError, match="forged"):
        gate.check(signature, timestamp, changed)
    with pytest.raises(UnsignedError, match="forged"):
        gate.check(signature, str(NOW + 1), body)


def test_a_digit_moved_from_the_time_to_the_body_does_not_pass() -> None:
    # The time and the body are signed as one string, so where one ends must not be a matter of taste.
    signature, timestamp = signed(b"{}", NOW)
    gate = Gate(SIGNER.public_key, lambda: NOW)
    with pytest.raises(UnsignedError):
        gate.check(signature, timestamp[:-1], timestamp[-1:].encode() + b"{}")


def test_another_key_does_not_pass() -> None:
    gate = Gate(SIGNER.public_key, lambda: NOW)
    with pytest.raises(UnsignedError, match="forged"):
        gate.check(*signed(b"{}", by=Signer()), b"{}")


@pytest.mark.parametrize("skew", [-MOST_SKEW - 1, MOST_SKEW + 1, -86_400])
def test_a_stale_or_future_request_does_not_pass(skew: int) -> None:
    gate = Gate(SIGNER.public_key, lambda: NOW)
    with pytest.raises(UnsignedError, match="stale"):
        gate.check(*signed(b"{}", NOW + skew), b"{}")


def test_the_same_in_other_letters_is_a_replay() -> None:
    signature, timestamp = signed(b"{}")
    gate = Gate(SIGNER.public_key, lambda: NOW)
    gate.check(signature, timestamp, b"{}")
    with pytest.raises(UnsignedError, match="replayed"):
        gate.check(signature.upper(), timestamp, b"{}")


def test_a_replay_is_refused_for_as_long_as_its_time_is_good() -> None:
    clock = [float(NOW)]
    gate = Gate(SIGNER.public_key, lambda: clock[0])
    early = signed(b"{}", NOW + MOST_SKEW)
    gate.check(*early, b"{}")
    for later in range(0, 2 * MOST_SKEW + 30, 7):
        clock[0] = NOW + later
        with pytest.raises(UnsignedError, match=r"replayed|stale"):
            gate.check(*early, b"{}")
        gate.check(*signed(str(later).encode(), NOW + later), str(later).encode())  # makes it tidy up


@pytest.mark.parametrize(
    ("signature", "timestamp", "why"),
    [
        (None, "1800000000", "missing"),
        ("0" * 128, None, "missing"),
        ("", "1800000000", "malformed"),
        ("0" * 127, "1800000000", "malformed"),
        ("g" * 128, "1800000000", "malformed"),
        ("0" * 128, "-1800000000", "malformed"),
        ("0" * 128, "1e9", "malformed"),
        ("0" * 128, "１８", "malformed"),
        ("0" * 128, "9" * 4_000, "malformed"),
        ("٠" * 128, "1800000000", "malformed"),
    ],
)
def test_headers_that_cannot_be_right_are_told_apart(
    signature: str | None, timestamp: str | None, why: str
) -> None:
    with pytest.raises(UnsignedError, match=why):
        Gate(SIGNER.public_key, lambda: NOW).check_headers(signature, timestamp)


def test_the_clock_is_the_real_one_unless_told_otherwise() -> None:
    Gate(SIGNER.public_key).check(*signed(b"{}", int(time.time())), b"{}")
