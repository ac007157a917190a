"""The kinds that have a file of their own, and how they are found by name."""

from typing import Any

from kubetui.kinds.deployment import DEPLOYMENT
from kubetui.kinds.endpointslice import ENDPOINTSLICE
from kubetui.kinds.event import EVENT
from kubetui.kinds.kind import Kind
from kubetui.kinds.namespace import NAMESPACE
from kubetui.kinds.node import NODE
from kubetui.kinds.pod import POD
from kubetui.kinds.replicaset import REPLICASET
from kubetui.kinds.service import SERVICE

BUILTIN: tuple[Kind[Any], ...] = (NODE, POD, DEPLOYMENT, REPLICASET, SERVICE, ENDPOINTSLICE, EVENT, NAMESPACE)

_BY_WORD = {word.lower(): kind for kind in BUILTIN for word in (*kind.resource.names, kind.resource.kind)}


def find(word: str) -> Kind[Any] | None:
    """The kind that a person means: by its plural, singular or short name, `plural.group`, or kind; in any case."""
    return _BY_WORD.get(word.lower())


def by_name(word: str) -> Kind[Any]:
    """The same, where it must be one of them; raises KeyError."""
    return _BY_WORD[word.lower()]
