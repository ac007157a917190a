"""What of an object is shown: of a secret's values nothing until it is asked for, nor of variables like it. Pure."""

import base64
import binascii
from typing import Any, NamedTuple

from kubetui.kinds import variables
from kubetui.kinds.page import Body
from kubetui.kinds.pages.generic import size
from kubetui.resource import Resource

FIELDS = ("data", "stringData")
"""Where a secret has its values."""


class Reveal(NamedTuple):
    """Which of the values that are masked by themselves are shown, and how."""

    keys: frozenset[str] = frozenset()
    decoded: bool = True
    """Of a secret: as the text they stand for; else in base64, as the server has them."""

    def __str__(self) -> str:
        if not self.keys:
            return "values masked"
        how = "decoded" if self.decoded else "as they are, in base64"
        return f"{len(self.keys)} {'value' if len(self.keys) == 1 else 'values'} {how}"


MASKED = Reveal()


def is_secret(resource: Resource) -> bool:
    """Whether objects of that resource hold what is not to be seen by chance."""
    return resource.qualified == "secrets"


def hidden(resource: Resource, body: Body) -> list[str]:
    """The names of an object's values that are masked by themselves, sorted."""
    return keys_of(body) if is_secret(resource) else variables.keys_of(body)


def masked(resource: Resource, body: Body, reveal: Reveal) -> dict[str, Any]:
    """An object with its values masked but those that are to be shown; the object given is not changed."""
    return shown(body, reveal) if is_secret(resource) else dict(variables.shown(body, reveal.keys))


def keys_of(body: Body) -> list[str]:
    """The names of a secret's values, sorted."""
    return sorted({str(key) for field in FIELDS if isinstance(body.get(field), dict) for key in body[field]})


def shown(body: Body, reveal: Reveal) -> dict[str, Any]:
    """A secret with its values masked but those that are to be shown; the object given is not changed.

    Annotations in which tools keep the whole manifest, the values too, are shown only with all of them as they are.
    """
    if reveal.keys and not reveal.decoded and reveal.keys.issuperset(keys_of(body)):
        return dict(body)
    told = dict(body)
    for field in FIELDS:
        if isinstance(values := body.get(field), dict):
            told[field] = {key: _value(value, field, reveal, key in reveal.keys) for key, value in values.items()}
    annotations = (body.get("metadata") or {}).get("annotations")
    if isinstance(annotations, dict):
        repeated = dict.fromkeys(filter(variables.REPEATS.search, annotations), "**** masked, as it holds the values")
        told["metadata"] = body["metadata"] | {"annotations": annotations | repeated}
    return told


def _value(value: Any, field: str, reveal: Reveal, is_shown: bool) -> Any:
    if not isinstance(value, str):
        return value if value is None or is_shown else "****"
    if not is_shown:
        return _mask(value)
    return _decode(value) if reveal.decoded and field == "data" else value


def _mask(value: str) -> str:
    return f"**** {size(value, encoded=True):,} bytes"


def _decode(value: str) -> str:
    """The text a value stands for; what is no text is told by its length."""
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return f"**** {size(value, encoded=True):,} bytes that are no text"
