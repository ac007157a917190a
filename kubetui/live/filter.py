"""The filter language of `/`: what of a list is shown. Read again at each key, so half of a filter is a filter too.

`EXAMPLES` shows what can be said. A word is looked for in an object's name, namespace and cells, an expression in each
of them for itself (`^` and `$` are a cell's ends); case counts where an upper-case letter stands in what was typed.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from kubetui.kinds.kind import Health
from kubetui.live.pattern import LONGEST_TEXT, Expression, compile_pattern
from kubetui.live.selector import Requirement, parse_selector

EXAMPLES: tuple[tuple[str, str], ...] = (
    ("web running", "both words"),
    ("web|api", "either word; binds closer than the blank"),
    ("!test", "not that word"),
    ("/web-\\d+$/", "a regular expression"),
    ("ns:kube", "the namespace"),
    ("-l app=web", "a label selector, equality and set syntax"),
    ("✖|◐", "the health, by its glyph"),
)


class FilterError(ValueError):
    """What was typed is no filter; the message is a sentence for the person."""


class Subject:
    """What a filter looks at of one object; made once and kept, since every key tries it again."""

    __slots__ = ("folded", "health", "labels", "namespace", "text")

    def __init__(self, text: str, namespace: str, labels: Mapping[str, str], health: Health = Health.UNKNOWN) -> None:
        self.text = text
        """Name, namespace and the text of all cells but ages, each on a line of its own."""
        folded = text.lower()
        self.folded = text if folded == text else folded
        self.namespace = namespace
        self.labels = labels
        self.health = health.value


Test: TypeAlias = Callable[[Subject], bool]


def _everything(_: Subject) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Filter:
    """What to show. Equal where the text is equal."""

    text: str
    """As it was typed, without the blanks round it."""
    matches: Test = field(default=_everything, compare=False, repr=False)
    expressions: tuple[Expression, ...] = field(default=(), compare=False, repr=False)
    """Its regular expressions, which may be slow."""

    def __bool__(self) -> bool:
        """False where everything passes."""
        return self.matches is not _everything

    @property
    def given_up(self) -> bool:
        """Whether one of its expressions took too long for a text, so that what passes is not known."""
        return any(each.given_up for each in self.expressions)


EVERYTHING = Filter("")

_GLYPHS = frozenset(health.value for health in Health)
_BLANKS = re.compile(r"\s*")
_SELECTOR = re.compile(r"-l(?:\s+|$)")
_EXPRESSION = re.compile(r"/((?:[^/\\]|\\.)*)(?:/|\\?\Z)", re.DOTALL)
_NOT = re.compile(r"!+")
_WORD = re.compile(r"[^\s|]+")


def parse_filter(text: str) -> Filter:
    """The filter that the text stands for; FilterError with a sentence where it is none."""
    tests: list[Test] = []
    choice: list[Test] = []
    expressions: list[Expression] = []
    joined = False
    position = 0
    try:
        while (position := _skip(text, position)) < len(text):
            if text[position] == "|":
                joined, position = True, position + 1
                continue
            test, position = _term(text, position, expressions)
            if test is None:
                continue
            if choice and not joined:
                tests.append(_either(choice))
                choice = []
            choice.append(test)
            joined = False
    except ValueError as why:
        raise FilterError(str(why)) from why
    if choice:
        tests.append(_either(choice))
    return Filter(text.strip(), _each(tests), tuple(expressions)) if tests else Filter(text.strip())


def _term(text: str, position: int, expressions: list[Expression]) -> tuple[Test | None, int]:
    """The term at the position and where it ends; None for one that has only been begun (`!`, `ns:`, `/`).

    An expression that it has is added to those known.
    """
    if inverse := _NOT.match(text, position):
        if not _WORD.match(text, inverse.end()):
            return None, inverse.end()
        test, end = _term(text, inverse.end(), expressions)
        return (_inverse(test) if test and len(inverse.group()) % 2 else test), end
    if selector := _SELECTOR.match(text, position):
        requirements, end = parse_selector(text, selector.end())
        return _each([_required(one) for one in requirements]), end
    if expression := _EXPRESSION.match(text, position):
        return _expression(expression.group(1), expressions), expression.end()
    word = _WORD.match(text, position)
    assert word is not None, "only blanks and | are no part of a word"
    return _word(word.group()), word.end()


def _word(word: str) -> Test | None:
    if word.startswith("ns:"):
        namespace = word.removeprefix("ns:").lower()
        return (lambda subject: namespace in subject.namespace) if namespace else None
    if word in _GLYPHS:
        return lambda subject: subject.health == word
    if any(char.isupper() for char in word):
        return lambda subject: word in subject.text
    return lambda subject: word in subject.folded


def _expression(source: str, expressions: list[Expression]) -> Test | None:
    if not source:
        return None
    expressions.append(compile_pattern(source.replace("\\/", "/")))
    search = expressions[-1].search
    return lambda subject: search(subject.text, 0, LONGEST_TEXT) is not None


def _required(requirement: Requirement) -> Test:
    return lambda subject: requirement.matches(subject.labels)


def _inverse(test: Test) -> Test:
    return lambda subject: not test(subject)


def _each(tests: list[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]

    def hold(subject: Subject) -> bool:
        for test in tests:  # noqa: SIM110
            if not test(subject):
                return False
        return True

    return hold


def _either(tests: list[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]

    def holds(subject: Subject) -> bool:
        for test in tests:  # noqa: SIM110
            if test(subject):
                return True
        return False

    return holds


def _skip(text: str, position: int) -> int:
    blanks = _BLANKS.match(text, position)
    return blanks.end() if blanks else position
