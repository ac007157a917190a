"""Regular expressions typed by a person, kept from running for ever.

Python's matcher backtracks: `(a+)+b` on thirty letters takes minutes and cannot be stopped. So a pattern is looked
over before it is compiled, and repeats inside repeats, or too many of them, are refused with a sentence. The bound is
seconds for one hostile text, microseconds for a real one.
"""

import re
import warnings

LONGEST_PATTERN = 200
LONGEST_TEXT = 256
"""Characters of a text that a pattern is tried on; with `MOST` the bound of one match's cost."""
REPEAT, OPTION, MOST = 8, 1, 26
"""What a repeat and a choice cost, in bits: each multiplies the ways to match by the text's length, or by two."""

_GROUP = re.compile(r"\?(?::|P<\w+>|<?[=!])|(?!\?)")
_QUANTIFIER = re.compile(r"(?:[*+?]|\{(\d*)(,?)(\d*)\})[?+]?")
_ESCAPED = re.compile(r"\\.", re.DOTALL)


def compile_pattern(source: str) -> re.Pattern[str]:
    """The compiled pattern, `^` and `$` standing for the ends of a line; ValueError with a sentence where it is none.

    Case counts where an upper-case letter stands in it.
    """
    if len(source) > LONGEST_PATTERN:
        raise ValueError(f"the expression is longer than {LONGEST_PATTERN} characters")
    _look_over(source)
    cased = any(char.isupper() for char in _ESCAPED.sub("", source))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return re.compile(source, re.MULTILINE if cased else re.MULTILINE | re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as why:
        raise ValueError(f"the expression /{source}/ is not complete: {why}") from why


def _look_over(source: str) -> None:
    """Refuse what may backtrack for ever: a repeated group that itself repeats or chooses, and too many repeats."""
    groups: list[bool] = []
    """For each open group: whether it repeats or chooses within."""
    cost = position = 0
    closed = False
    """Whether a group that repeats or chooses within has just been closed."""
    while position < len(source):
        char = source[position]
        quantifier = _QUANTIFIER.match(source, position)
        if quantifier:
            many = _repeats(quantifier)
            cost += REPEAT if many else OPTION
            if many and closed:
                raise ValueError(f"the expression /{source}/ repeats what repeats, which can take for ever")
            groups = [True] * len(groups)
            position = quantifier.end()
            closed = False
            continue
        closed = False
        if char == "\\":
            position += 1
        elif char == "[":
            position = _end_of_set(source, position)
        elif char == "(":
            if not _GROUP.match(source, position + 1):
                raise ValueError(f"the expression /{source}/ has a group of a kind that filters do not know")
            groups.append(False)
        elif char == "|" and groups:
            cost += OPTION
            groups = [True] * len(groups)
        elif char == ")" and groups:
            closed = groups.pop()
        position += 1
    if cost > MOST:
        raise ValueError(f"the expression /{source}/ has too many repeats; {MOST // REPEAT} are allowed")


def _repeats(quantifier: re.Match[str]) -> bool:
    """Whether it may stand for more than one; `?`, `{1}` and `{0,1}` do not."""
    text = quantifier.group()
    if not text.startswith("{"):
        return not text.startswith("?")
    least, comma, most = quantifier.groups()
    return (most or (least if not comma else "")) not in ("0", "1")


def _end_of_set(source: str, start: int) -> int:
    """Where the `]` of the set opened at `start` stands, or the end."""
    position = start + 1
    if source.startswith("^", position):
        position += 1
    position += 1
    while position < len(source) and source[position] != "]":
        position += 2 if source[position] == "\\" else 1
    return position
