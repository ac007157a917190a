"""Environment variables whose values look like secrets: told by their names, masked until they are asked for. Pure.

The API has them in plain sight, in pods and in every template of pods. Which they are is a guess by name, made to err
on the side of masking: one key shows what was masked for nothing.
"""

import json
import re
from collections.abc import Mapping
from operator import is_not
from typing import Any

from kubetui.kinds.page import Body

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_TELLING = re.compile(
    r"passw|passphrase|secret|token(?!iz)|credential|api_?key|private_?key|access_?key", re.IGNORECASE
)
_WHOLE = frozenset(("pass", "pwd", "key", "keys", "cred", "creds", "jwt", "dsn", "salt", "bearer", "cookie"))
"""Words that are found in harmless ones: they count only by themselves."""
_PLACES = frozenset(("file", "path", "dir", "directory"))
"""Last words of names that say where a secret is, not what it is."""
_HARMLESS = frozenset(("PWD", "OLDPWD"))
_INSIDE = re.compile(
    r"://[^/\s:@]*:[^/\s@]+@|\b(?:password|pwd|accountkey|sharedaccesskey)\s*=\s*[^;\s]", re.IGNORECASE
)
"""A password within a value: that of a URL's user, or a part of a connection string."""

REPEATS = re.compile(r"last-?applied|/(?:applied|original)$")
"""Annotations in which a tool keeps the whole manifest: kubectl's, kapp's, Rancher's and others of their kind."""


def is_telling(name: str, value: str) -> bool:
    """Whether the value of a variable of that name is to be masked."""
    if not value or name in _HARMLESS:
        return False
    if _INSIDE.search(value):
        return True
    words = [word.lower() for word in _WORDS.findall(name)]
    if not words or words[-1] in _PLACES:
        return False
    return bool(_TELLING.search(name)) or not _WHOLE.isdisjoint(words) or (len(words) > 1 and words[-1] == "auth")


def masked(value: str) -> str:
    """What stands for a value that is not shown."""
    return f"**** {len(value.encode(errors='replace')):,} bytes"


def value_of(variable: Body) -> str:
    """The value of an item of `env` as a page tells it: masked where it looks like a secret."""
    name, value = variable.get("name"), variable.get("value")
    if not isinstance(value, str):
        return ""
    return masked(value) if isinstance(name, str) and is_telling(name, value) else value


def keys_of(body: Body) -> list[str]:
    """The names of what is masked, sorted: `container/NAME`. What an annotation alone still has counts too."""
    mask = _Mask(frozenset())
    mask.of(body)
    return sorted(mask.met)


def shown(body: Body, keys: frozenset[str]) -> Body:
    """An object with such values masked but those of these keys; the object given is not changed."""
    told = _Mask(keys).of(body)
    assert isinstance(told, Mapping)
    return told


class _Mask:
    """Goes through an object. What is as it was stays the very same, so that a large one costs little."""

    def __init__(self, keys: frozenset[str]) -> None:
        self.met: set[str] = set()
        """The keys of all that is or would be masked."""
        self._keys = keys

    def of(self, value: Any) -> Any:
        """A mapping or a list with what is to be masked masked."""
        if isinstance(value, list):
            return _unless_same([self.of(item) if isinstance(item, Mapping | list) else item for item in value], value)
        told: dict[str, Any] = {}
        for key, item in value.items():
            if key == "env" and isinstance(item, list):
                told[key] = _unless_same([self._variable(each, value.get("name")) for each in item], item)
            elif key == "annotations" and isinstance(item, Mapping):
                told[key] = self._annotations(item)
            elif isinstance(item, Mapping | list):
                told[key] = self.of(item)
        changed = {key: item for key, item in told.items() if item is not value[key]}
        return {**value, **changed} if changed else value

    def _variable(self, variable: Any, container: Any) -> Any:
        if not isinstance(variable, Mapping):
            return variable
        name, value = variable.get("name"), variable.get("value")
        if not isinstance(name, str) or not isinstance(value, str) or not is_telling(name, value):
            return self.of(variable)
        key = f"{container}/{name}" if isinstance(container, str) else name
        self.met.add(key)
        return variable if key in self._keys else {**variable, "value": masked(value)}

    def _annotations(self, annotations: Body) -> Body:
        """Manifests that tools keep in annotations, masked like the object itself."""
        told = {}
        for key, text in annotations.items():
            if not REPEATS.search(key) or not isinstance(text, str):
                continue
            try:
                repeated = json.loads(text)
            except (ValueError, RecursionError):
                continue
            if isinstance(repeated, Mapping) and (safe := self.of(repeated)) is not repeated:
                told[key] = json.dumps(safe, separators=(",", ":"), ensure_ascii=False) + "\n"
        return {**annotations, **told} if told else annotations


def _unless_same(told: list[Any], value: list[Any]) -> list[Any]:
    return told if any(map(is_not, told, value)) else value
