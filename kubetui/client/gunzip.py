"""A gzip body, decompressed as it arrives, in bounded pieces."""

import zlib
from collections.abc import Iterator

from kubetui.client.errors import Unavailable

_PIECE = 256 * 1024
"""Bytes that one piece may have: a small body can't fill the memory at once, nor keep who reads it busy for long."""


class Gunzip:
    """One body. Unavailable where it is broken or ends too early."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._inflate = zlib.decompressobj(wbits=31)
        self._fed = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What these bytes of the body stand for."""
        self._fed = True
        while data:
            if self._inflate.eof:
                # RFC 1952: a body may be several gzip members in a row.
                self._inflate = zlib.decompressobj(wbits=31)
            try:
                plain = self._inflate.decompress(data, _PIECE)
            except zlib.error as error:
                raise Unavailable(f"{self._place} sent a broken gzip body: {error}") from error
            if plain:
                yield plain
            data = self._inflate.unconsumed_tail or self._inflate.unused_data

    def end(self) -> None:
        """The body has ended; so must the gzip."""
        if self._fed and not self._inflate.eof:
            raise Unavailable(f"{self._place} sent a gzip body that was cut short")
