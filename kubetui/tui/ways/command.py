"""The command line `:`: what a line asks for. Pure reading; the app does it. `EXAMPLES` shows what can be said."""

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


@dataclass(frozen=True, slots=True)
class Journal:
    """What was changed through kubetui."""


Command = Open | Namespaces | Context | Contexts | Board | Journal | Quit | Help

EXAMPLES: tuple[tuple[str, str], ...] = (
    (":pod", "all of a kind, by any of its names"),
    (":pod kube-system", "in a namespace, or in several: a,b"),
    (":pod all", "in all namespaces"),
    (":pod /web", "with a filter"),
    (":pod app=web", "with a label selector"),
    (":pod @talk", "in another context"),
    (":ns shop", "another namespace for all views"),
    (":ctx talk", "another context; :ctx alone lists them"),
    (":board", "the four panes"),
    (":journal", "what was changed through kubetui"),
    (":q", "the end"),
)

_ALL = ("all", "-", "*", "-a", "--all-namespaces")
_WORDS: dict[str, Command] = {
    "q": Quit(),
    "q!": Quit(),
    "quit": Quit(),
    "exit": Quit(),
    "board": Board(),
    "home": Board(),
    "pulse": Board(),
    "journal": Journal(),
    "help": Help(),
    "?": Help(),
    "ctx": Contexts(),
    "context": Contexts(),
    "contexts": Contexts(),
}

COMMANDS = ("board", "contexts", "namespaces", "journal", "help", "quit")
"""The words that are offered besides kinds."""
CONTEXT_WORDS = ("ctx", "context", "contexts")
NAMESPACE_WORDS = ("ns", "namespace", "namespaces")


def parse_command(line: str) -> Command | None:
    """What the line asks for; None for an empty one."""
    words = line.split()
    if not words:
        return None
    first, rest = words[0].lower(), words[1:]
    if first in CONTEXT_WORDS and rest:
        return Context(rest[0].removeprefix("@"))
    if first in NAMESPACE_WORDS and rest:
        return Namespaces(_namespaces(rest[0]))
    if first in _WORDS and not rest:
        return _WORDS[first]
    namespaces: tuple[str, ...] | None = None
    filters: list[str] = []
    context = ""
    rest = [word for word in rest if word not in ("-n", "-l")]
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
