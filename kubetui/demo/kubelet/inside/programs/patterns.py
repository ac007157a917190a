"""Regular expressions of POSIX programs turned into Python's, without those that take for ever to look for. Pure.

Python's own search can take longer than the universe has; whoever asks for that would stop the whole cluster.
"""

import re

LONGEST_LINE = 4_096
"""Characters of a line that are looked through."""
_MOST_REPETITIONS = 8
_CLASSES = {
    "[:alnum:]": "A-Za-z0-9",
    "[:alpha:]": "A-Za-z",
    "[:blank:]": r" \t",
    "[:digit:]": "0-9",
    "[:lower:]": "a-z",
    "[:space:]": r"\s",
    "[:upper:]": "A-Z",
    "[:xdigit:]": "0-9A-Fa-f",
}


class BadPattern(Exception):
    """A pattern that can't be looked for; the text says why."""


def compiled(
    pattern: str,
    *,
    extended: bool = False,
    fixed: bool = False,
    words: bool = False,
    lines: bool = False,
    ignore_case: bool = False,
) -> re.Pattern[str]:
    """A basic or extended expression, or a fixed text, as a pattern. BadPattern for one that is none, or too costly."""
    if fixed:
        pattern = re.escape(pattern)
    elif not extended:
        # In a basic expression these mean themselves, and a backslash makes them special.
        pattern = re.sub(r"\\([|()+?{}])|([|()+?{}])", lambda one: one[1] or f"\\{one[2]}", pattern)
    for name, meaning in _CLASSES.items():
        pattern = pattern.replace(name, meaning)
    if not fixed and _is_costly(pattern):
        raise BadPattern("pattern too complex")
    if words:
        pattern = rf"\b(?:{pattern})\b"
    if lines:
        pattern = rf"^(?:{pattern})$"
    try:
        return re.compile(pattern, re.IGNORECASE if ignore_case else 0)
    except (re.error, OverflowError, RecursionError) as why:
        raise BadPattern(f"bad regex '{pattern}': {why}") from why


def _is_costly(pattern: str) -> bool:
    """Whether something that may be repeated or chosen is itself repeated, or too much is repeated at all."""
    bare = re.sub(r"\\.|\[\^?\]?[^\]]*\]", "x", pattern, flags=re.DOTALL)
    if len(re.findall(r"[*+{]", bare)) > _MOST_REPETITIONS or "(?" in bare or re.search(r"\\[1-9]", pattern):
        return True
    varied = [False]
    for place, char in enumerate(bare):
        if char == "(":
            varied.append(False)
        elif char == ")" and len(varied) > 1:
            inner = varied.pop()
            repeated = bare[place + 1 : place + 2] in ("*", "+", "{")
            if inner and repeated:
                return True
            varied[-1] |= inner or repeated
        elif char in "*+{?|":
            varied[-1] = True
    return False
