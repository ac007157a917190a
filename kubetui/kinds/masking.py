"""What of a secret is shown: nothing of its values, until it is asked for. Pure."""

import base64
import binascii
from collections.abc import Callable
from enum import Enum
from typing import Any

from kubetui.kinds.page import Body
from kubetui.kinds.pages.generic import size
from kubetui.kinds.pages.metadata import LAST_APPLIED
from kubetui.resource import Resource


class Reveal(Enum):
    """How much of a secret's values is shown."""

    MASKED = "values masked"
    AS_IS = "values as they are, in base64"
    DECODED = "values decoded"

    def next(self) -> "Reveal":
        """The next one in turn."""
        steps = list(Reveal)
        return steps[(steps.index(self) + 1) % len(steps)]


def is_secret(resource: Resource) -> bool:
    """Whether objects of that resource hold what is not to be seen by chance."""
    return resource.qualified == "secrets"


def shown(body: Body, reveal: Reveal) -> dict[str, Any]:
    """A secret with its values masked, as they are, or decoded; the object given is not changed."""
    told = dict(body)
    if reveal is Reveal.AS_IS:
        return told
    change = _mask if reveal is Reveal.MASKED else _decode
    told |= {key: _each(body[key], change) for key in ("data", "stringData") if isinstance(body.get(key), dict)}
    if reveal is Reveal.DECODED and "stringData" in body:
        told["stringData"] = body["stringData"]
    annotations = (body.get("metadata") or {}).get("annotations")
    if reveal is Reveal.MASKED and isinstance(annotations, dict) and LAST_APPLIED in annotations:
        masked = annotations | {LAST_APPLIED: "**** masked, as it holds the values"}
        told["metadata"] = body["metadata"] | {"annotations": masked}
    return told


def _each(values: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    return {key: change(value) if isinstance(value, str) else value for key, value in values.items()}


def _mask(value: str) -> str:
    return f"**** {size(value, encoded=True):,} bytes"


def _decode(value: str) -> str:
    """The text a value stands for; what is no text is told by its length."""
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return f"**** {size(value, encoded=True):,} bytes that are no text"
