"""One request as it was asked and one answer as it will be sent: plain values, no socket."""

import re
from collections.abc import AsyncGenerator, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

import msgspec

from kubetui.demo.refusals import Refusal, bad_request

Json = dict[str, Any]

JSON = "application/json"
YAML = "application/yaml"


class User(msgspec.Struct, frozen=True):
    """Who asks: a name, and the groups whose rights it has too."""

    name: str
    groups: tuple[str, ...] = ()


class Request(msgspec.Struct, frozen=True):
    """A whole request. Header names are in lower case."""

    method: str
    path: str
    """Decoded, without the query."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""
    parameters: tuple[tuple[str, str], ...] = ()
    """The whole query in its order, for what may be given more than once."""
    user: User = User("system:anonymous", ("system:unauthenticated",))
    version: str = "1.1"
    """Of HTTP: 1.0 or 1.1."""
    keep_alive: bool = True
    """Whether the client goes on to use the connection."""

    @property
    def content_type(self) -> str:
        """The media type of the body, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Answer(msgspec.Struct, frozen=True):
    """An answer that is whole at once."""

    body: bytes
    status: int = 200
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()


class Stream(msgspec.Struct, frozen=True):
    """An answer that goes on for a while: sent chunk by chunk as they come."""

    chunks: AsyncGenerator[bytes, None]
    content_type: str = JSON


MAX_PARAMETERS = 1_000
"""Parameters of a query."""
_ORIGIN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?]*")
_NO_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


Parameters = tuple[tuple[str, str], ...]
"""A whole query in its order, with what is given more than once."""


def target(url: bytes) -> tuple[str, Parameters]:
    """Path and query of a request target. Refusal for a broken escape."""
    raw, _, query = url.decode("ascii", "replace").partition("?")
    if _NO_ESCAPE.search(raw):
        raise bad_request(f'malformed request: invalid URL escape in "{raw}"')
    try:
        found = parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_PARAMETERS)
    except ValueError:
        raise bad_request(f"malformed request: more than {MAX_PARAMETERS} parameters") from None
    # Looked for at the start alone: a search goes through a long path once from each of its letters.
    origin = _ORIGIN.match(raw)
    path = raw[origin.end() :] if origin else raw
    return unquote(path or "/", errors="replace"), tuple(found)


def first_of_each(parameters: Parameters) -> dict[str, str]:
    """A query by names: of a parameter given twice the first counts."""
    return dict(reversed(parameters))


def json_answer(value: object, status: int = 200, content_type: str = JSON) -> Answer:
    return Answer(msgspec.json.encode(value) + b"\n", status, content_type)


def refused(refusal: Refusal) -> Answer:
    """What the client of a request that is not carried out is told; when to come again too, where that is known."""
    seconds = (refusal.status.get("details") or {}).get("retryAfterSeconds")
    answer = json_answer(refusal.status, refusal.code)
    return answer if seconds is None else Answer(answer.body, answer.status, headers=(("Retry-After", str(seconds)),))
