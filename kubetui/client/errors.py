"""What can go wrong with an API server: a small closed set, made in one place from statuses, streams and sockets.

`str(error)` is a sentence for a person: what failed, on what, why, and what to try where that is known.
"""

import contextlib
from collections.abc import Mapping
from typing import Any

import msgspec

from kubetui.client.protowire import decode_status


class ApiError(Exception):
    """Anything an API server, or the way to it, answers instead of what was asked."""

    def __init__(self, sentence: str, *, status: Mapping[str, Any] | None = None) -> None:
        super().__init__(sentence)
        self.status: Mapping[str, Any] = status or {}
        """The server's Status object, where it sent one."""

    @property
    def message(self) -> str:
        """What the server said, in its own words; the sentence where it said nothing."""
        return str(self.status.get("message") or self)


class BadConfig(ApiError):
    """The kubeconfig, or what it names, can't be used."""


class Unavailable(ApiError):
    """No answer, a broken one, or a server error: trying again later may help."""

    def __init__(
        self, sentence: str, *, status: Mapping[str, Any] | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(sentence, status=status)
        self.retry_after = retry_after
        """Seconds the server asked to wait."""


class Silent(Unavailable):
    """An answer under way of which nothing came for as long as one would wait: half-open, or just nothing to tell."""


class Throttled(Unavailable):
    """429: too many requests, or a watch cache that is still warming up."""


class Unauthorized(ApiError):
    """401: the credentials are missing, wrong or expired."""


class Forbidden(ApiError):
    """403: known to the server, and not allowed."""


class NotFound(ApiError):
    """404: the object or the kind is not there."""


class Conflict(ApiError):
    """409: it exists already, changed meanwhile, or is no longer the one that was meant."""


class Expired(ApiError):
    """410: the resource version or continue token is too old; list again."""


class TooLarge(ApiError):
    """504 ResourceVersionTooLarge: the server is behind what was asked; list again without a version."""


class Rejected(ApiError):
    """The server understood and refused: invalid, unsupported, not acceptable (400, 405, 406, 413, 415, 422)."""


_BY_CODE: dict[int, type[ApiError]] = {401: Unauthorized, 403: Forbidden, 404: NotFound, 409: Conflict, 410: Expired}


def from_status(status: Mapping[str, Any], code: int, asked: str, *, retry_after: float | None = None) -> ApiError:
    """The error a Status object stands for, from an answer or from within a watch; `asked` says what was asked."""
    said_code = status.get("code")
    code = code or (said_code if isinstance(said_code, int) else 0) or 500
    reason = status.get("reason")
    said = status.get("message") or reason or f"HTTP {code}"
    sentence = f"{asked}: {said}"
    if reason == "Expired" or reason == "Gone":
        return Expired(sentence, status=status)
    details = status.get("details")
    details = details if isinstance(details, dict) else {}
    if "ResourceVersionTooLarge" in _causes(details):
        return TooLarge(sentence, status=status)
    if code == 429:
        seconds = details.get("retryAfterSeconds")
        asked_to_wait = retry_after or (seconds if isinstance(seconds, (int, float)) else None)
        return Throttled(sentence, status=status, retry_after=asked_to_wait)
    if code in _BY_CODE:
        return _BY_CODE[code](sentence, status=status)
    if code >= 500:
        return Unavailable(sentence, status=status, retry_after=retry_after)
    return Rejected(sentence, status=status)


def _causes(details: Mapping[str, Any]) -> list[Any]:
    """The reasons of a Status's causes; whatever is not written as one is left out."""
    causes = details.get("causes")
    return [each.get("reason") for each in causes if isinstance(each, dict)] if isinstance(causes, list) else []


def from_answer(code: int, headers: Mapping[str, str], body: bytes, asked: str) -> ApiError:
    """The error an HTTP answer of 400 and above stands for. Header names are lower case; the body may be anything."""
    wait = headers.get("retry-after", "")
    retry_after = float(wait) if wait.isdecimal() and len(wait) < 10 else None
    status = _status(body)
    if not isinstance(status, dict) or status.get("kind") != "Status":
        text = " ".join(body[:4096].decode(errors="replace").split())
        looks = "an HTML page (a proxy or a login page?)" if text[:1] == "<" else text[:200] or "no explanation"
        status = {"code": code, "message": f"HTTP {code}, {looks}"}
    return from_status(status, code, asked, retry_after=retry_after)


def _status(body: bytes) -> Any:
    """What the server said, in protobuf where that was asked for, else in JSON; None where it is neither."""
    if body.startswith(b"k8s\0"):
        with contextlib.suppress(ValueError):
            return decode_status(body)
        return None
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
