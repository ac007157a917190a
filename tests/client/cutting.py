"""Bytes as a socket may bring them: cut anywhere, damaged anywhere; and what readers make of them."""

from pathlib import Path
from typing import TypeVar

from hypothesis import strategies as st

from kubetui.client.wire import ListMeta, ListReader, WatchEvent, WatchReader
from kubetui.read import Object

GOLDEN = Path(__file__).parent / "golden"
"""Answers of a real API server (v1.36), each in JSON and in protobuf, or as a server-side table."""

T = TypeVar("T", bound=Object)


def cuts(body: bytes) -> st.SearchStrategy[list[bytes]]:
    """The body in chunks, empty ones among them."""
    places = st.lists(st.integers(0, len(body)), max_size=12).map(sorted)
    return places.map(lambda at: [body[a:b] for a, b in zip([0, *at], [*at, len(body)], strict=True)])


def damaged(body: bytes) -> st.SearchStrategy[bytes]:
    """The body with some bytes replaced, left out or put in."""

    def hurt(blows: list[tuple[int, int, bytes]]) -> bytes:
        wounded = bytearray(body)
        for at, length, put in blows:
            wounded[at : at + length] = put
        return bytes(wounded)

    blow = st.tuples(st.integers(0, len(body)), st.integers(0, 9), st.binary(max_size=9))
    return st.lists(blow, min_size=1, max_size=4).map(hurt)


def listed(reader: ListReader[T], chunks: list[bytes]) -> tuple[list[T], ListMeta]:
    """What a page holds, and what it says of the list."""
    items = [item for chunk in chunks for item in reader.feed(chunk)]
    return [*items, *reader.finish()], reader.meta


def watched(reader: WatchReader[T], chunks: list[bytes]) -> list[WatchEvent[T]]:
    return [event for chunk in chunks for event in reader.feed(chunk)]


def golden(name: str) -> bytes:
    return (GOLDEN / name).read_bytes()
