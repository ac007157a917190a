"""What a person has settled once for all: the values of the settings file, and what they mean for a context.

Values only; `settings.file` reads them. What stands on the command line goes before them.
"""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import pairwise
from typing import Annotated, Any

import msgspec

Pattern = Annotated[str, msgspec.Meta(min_length=1)]
"""A name in which `*` stands for any letters, `?` for one; upper and lower case are the same."""
_BETWEEN = re.compile(r"[-_./:@\s]+")
_PRODUCTION = frozenset({"prod", "production", "prd", "live"})
_NOT = frozenset({"non", "not", "no"})
Namespace = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", max_length=63)]


class ContextSettings(msgspec.Struct, frozen=True, rename="kebab"):
    """What holds in the contexts whose names fit a pattern."""

    namespaces: tuple[Namespace, ...] | None = None
    """The namespaces one looks at first; all where it is empty."""
    readonly: bool | None = None


class Settings(msgspec.Struct, frozen=True, rename="kebab"):
    """The whole file; what is not in it is as it says here."""

    theme: Pattern | None = None
    readonly: bool = False
    """Whether nothing that changes a cluster is offered, whichever it is."""
    production: tuple[Pattern, ...] | None = None
    """Contexts in which every change asks for a typed name; without it, those whose name says so in a word."""
    bulk_cap: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 50
    """Objects that one verb may change at once."""
    log_size: Annotated[int, msgspec.Meta(ge=1, le=1024)] = 2
    """MiB of the log file after which it is turned over; one older one is kept."""
    contexts: dict[Pattern, ContextSettings] = {}

    def is_production(self, context: str) -> bool:
        """Whether a context is marked as one where mistakes hurt."""
        if self.production is None:
            return says_production(context)
        return any(fits(pattern, context) for pattern in self.production)

    def is_readonly(self, context: str) -> bool:
        """Whether nothing is to be changed in a context."""
        return self.readonly or next((each.readonly for each in self._of(context) if each.readonly is not None), False)

    def namespaces(self, context: str) -> tuple[str, ...] | None:
        """The namespaces to look at first; None where nothing is said of them."""
        return next((each.namespaces for each in self._of(context) if each.namespaces is not None), None)

    def _of(self, context: str) -> Iterator[ContextSettings]:
        """What holds in a context: that of its very name first, then that of the patterns it fits, as they stand."""
        if context in self.contexts:
            yield self.contexts[context]
        yield from (each for pattern, each in self.contexts.items() if pattern != context and fits(pattern, context))


ALLOWED: dict[str, str] = {
    "theme": "the name of a theme, as ctrl-p and the word theme list them",
    "readonly": "true or false",
    "production": 'a list of names of contexts, * standing for any letters: ["prod-*"]',
    "bulk-cap": "a whole number from 1 to 10000",
    "log-size": "a whole number of MiB from 1 to 1024",
    "contexts": 'tables of their own: [contexts."talk-*"]',
    "namespaces": 'a list of names of namespaces: ["shop", "kube-system"]',
}
"""What each key takes, in words."""


def says_production(context: str) -> bool:
    """Whether one of the words of a context's name, numbers aside, means production: `eu-prod2`, and not `products`."""
    words = [word.rstrip("0123456789") for word in _BETWEEN.split(context.casefold())]
    return any(word in _PRODUCTION and before not in _NOT for before, word in pairwise(("", *words)))


def fits(pattern: str, name: str) -> bool:
    """Whether a name fits a pattern of the settings file."""
    return fnmatchcase(name.casefold(), pattern.casefold())


def types_of(struct: type[msgspec.Struct]) -> dict[str, Any]:
    """The type of each key of a table, by the name it has in the file."""
    return {each.encode_name: each.type for each in msgspec.structs.fields(struct)}
