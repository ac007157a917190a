"""How small programs read what they are given: files by their names, or what is piped in."""

from kubetui.demo.kubelet.inside.box import Call
from kubetui.demo.kubelet.inside.lines import everything
from kubetui.demo.streams import Conduit, Source

MOST = 8 * 1024 * 1024
"""Bytes that a program holds at a time."""


class Unreadable(Exception):
    """A file that can't be read; the text says why."""


async def contents(call: Call, name: str) -> bytes:
    """A file's bytes, or those piped in where the name is `-`. Unreadable where they are too many."""
    if name == "-":
        data = await everything(call.stdin, MOST + 1)
        if len(data) > MOST:
            raise Unreadable("(standard input): File too large")
        return data
    try:
        return call.box.files.read(call.path(name))
    except OSError as why:
        raise Unreadable(f"{name}: {why.strerror}") from why


async def all_lines(call: Call, names: tuple[str, ...]) -> list[str]:
    """The lines of some files, or those piped in."""
    data = b"".join([await contents(call, name) for name in names or ("-",)])
    return data.decode("utf-8", "replace").splitlines()


def source(call: Call, name: str) -> Source:
    """A file's bytes, or those piped in where the name is `-`, to be read piece by piece."""
    if name == "-":
        return call.stdin
    try:
        return Conduit.holding(call.box.files.read(call.path(name)))
    except OSError as why:
        raise Unreadable(f"{name}: {why.strerror}") from why
