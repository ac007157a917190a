"""Regular expressions typed by a person, tried on text of anybody, and never for long.

Any matcher that backtracks takes minutes for `(a|aa)+$` on the wrong thirty letters, and Python's own can't be stopped.
The one of the `regex` package can: an expression that used up its time on one text is given up, and matches no more.
"""

import sys
from collections.abc import Callable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import regex

T = TypeVar("T")

LONGEST_PATTERN = 200
LONGEST_TEXT = 256
"""Characters of a text that a filter tries an expression on: whole rows, and not what hides behind them."""
PATIENCE = 0.1
"""Seconds of computing that an expression may take for one text; a usual one takes microseconds."""


class Expression:
    """A compiled expression. It is asked like one of `re`, and `given_up` says whether it has been."""

    __slots__ = ("_compiled", "given_up", "ignores_case", "source")

    def __init__(self, source: str, *, ignores_case: bool) -> None:
        """ValueError with a sentence where the source is none. `^` and `$` stand for the ends of a line."""
        import regex

        self.source = source
        self.ignores_case = ignores_case
        self.given_up = False
        flags = regex.MULTILINE | (regex.IGNORECASE if ignores_case else 0)
        try:
            self._compiled = regex.compile(source, flags, cache_pattern=False)
        except (regex.error, ValueError, LookupError, OverflowError, RecursionError) as why:
            raise ValueError(f"the expression /{source}/ is not complete: {why}") from why

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> "regex.Match[str] | None":
        """The first match within these characters."""
        return self._in_time(lambda: self._compiled.search(text, start, end, timeout=PATIENCE))

    def finditer(self, text: str, start: int = 0, end: int = sys.maxsize) -> "Iterator[regex.Match[str]]":
        """All matches within these characters, as far as they were found in time."""
        found = self._compiled.finditer(text, start, end, timeout=PATIENCE)
        return chain.from_iterable(iter(lambda: self._next(found), ()))

    def _next(self, found: "Iterator[regex.Match[str]]") -> "tuple[regex.Match[str], ...]":
        match = self._in_time(lambda: next(found, None))
        return () if match is None else (match,)

    def _in_time(self, find: Callable[[], T | None]) -> T | None:
        if self.given_up:
            return None
        try:
            return find()
        except TimeoutError:
            self.given_up = True
            return None


def compile_pattern(source: str) -> Expression:
    """The expression that was typed; ValueError with a sentence where it is none.

    Case counts where an upper-case letter stands in it, other than behind a backslash.
    """
    if len(source) > LONGEST_PATTERN:
        raise ValueError(f"the expression is longer than {LONGEST_PATTERN} characters")
    letters = source.replace("\\\\", "")
    cased = any(char.isupper() and (at == 0 or letters[at - 1] != "\\") for at, char in enumerate(letters))
    return Expression(source, ignores_case=not cased)


def either(expressions: list[Expression]) -> Expression:
    """One that matches where any of these does."""
    sources = (f"(?i:{each.source})" if each.ignores_case else f"(?:{each.source})" for each in expressions)
    return Expression("|".join(sources), ignores_case=False)
