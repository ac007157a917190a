"""What is hidden on a shared screen: all names that are known, and whatever looks like an address or a made name.

Works on lines as they are about to be shown, whichever widget made them, and keeps their length: so no widget can
forget it, and nothing moves. A name that was cut is known by its beginning or its end.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from kubetui.kinds.kind import Kind
from kubetui.live.change import Change
from kubetui.read import Object
from kubetui.text import sanitise
from kubetui.tui.veil.pseudonyms import Pseudonyms

STATES = frozenset({"live", "stale", "polled", "syncing", "connecting", "forbidden", "gone", "production"})
"""Words that tell the truth of a screen: never hidden, though something may be called so."""
GROUPS = (".apps", ".batch", ".autoscaling", ".policy", ".k8s.io", ".kubernetes.io")
"""How the names of kinds and well-known labels end, which look like those of hosts."""
SHORTEST_PART = 4
"""Letters of the beginning or the end of a name from which on it is known by them at the edge of a line."""
CUT = "…›"

_WORD = re.compile(rf"[^\s/|,;=\"'`()\[\]{{}}<>@:{CUT}]+")
_SIMPLE = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?")
_NUMBER = re.compile(r"[0-9]{1,6}(?:[.][0-9]+)?(?:[a-zA-Z%]{0,2}(?:[0-9]+[smhd])?)?")
"""Counts, ages, quantities and ports, which are no names even where something has one as its name."""
_ADDRESS = re.compile(
    r"(?<![\w.])(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}"  # IPv4
    r"|(?:[0-9a-fA-F]{1,4}:){2,7}(?::?[0-9a-fA-F]{1,4})+|(?:[0-9a-fA-F]{1,4}:)+:|::(?:[0-9a-fA-F]{1,4}:?)+"  # IPv6
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # a uid
    r"|(?=[^\s/]*[a-zA-Z])[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9][-a-zA-Z0-9]*)*\.[a-zA-Z]{2,})"
    r"(?![\w])"
)
_CUT_ADDRESS = re.compile(r"[0-9]{0,3}(?:\.[0-9]{0,3}){1,3}")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2}")
_MADE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*-[bcdfghjklmnpqrstvwxz2456789]{5}")
"""A name that Kubernetes made: the letters are those of apimachinery's rand.SafeEncodeString."""


class Veil:
    """Knows what is to be hidden. It is fed names; `masked` hides them."""

    def __init__(self, pseudonyms: Pseudonyms | None = None) -> None:
        self._pseudonyms = pseudonyms or Pseudonyms()
        self._names: dict[str, str] = {}
        """What is shown for each known name, and for the last part of those that are told by it."""
        self._odd: set[str] = set()
        """Names that are more than one word on a screen: contexts, users, and whatever is out to do harm."""
        self._sorted: list[str] = []
        self._reversed: list[str] = []
        self.version = 0
        """Grows with each name."""
        self._masked = lru_cache(maxsize=4096)(self._mask)

    def masked(self, line: str) -> str:
        """The line with all of that hidden; as many characters, each as wide."""
        return line if line.isspace() else self._masked(line)

    def learn(self, names: Iterable[str]) -> None:
        """Hides these from now on."""
        before = len(self._names) + len(self._odd)
        for name in map(sanitise, names):
            if not name or name in self._names or name in STATES or _NUMBER.fullmatch(name):
                continue
            if _SIMPLE.fullmatch(name):
                shown = self._names[name] = self._pseudonyms.of(name)
                if _MADE.fullmatch(name):
                    self._names.setdefault(name[-5:], shown[-5:])
            elif name not in self._odd:
                self._odd.add(name)
                # Where only part of it is shown, it is known by its words.
                self.learn(word for word in _WORD.findall(name) if len(word) > 2)
        if len(self._names) + len(self._odd) != before:
            self.version += 1
            self._sorted, self._reversed = [], []
            self._masked.cache_clear()

    def learn_objects(self, kind: Kind[Any], objects: Iterable[Object]) -> None:
        """Hides the names of objects, of what they are tied to, and what they are labelled with."""
        names: set[str] = set()
        for obj in objects:
            meta = obj.metadata
            names.update((meta.name, meta.namespace, *(owner.name for owner in meta.owner_references)))
            names.update(value for key, value in meta.labels.items() if value not in ("true", "false"))
            names.update(link.to.rpartition("/")[2] for link in kind.links(obj) if "/" in link.to)
        self.learn(names)

    def learn_document(self, body: Mapping[str, Any]) -> None:
        """Hides what an object names: the values of all fields that are called a name, a namespace, a host or a uid."""
        self.learn(_named(body))

    def changed(self, changes: list[Change]) -> None:
        """Takes what a store tells, before it is shown."""
        for change in changes:
            if change.old is None:
                self.learn_objects(change.kind, (change.object,))

    def _mask(self, line: str) -> str:
        for name in sorted(self._odd, key=len, reverse=True):
            if name in line:
                line = line.replace(name, self._pseudonyms.of(name))
        line = _ADDRESS.sub(lambda found: self._address(found.group()), line)
        words = list(_WORD.finditer(line))
        parts: list[str] = []
        end = 0
        for at, word in enumerate(words):
            before, after = line[: word.start()][-1:], line[word.end() :][:1]
            is_cut = bool(before and before in CUT) or bool(after and after in CUT)
            parts.append(line[end : word.start()])
            if is_cut and _CUT_ADDRESS.fullmatch(word.group()):
                parts.append(self._pseudonyms.of(word.group()))
            else:
                is_start = after in CUT if after else at == len(words) - 1
                is_end = before in CUT if before else at == 0
                parts.append(self._word(word.group(), is_start=is_start, is_end=is_end))
            end = word.end()
        return "".join(parts) + line[end:]

    def _address(self, text: str) -> str:
        if _TIME.fullmatch(text) or text in self._names or text.endswith(GROUPS):
            return text
        return self._pseudonyms.of(text)

    def _word(self, word: str, *, is_start: bool, is_end: bool) -> str:
        """A word as it is shown; whether it may be but the start, or the end, of a name."""
        core = word.rstrip(".,!?")
        rest = word[len(core) :]
        if (shown := self._names.get(core)) is not None:
            return shown + rest
        if _MADE.fullmatch(core):
            return self._pseudonyms.of(core) + rest
        if is_start and (name := self._begins(core)):
            return self._names[name][: len(core)] + rest
        if is_end and (name := self._ends(core)):
            return self._names[name][-len(core) :] + rest
        return word

    def _begins(self, part: str) -> str | None:
        if len(part) < SHORTEST_PART:
            return None
        self._sorted = self._sorted or sorted(self._names)
        at = bisect_left(self._sorted, part)
        return self._sorted[at] if at < len(self._sorted) and self._sorted[at].startswith(part) else None

    def _ends(self, part: str) -> str | None:
        if len(part) < SHORTEST_PART:
            return None
        self._reversed = self._reversed or sorted(name[::-1] for name in self._names)
        at = bisect_left(self._reversed, part[::-1])
        found = self._reversed[at][::-1] if at < len(self._reversed) else ""
        return found if found.endswith(part) else None


def _named(value: Any) -> Iterator[str]:
    """The names in a document, however deep."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += part
        elif isinstance(part, Mapping):
            waiting += part.values()
            yield from (
                each
                for key, each in part.items()
                if isinstance(each, str) and key.lower().endswith(("name", "namespace", "host", "uid"))
            )
