"""What is typed to filter a log or to search it, as a test of lines and as what is marked in them. Pure.

The filter speaks the language of lists; a search is one phrase, or an expression between slashes.
"""

import re
from collections.abc import Callable

from kubetui.live.filter import FilterError, Subject, parse_filter
from kubetui.live.pattern import Expression, compile_pattern, either

_TERM = re.compile(r"(?P<not>!*)(?:/(?P<expression>(?:[^/\\]|\\.)+)(?:/|\Z)|(?P<word>[^\s|]+))")


def line_filter(text: str) -> Callable[[str], bool] | None:
    """Whether a line is shown; None where all are. Raises FilterError with a sentence."""
    parsed = parse_filter(text)
    return (lambda line: parsed.matches(Subject(line, "", {}))) if parsed else None


def marks(text: str) -> Expression | None:
    """What a filter asks for, not what it shuts out, as one expression to mark in the lines."""
    wanted: list[Expression] = []
    for term in _TERM.finditer(text):
        if len(term["not"]) % 2 == 0:
            if term["expression"]:
                wanted.append(compile_pattern(term["expression"].replace("\\/", "/")))
            elif not term["word"].startswith(("ns:", "-l")):
                wanted.append(_literal(term["word"]))
    return either(wanted) if wanted else None


def search(text: str) -> Expression | None:
    """A phrase, or an expression between slashes, to go from match to match; None where nothing was typed.

    Case counts where an upper-case letter was typed. Raises FilterError with a sentence.
    """
    if not text.strip():
        return None
    if text.startswith("/") and len(text) > 1:
        try:
            return compile_pattern(text[1:].removesuffix("/"))
        except ValueError as why:
            raise FilterError(str(why)) from why
    return _literal(text)


def _literal(word: str) -> Expression:
    return Expression(re.escape(word), ignores_case=not any(map(str.isupper, word)))
