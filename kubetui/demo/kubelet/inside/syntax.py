"""A small POSIX shell's language as a tree: words, pipes, lists, redirections, if, for, while. Plain values."""

import msgspec


class SyntaxMistake(Exception):
    """A script that can't be read; the text says what was not expected."""


class Unfinished(SyntaxMistake):
    """A script that goes on: a quote or a block is still open."""


class Part(msgspec.Struct, frozen=True):
    """A piece of a word: plain text, or something to expand."""

    kind: str
    """`text`, `variable` (`NAME`, `NAME:-word`), `command` (a script), `sum` (an expression)."""
    text: str
    quoted: bool
    """Whether what it becomes stays one word, whatever is in it."""


Word = tuple[Part, ...]


class Redirection(msgspec.Struct, frozen=True):
    """`2> file`, `< file`, `2>&1`."""

    descriptor: int
    mark: str
    """`<`, `>`, `>>`, `>&` or `<<`."""
    target: Word


class Simple(msgspec.Struct, frozen=True):
    """Variables set, a program with its words, and where its streams go."""

    settings: tuple[tuple[str, Word], ...]
    words: tuple[Word, ...]
    redirections: tuple[Redirection, ...] = ()


class Pipeline(msgspec.Struct, frozen=True):
    """Commands, each reading what the one before it writes."""

    commands: "tuple[Command, ...]"
    negated: bool = False


class Step(msgspec.Struct, frozen=True):
    """One pipeline of a list, and when it is run: always (`;`), after success (`&&`), after failure (`||`)."""

    when: str
    pipeline: Pipeline
    background: bool = False


Body = tuple[Step, ...]


class If(msgspec.Struct, frozen=True):
    branches: tuple[tuple[Body, Body], ...]
    otherwise: Body
    redirections: tuple[Redirection, ...] = ()


class Loop(msgspec.Struct, frozen=True):
    """`while`, or `until`."""

    condition: Body
    body: Body
    until: bool
    redirections: tuple[Redirection, ...] = ()


class For(msgspec.Struct, frozen=True):
    name: str
    words: tuple[Word, ...]
    body: Body
    redirections: tuple[Redirection, ...] = ()


class Group(msgspec.Struct, frozen=True):
    """`{ …; }`, or in a subshell `( … )`."""

    body: Body
    subshell: bool
    redirections: tuple[Redirection, ...] = ()


Command = Simple | If | Loop | For | Group
