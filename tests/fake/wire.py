"""What goes in and out of the fake API server: requests, replies and the Status objects of refusals."""

import json
from collections.abc import AsyncGenerator, Mapping
from typing import Any, NamedTuple

CHUNK = 1 << 16
"""Bytes: how a body is cut into chunks, so that lines cross them as they do on a socket."""


class Request(NamedTuple):
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes = b""

    @property
    def watches(self) -> bool:
        return self.query.get("watch") in ("1", "true")


class Cut(Exception):
    """The connection is gone in the middle of an answer, or before there is one."""


class Reply(NamedTuple):
    status: int
    headers: Mapping[str, str]
    chunks: AsyncGenerator[bytes, None]
    """Raises Cut where the connection breaks; without an end where the server falls silent."""


def encoded(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


async def cut_up(body: bytes) -> AsyncGenerator[bytes, None]:
    for start in range(0, len(body), CHUNK):
        yield body[start : start + CHUNK]


def reply(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Reply:
    """A whole answer; a body that is not bytes or text is sent as JSON."""
    raw = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else encoded(body)
    return Reply(status, {"content-type": "application/json", **(headers or {})}, cut_up(raw))


_REASONS = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    409: "Conflict",
    410: "Expired",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
    504: "Timeout",
}


def status_object(code: int, message: str, **details: Any) -> dict[str, Any]:
    """A meta/v1 Status of a failure."""
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": message,
        "reason": _REASONS.get(code, "Unknown"),
        "details": details,
        "code": code,
    }


def refusal(code: int, message: str, headers: Mapping[str, str] | None = None, **details: Any) -> Reply:
    return reply(code, status_object(code, message, **details), headers)
