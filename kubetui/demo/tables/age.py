"""Ages as kubectl writes them: two or three figures of the greatest units (apimachinery's util/duration). Pure."""

from kubetui.demo.clock import seconds_of

UNKNOWN = "<unknown>"


def human_duration(seconds: float) -> str:
    """A span of time for a person: 95s, 3m20s, 7h, 2d4h, 3y."""
    if seconds <= -2:
        return "<invalid>"
    whole = max(int(seconds), 0)
    if whole < 120:
        return f"{whole}s"
    minutes, rest = divmod(whole, 60)
    if minutes < 10:
        return f"{minutes}m{rest}s" if rest else f"{minutes}m"
    if minutes < 180:
        return f"{minutes}m"
    hours, rest = divmod(minutes, 60)
    if hours < 8:
        return f"{hours}h{rest}m" if rest else f"{hours}h"
    if hours < 48:
        return f"{hours}h"
    days, rest = divmod(hours, 24)
    if days < 8:
        return f"{days}d{rest}h" if rest else f"{days}d"
    if days < 730:
        return f"{days}d"
    years, rest = divmod(days, 365)
    if years < 8:
        return f"{years}y{rest}d" if rest else f"{years}y"
    return f"{years}y"


def since(text: str | None, now: float) -> str:
    """How long ago an RFC 3339 time was, in virtual time."""
    return human_duration(now - seconds_of(text)) if text else UNKNOWN
