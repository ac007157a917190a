"""One request as it was asked and one answer as it will be sent: plain values, no socket."""

from collections.abc import AsyncGenerator, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

import msgspec

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
    user: User = User("system:anonymous", ("system:unauthenticated",))

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


def target(url: bytes) -> tuple[str, dict[str, str]]:
    """Path and query of a request target. Of a parameter given twice the first counts."""
    raw, _, query = url.decode("ascii", "replace").partition("?")
    pairs: dict[str, str] = {}
    for key, value in parse_qsl(query, keep_blank_values=True):
        pairs.setdefault(key, value)
    return unquote(raw, errors="replace"), pairs


def json_answer(value: object, status: int = 200, content_type: str = JSON) -> Answer:
    return Answer(msgspec.json.encode(value) + b"\n", status, content_type)
