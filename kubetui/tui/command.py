"""The command line `:`: what a line asks for. Pure reading; the app does it.

    :pod kube-system      a kind, in a namespace (or several: a,b)     :pod /web   with a filter
    :pod @talk            a kind in another context                     :pod app=x  with a label selector
    :ns NAME  :ctx NAME   another namespace, another context            :ns all     all namespaces
    :board  :q            the board, the end
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Open:
    """A list of one kind."""

    word: str
    namespaces: tuple[str, ...] | None = None
    """None: as they are; empty: all."""
    filter: str = ""
    context: str = ""


@dataclass(frozen=True, slots=True)
class Namespaces:
    """Other namespaces; empty: all."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """Another context."""

    name: str


@dataclass(frozen=True, slots=True)
class Board:
    """Back to the board."""


@dataclass(frozen=True, slots=True)
class Contexts:
    """The contexts, to choose from."""


@dataclass(frozen=True, slots=True)
class Quit:
    """The end."""


@dataclass(frozen=True, slots=True)
class Help:
    """The keys."""


Command = Open | Namespaces | Context | Contexts | Board | Quit | Help

_ALL = ("all", "-", "*")
_WORDS: dict[str, Command] = {
    "q": Quit(),
    "q!": Quit(),
    "quit": Quit(),
    "exit": Quit(),
    "board": Board(),
    "home": Board(),
    "pulse": Board(),
    "help": Help(),
    "?": Help(),
    "ctx": Contexts(),
    "context": Contexts(),
    "contexts": Contexts(),
}


def parse_command(line: str) -> Command | None:
    """What the line asks for; None for an empty one."""
    words = line.split()
    if not words:
        return None
    first, rest = words[0].lower(), words[1:]
    if first in ("ctx", "context", "contexts") and rest:
        return Context(rest[0].removeprefix("@"))
    if first in ("ns", "namespace", "namespaces") and rest:
        return Namespaces(_namespaces(rest[0]))
    if first in _WORDS and not rest:
        return _WORDS[first]
    namespaces: tuple[str, ...] | None = None
    filters: list[str] = []
    context = ""
    for at, word in enumerate(rest):
        if word.startswith("/"):
            filters.append(" ".join(rest[at:])[1:])
            break
        if word.startswith("@"):
            context = word[1:]
        elif "=" in word:
            filters.append(f"-l {word}")
        else:
            namespaces = _namespaces(word)
    return Open(words[0], namespaces, " ".join(filters), context)


def _namespaces(word: str) -> tuple[str, ...]:
    return () if word.lower() in _ALL else tuple(name for name in word.split(",") if name)
