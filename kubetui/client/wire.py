"""What a list and a watch are made of, whichever way they are written on the wire.

The server is asked for protobuf first and JSON as an equal fallback; which it was, its Content-Type tells. The
readers (wirejson, wireprotobuf) cut and decode item by item as bytes arrive; none opens a socket or knows a kind.
"""

from collections.abc import Iterator
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import msgspec

from kubetui.client.errors import Unavailable
from kubetui.read import Object

T = TypeVar("T", bound=Object)
T_co = TypeVar("T_co", covariant=True)

JSON = "application/json"
PROTOBUF = "application/vnd.kubernetes.protobuf"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"

INITIAL_END = "k8s.io/initial-events-end"
"""The annotation of the bookmark before which a watch tells what there is, and after it what changes (KEP-3157)."""

LONGEST = 32 << 20
"""Bytes of one watch event above which it is not read: the caller lists again."""


class ListMeta(msgspec.Struct, frozen=True, rename={"continue_": "continue"}):
    """What a page says of the list: the version to watch from, and the token of the next page."""

    resource_version: str = msgspec.field(default="", name="resourceVersion")
    continue_: str = ""
    remaining: int | None = msgspec.field(default=None, name="remainingItemCount")


class WatchEvent(NamedTuple, Generic[T]):
    """One event of a watch. A BOOKMARK has only a version, an ERROR only a Status."""

    type: str
    object: T | None
    resource_version: str = ""
    status: dict[str, Any] | None = None
    ends_initial: bool = False
    """Of a BOOKMARK: whether what came before it is all there is."""


class ListReader(Protocol[T_co]):
    """Takes the body of one page chunk by chunk."""

    meta: ListMeta
    """Whole once the body has ended."""

    def feed(self, chunk: bytes) -> Iterator[T_co]: ...
    def finish(self) -> Iterator[T_co]:
        """What was left to the end; raises `Unavailable` where the body was not a list, or not whole."""
        ...


class WatchReader(Protocol[T]):
    """Takes the stream of a watch chunk by chunk."""

    def feed(self, chunk: bytes) -> Iterator[WatchEvent[T]]: ...


def garbled(what: str, body: bytes | bytearray = b"") -> Unavailable:
    """The error for an answer that is not what was asked for: a login page, a proxy's excuse, half a list.

    Nothing of the body is told but what it looks like: it may be half a secret.
    """
    start = bytes(body[:160]).lstrip()
    if start[:1] == b"<":
        told = " The answer is an HTML page: is there a proxy or a login page in between?"
    elif start:
        is_json, is_protobuf = start[:1] in (b"{", b"["), start.startswith(b"k8s\0")
        form = "like JSON" if is_json else "like protobuf" if is_protobuf else "like neither JSON nor protobuf"
        told = f" It has {len(body):,} bytes and begins {form}."
    else:
        told = ""
    return Unavailable(f"The server's answer is not {what}.{told}")
