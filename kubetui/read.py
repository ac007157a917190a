"""How a Struct says what is read of an API object: one description, from which both decoders are made.

`Read` names fields for JSON, `At[type, number]` carries the protobuf field number of the API group's
`generated.proto` beside the type. Fields not named here are never decoded.
"""

from datetime import datetime
from typing import Annotated as At
from typing import Any, NewType, TypeAlias, dataclass_transform

import msgspec

__all__ = ["At", "IntOrString", "Object", "ObjectMeta", "OwnerReference", "Quantity", "Read", "Shared", "TableRow"]

Quantity = NewType("Quantity", str)
"""A resource quantity as the server writes it: `100m`, `128Mi`."""


class Shared:
    """Beside a field's number: many objects have the same value there, so it is decoded once and then shared."""


IntOrString: TypeAlias = int | str
"""k8s.io/apimachinery/pkg/util/intstr: a port number or name, a count or percentage."""

_INITIALISMS = {"ip": "IP", "ips": "IPs", "id": "ID", "cidr": "CIDR"}


def _json_name(field: str) -> str:
    """The API's spelling of a field: `pod_ip` is `podIP`, `restart_count` is `restartCount`."""
    first, *rest = field.rstrip("_").split("_")
    return first + "".join(_INITIALISMS.get(word, word.capitalize()) for word in rest)


@dataclass_transform(frozen_default=True)
class Read(msgspec.Struct, frozen=True, gc=False, rename=_json_name):
    """Part of an API object: just the fields that rows, health and relations need. Frozen, so history is cheap."""


class OwnerReference(Read):
    """k8s.io/apimachinery meta/v1 OwnerReference."""

    kind: At[str, 1] = ""
    name: At[str, 3] = ""
    uid: At[str, 4] = ""
    api_version: At[str, 5] = ""
    controller: At[bool, 6] = False


class ObjectMeta(Read):
    """k8s.io/apimachinery meta/v1 ObjectMeta, without annotations and managed fields, which are most of its bytes."""

    name: At[str, 1] = ""
    namespace: At[str, 3] = ""
    uid: At[str, 5] = ""
    resource_version: At[str, 6] = ""
    creation_timestamp: At[datetime | None, 8] = None
    deletion_timestamp: At[datetime | None, 9] = None
    labels: At[dict[str, str], 11, Shared] = {}
    owner_references: At[tuple[OwnerReference, ...], 13, Shared] = ()


class Object(Read):
    """Anything with metadata: what every store, view and relation may rely on."""

    metadata: At[ObjectMeta, 1] = ObjectMeta()


class TableRow(Object):
    """One row of a server-side table: the cells are the server's, in the order of its column definitions."""

    cells: tuple[Any, ...] = ()
