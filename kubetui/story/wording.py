"""How the story words times, counts and names, so that a line reads well aloud. Knows nothing of episodes."""


def duration(seconds: float) -> str:
    """A span as one would say it: `40 ms`, `4.2 s`, `31 s`, `2 min 5 s`, `3 h 10 min`."""
    seconds = max(seconds, 0.0)
    if seconds < 0.9995:
        return f"{round(seconds * 1000)} ms"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 120:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest and minutes < 10 else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def counted(number: int, noun: str) -> str:
    """`1 pod`, `3 pods`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def times(number: int) -> str:
    """`once`, `twice`, `5 times`."""
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def listed(words: list[str], most: int = 3) -> str:
    """`a`, `a and b`, `a, b and c`, `a, b and 5 more`."""
    if len(words) > most:
        return f"{', '.join(words[: most - 1])} and {len(words) - most + 1} more"
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def tail(name: str, owner: str) -> str:
    """A name without the prefix that its owner's name says already: `q8zzl` of `web-7d4b9c-q8zzl`."""
    prefix = f"{owner}-"
    return name[len(prefix) :] if owner and len(name) > len(prefix) and name.startswith(prefix) else name


def shortened(text: str, most: int = 160) -> str:
    """A message of the server, cut at a blank where it is long for a line."""
    if len(text) <= most:
        return text
    return f"{text[:most].rsplit(' ', 1)[0].rstrip(' .,;:')}…"
