"""Log lines as a file or on the clipboard. In the file they keep their bytes; what is pasted may hold no escapes."""

from collections.abc import Sequence
from datetime import UTC, datetime

from kubetui.live.logring import NOTICE, Entry
from kubetui.tui.logs.ansi import plain

MOST_COPIED = 256 * 1024
"""Characters copied at most: terminals take no more."""


def as_bytes(entries: Sequence[Entry], names: Sequence[str], *, timestamps: bool) -> bytes:
    """The containers' own lines as they wrote them; with several sources each begins with its source's name.

    Pieces of an overlong line are put together again where nothing came between them.
    """
    parts: list[str] = []
    continued: int | None = None
    for entry in entries:
        if entry.source == NOTICE:
            continue
        if continued != entry.source:
            if continued is not None:
                parts.append("\n")
            if len(names) > 1:
                parts.append(f"{names[entry.source]} ")
            if timestamps:
                parts.append(f"{stamp(entry.time)} ")
        parts.append(entry.text)
        continued = entry.source if entry.goes_on else None
        if continued is None:
            parts.append("\n")
    return "".join(parts).encode(errors="surrogateescape")


def for_clipboard(entries: Sequence[Entry]) -> tuple[str, int]:
    """The last lines, as many as a terminal takes, and how many they are."""
    lines: list[str] = []
    room = MOST_COPIED
    for entry in reversed(entries):
        shown = plain(entry.text)
        room -= len(shown) + 1
        if room < 0:
            break
        lines.append(shown)
    return "\n".join(reversed(lines)), len(lines)


def stamp(time: int) -> str:
    """Nanoseconds since the epoch as kubectl logs --timestamps prints them."""
    second, rest = divmod(time, 10**9)
    return f"{datetime.fromtimestamp(second, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"
