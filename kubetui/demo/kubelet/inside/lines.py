"""Lines read from a source, with what is left over kept for whoever reads next."""

from kubetui.demo.streams import Source

LONGEST = 1024 * 1024
"""Bytes after which a line is cut."""


class Lines:
    """A source that can be read by lines too."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._rest = b""

    async def read(self) -> bytes:
        if self._rest:
            data, self._rest = self._rest, b""
            return data
        return await self._source.read()

    async def line(self) -> bytes:
        """The next line with its end; what is there at the end of input; nothing after that."""
        while b"\n" not in self._rest and len(self._rest) < LONGEST:
            data = await self._source.read()
            if not data:
                break
            self._rest += data
        at = self._rest.find(b"\n") + 1 or len(self._rest)
        line, self._rest = self._rest[:at], self._rest[at:]
        return line


async def everything(source: Source, most: int) -> bytes:
    """All that is left of a source, up to so many bytes."""
    data = bytearray()
    while len(data) < most and (more := await source.read()):
        data += more
    return bytes(data[:most])
