"""Namespaces: what is read of them, kubectl's columns, and how they are doing. Pure."""

from kubetui.kinds.columns import age, age_order, name
from kubetui.kinds.kind import Column, Health, Kind
from kubetui.read import At, Object, Read
from kubetui.resource import resource


class NamespaceCondition(Read):
    """core/v1 NamespaceCondition: while it terminates, what keeps it."""

    type: At[str, 1] = ""
    status: At[str, 2] = ""
    reason: At[str, 5] = ""


class NamespaceStatus(Read):
    """core/v1 NamespaceStatus."""

    phase: At[str, 1] = ""
    conditions: At[tuple[NamespaceCondition, ...], 2] = ()


class Namespace(Object):
    """core/v1 Namespace."""

    status: At[NamespaceStatus, 3] = NamespaceStatus()


_FAILURES = frozenset(
    (
        "NamespaceDeletionDiscoveryFailure",
        "NamespaceDeletionGroupVersionParsingFailure",
        "NamespaceDeletionContentFailure",
    )
)


def health(namespace: Namespace) -> Health:
    """How a namespace is doing: broken where it cannot be emptied."""
    if namespace.status.phase == "Active":
        return Health.WELL
    failed = any(each.type in _FAILURES and each.status == "True" for each in namespace.status.conditions)
    return Health.BROKEN if failed else Health.PROGRESS


NAMESPACE: Kind[Namespace] = Kind(
    Namespace,
    resource("v1", "namespaces", "Namespace", "ns", namespaced=False, subresources=("finalize", "status")),
    columns=(
        Column("NAME", name),
        Column("STATUS", lambda namespace: namespace.status.phase, tint=health),
        Column("AGE", age, by=age_order),
    ),
    health=health,
)
