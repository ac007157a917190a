"""Namespaces: what their columns say and how they are doing."""

import pytest

from kubetui.kinds.kind import Health
from kubetui.kinds.namespace import NAMESPACE
from tests.kinds.build import build, row

STUCK = [{"type": "NamespaceDeletionContentFailure", "status": "True", "reason": "ContentDeletionFailed"}]
EMPTYING = [{"type": "NamespaceContentRemaining", "status": "True"}, {**STUCK[0], "status": "False"}]


def test_the_row_of_a_namespace() -> None:
    assert row(NAMESPACE, build(NAMESPACE, "shop", status={"phase": "Active"})) == {
        "NAME": "shop",
        "STATUS": "Active",
        "AGE": "60m",
    }


@pytest.mark.parametrize(
    ("status", "health"),
    [
        ({"phase": "Active"}, Health.WELL),
        ({"phase": "Terminating"}, Health.PROGRESS),
        ({"phase": "Terminating", "conditions": EMPTYING}, Health.PROGRESS),
        ({"phase": "Terminating", "conditions": STUCK}, Health.BROKEN),
    ],
)
def test_a_namespace_is_broken_where_it_cannot_be_emptied(status: dict[str, object], health: Health) -> None:
    assert NAMESPACE.health(build(NAMESPACE, status=status)) is health
