"""How Discord says no: status, JSON code and sentence.

Source of the codes: "Opcodes and Status Codes", JSON error codes, and "API Reference", error messages.
https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
The sentences are for people who read a log; programs go by the code.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
Step: TypeAlias = str | int
Path: TypeAlias = tuple[Step, ...]

INVALID_FORM_BODY = 50035


class ApiError(Exception):
    """An answer that is not a success. `status` is HTTP's, `code` is Discord's own."""

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        *,
        errors: Json | None = None,
        headers: Mapping[str, str] | None = None,
        extra: Json | None = None,
    ) -> None:
        super().__init__(f"{status} {code} {message} {errors or ''}".strip())
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})

    def body(self) -> Json:
        """Return the JSON body Discord sends with this error."""
        body: Json = {"message": self.message, "code": self.code, **self.extra}
        if self.errors is not None:
            body["errors"] = self.errors
        return body


_KNOWN: dict[int, tuple[int, str]] = {
    10002: (404, "Unknown Application"),
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10013: (404, "Unknown User"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    30032: (400, "Maximum number of application commands reached"),
    40005: (413, "Request entity too large"),
    40041: (400, "An application command with that name already exists"),
    40060: (400, "Interaction has already been acknowledged."),
    40094: (400, "This interaction has hit the maximum number of follow up messages"),
    50001: (403, "Missing Access"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50013: (403, "Missing Permissions"),
    50027: (401, "Invalid Webhook Token"),
    50109: (400, "The request body contains invalid JSON."),
    160002: (400, "Cannot reply without permission to read message history"),
}


def refusal(code: int) -> ApiError:
    """Return the error Discord documents under `code`."""
    status, message = _KNOWN[code]
    return ApiError(status, code, message)


def http_refusal(status: int, reason: str) -> ApiError:
    """Return an error that has no code of its own, such as `401: Unauthorized` (code 0)."""
    return ApiError(status, 0, f"{status}: {reason}")


def rate_limited(retry_after: float, *, scope: str = "user", code: int | None = None) -> ApiError:
    """Return a 429. `retry_after` is in seconds; `scope` is user, shared or global.

    Source: "Rate Limits", exceeding a rate limit. `Via` stands for the proxy in front of Discord's
    API, without which a 429 comes from the network's edge and client libraries do not retry.
    """
    headers = {
        "Retry-After": str(max(1, round(retry_after))),
        "X-RateLimit-Scope": scope,
        "Via": "1.1 loopback",
    }
    if scope == "global":
        headers["X-RateLimit-Global"] = "true"
    else:
        headers |= {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": f"{retry_after:.3f}"}
    sentence = "The resource is being rate limited." if scope == "shared" else "You are being rate limited."
    extra: Json = {"retry_after": retry_after, "global": scope == "global"}
    error = ApiError(429, code or 0, sentence, headers=headers, extra=extra)
    if code == 30034:
        error.message = "Max number of daily application command creates has been reached (200)"
    return error


class FormErrors:
    """Collects what is wrong with a body, each at the path of its field; Discord reports all at once."""

    def __init__(self) -> None:
        self._found: list[tuple[Path, str, str]] = []

    def add(self, path: Sequence[Step], code: str, message: str) -> None:
        """Note one problem with the field at `path`, such as `("components", 0, "label")`."""
        self._found.append((tuple(path), code, message))

    def __bool__(self) -> bool:
        return bool(self._found)

    def raise_if_any(self) -> None:
        """Raise `ApiError` 50035 with the nested `errors` object if anything was noted."""
        if self._found:
            raise ApiError(400, INVALID_FORM_BODY, "Invalid Form Body", errors=self.tree())

    def tree(self) -> Json:
        """Return the nested object: field name or index at every level, `_errors` at the leaf."""
        root: Json = {}
        for path, code, message in self._found:
            node = root
            for step in path:
                node = node.setdefault(str(step), {})
            node.setdefault("_errors", []).append({"code": code, "message": message})
        return root
