"""What runs through a shell while it works: streams, and the ways out of a script."""

import msgspec

from kubetui.demo.streams import Sink, Source


class Leave(Exception):
    """The shell ends."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Jump(Exception):
    """`break` or `continue`, out of so many loops."""

    def __init__(self, word: str, loops: int) -> None:
        super().__init__(word)
        self.word = word
        self.loops = loops


class Streams(msgspec.Struct, frozen=True):
    """Where a command reads and writes."""

    stdin: Source
    stdout: Sink
    stderr: Sink


class Kept:
    """A sink that keeps what is written to it, up to a limit."""

    def __init__(self, most: int = 1024 * 1024) -> None:
        self._most = most
        self.data = bytearray()

    async def write(self, data: bytes) -> None:
        self.data += data[: self._most - len(self.data)]
