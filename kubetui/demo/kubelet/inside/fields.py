"""What environments and volumes refer to: fields of the pod, resources, keys of ConfigMaps and Secrets. Pure."""

import base64
import re
from binascii import Error as Base64Error
from math import ceil
from typing import Any

from kubetui.demo.objects import Json, name_of, namespace_of, uid_of
from kubetui.demo.quantity import number

_KEYED = re.compile(r"metadata\.(labels|annotations)\['([^']+)'\]")
_WHOLE_NODE = {"cpu": "4", "memory": "16Gi", "ephemeral-storage": "100Gi"}
"""What a container without a limit is told: the node's own."""


def field_of(pod: Json, path: str) -> str:
    """The text of a field of the pod, as the downward API gives it; empty for what is not known."""
    metadata, spec, status = pod["metadata"], pod["spec"], pod.get("status") or {}
    keyed = _KEYED.fullmatch(path)
    if keyed:
        return str((metadata.get(keyed[1]) or {}).get(keyed[2], ""))
    if path in ("metadata.labels", "metadata.annotations"):
        pairs = metadata.get(path.partition(".")[2]) or {}
        return "\n".join(f'{key}="{_escaped(str(value))}"' for key, value in sorted(pairs.items()))
    known: dict[str, Any] = {
        "metadata.name": name_of(pod),
        "metadata.namespace": namespace_of(pod),
        "metadata.uid": uid_of(pod),
        "spec.nodeName": spec.get("nodeName"),
        "spec.serviceAccountName": spec.get("serviceAccountName"),
        "status.hostIP": status.get("hostIP"),
        "status.hostIPs": status.get("hostIP"),
        "status.podIP": status.get("podIP"),
        "status.podIPs": status.get("podIP"),
    }
    return str(known.get(path) or "")


def resource_of(pod: Json, container: Json, reference: Json) -> str:
    """A request or limit of a container, in units of its divisor, rounded up."""
    name = reference.get("containerName")
    of = next((one for one in pod["spec"]["containers"] if one["name"] == name), container)
    kind, _, what = str(reference.get("resource", "")).partition(".")
    given = of.get("resources") or {}
    amount = (given.get(kind) or {}).get(what) or (given.get("limits") or {}).get(what) or _WHOLE_NODE.get(what, "0")
    divisor = number(reference.get("divisor") or "1") or 1.0
    return str(ceil(number(amount) / divisor))


def keys_of(obj: Json | None) -> dict[str, bytes]:
    """The keys and values of a ConfigMap or a Secret, in order; nothing where there is none."""
    if obj is None:
        return {}
    if obj.get("kind") == "Secret":
        found = {key: _decoded(value) for key, value in (obj.get("data") or {}).items()}
    else:
        found = {key: str(value).encode() for key, value in (obj.get("data") or {}).items()}
        found |= {key: _decoded(value) for key, value in (obj.get("binaryData") or {}).items()}
    return dict(sorted(found.items()))


def _decoded(text: Any) -> bytes:
    try:
        return base64.b64decode(str(text or ""))
    except (Base64Error, ValueError):
        return b""


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
