"""Rate limits as Discord counts and announces them.

Source: "Rate Limits", https://docs.discord.com/developers/topics/rate-limits: a bucket per route and
top-level resource, announced in X-RateLimit headers; 50 requests a second over all, interaction
endpoints exempt. Discord does not publish the sizes of its buckets ("should not be hard coded"), so
they are wide here unless a test narrows one.
"""

import zlib
from collections import deque
from dataclasses import dataclass, field

from tests.chat.loopback.clock import Clock
from tests.chat.loopback.errors import ApiError, rate_limited

GLOBAL_PER_SECOND = 50
_EXEMPT = ("/interactions/", "/webhooks/")


@dataclass
class _Bucket:
    size: int
    per: float
    used: deque[float] = field(default_factory=deque)

    def room(self, now: float) -> int:
        while self.used and self.used[0] <= now - self.per:
            self.used.popleft()
        return self.size - len(self.used)

    def resets_in(self, now: float) -> float:
        return max(0.0, self.used[0] + self.per - now) if self.used else self.per


class RateLimits:
    """Counts requests. Set `sizes["POST /channels/{channel}/messages"] = (5, 5.0)` to narrow a route."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: dict[tuple[str, str], _Bucket] = {}
        self._all = _Bucket(GLOBAL_PER_SECOND, 1.0)
        self.default = (100, 1.0)
        self.sizes: dict[str, tuple[int, float]] = {}

    def take(self, route: str, resource: str) -> dict[str, str]:
        """Count one request and return the headers that announce what is left.

        Raises:
            ApiError: 429, with when to try again.
        """
        now = self._clock.now()
        if not any(part in route for part in _EXEMPT):
            if self._all.room(now) <= 0:
                raise rate_limited(self._all.resets_in(now), scope="global")
            self._all.used.append(now)
        bucket = self._bucket(route, resource)
        left = bucket.room(now)
        if left <= 0:
            limited: ApiError = rate_limited(bucket.resets_in(now))
            limited.headers |= self._headers(route, bucket, now)
            raise limited
        bucket.used.append(now)
        return self._headers(route, bucket, now)

    def _bucket(self, route: str, resource: str) -> _Bucket:
        size, per = self.sizes.get(route, self.default)
        bucket = self._buckets.setdefault((route, resource), _Bucket(size, per))
        bucket.size, bucket.per = size, per
        return bucket

    def _headers(self, route: str, bucket: _Bucket, now: float) -> dict[str, str]:
        after = bucket.resets_in(now)
        return {
            "X-RateLimit-Limit": str(bucket.size),
            "X-RateLimit-Remaining": str(max(0, bucket.room(now))),
            "X-RateLimit-Reset": f"{now + after:.3f}",
            "X-RateLimit-Reset-After": f"{after:.3f}",
            "X-RateLimit-Bucket": f"{zlib.crc32(route.encode()):08x}",
        }
