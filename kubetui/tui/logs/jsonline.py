"""Structured log lines told as a person reads them: level, message, and the other fields behind. Pure.

What comes out is a log line again, with SGR colours, so it goes the way of all other lines and is as little trusted.
"""

import msgspec

_MESSAGES = ("msg", "message", "log", "event", "text")
_LEVELS = ("level", "severity", "lvl", "levelname", "log.level")
_TIMES = ("ts", "time", "timestamp", "@timestamp", "datetime")
_COLOURS = {"e": "31", "f": "31", "c": "31", "p": "31", "w": "33", "i": "32", "d": "2", "t": "2"}
"""By the first letter: error, fatal, critical, panic, warning, info, debug, trace."""

_LONGEST = 1 << 16
_decode = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_text = msgspec.json.Decoder(str).decode


def fold(line: str) -> str:
    """The line with its JSON object folded out; any other line as it is. The container's own time is left out."""
    if not line.startswith("{") or len(line) > _LONGEST:
        return line
    try:
        fields = _decode(line.encode(errors="replace"))
    except msgspec.DecodeError:
        return line
    level, message = _take(fields, _LEVELS), _take(fields, _MESSAGES)
    if message is None:
        return line
    _take(fields, _TIMES)
    parts = []
    if level is not None:
        parts.append(f"\x1b[{_COLOURS.get(level[:1].lower(), '1')}m{level.upper()[:5]:<5}\x1b[0m")
    parts.append(message)
    if fields:
        rest = " ".join(f"{name}={_shown(value)}" for name, value in fields.items())
        parts.append(f"\x1b[2m{rest}\x1b[0m")
    return " ".join(parts)


def _take(fields: dict[str, msgspec.Raw], names: tuple[str, ...]) -> str | None:
    """The first of these fields, taken out of the others."""
    for name in names:
        if name in fields:
            return _shown(fields.pop(name))
    return None


def _shown(value: msgspec.Raw) -> str:
    """A text without its quotes, with its breaks told; anything else as it is written."""
    raw = bytes(value)
    if raw[:1] != b'"':
        return raw.decode()
    return _text(raw).replace("\n", " ⏎ ")
