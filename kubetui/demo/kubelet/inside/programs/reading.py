"""How small programs read what they are given: files by their names, or what is piped in."""

from kubetui.demo.kubelet.inside.box import Call
from kubetui.demo.kubelet.inside.lines import everything

MOST = 8 * 1024 * 1024
"""Bytes that a program holds at a time."""


class Unreadable(Exception):
    """A file that can't be read; the text says why."""


async def contents(call: Call, name: str) -> bytes:
    """A file's bytes, or those piped in where the name is `-`."""
    if name == "-":
        return await everything(call.stdin, MOST)
    try:
        return call.box.files.read(call.path(name))
    except OSError as why:
        raise Unreadable(f"{name}: {why.strerror}") from why


async def all_lines(call: Call, names: tuple[str, ...]) -> list[str]:
    """The lines of some files, or those piped in."""
    data = b"".join([await contents(call, name) for name in names or ("-",)])
    return data.decode("utf-8", "replace").splitlines()
