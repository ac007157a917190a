"""Replica sets: what is read of them, kubectl's columns, and how they are doing. Pure."""

from datetime import datetime

from kubetui.kinds.columns import NONE, age, age_order, name
from kubetui.kinds.kind import Column, Health, Kind
from kubetui.kinds.selector import LabelSelector, selector_text
from kubetui.kinds.template import PodTemplate
from kubetui.read import At, Object, ObjectMeta, Read
from kubetui.resource import resource

_REVISION = "deployment.kubernetes.io/revision"


class ReplicaSetMeta(ObjectMeta):
    """meta/v1 ObjectMeta with annotations: they tell the revision of the deployment."""

    annotations: At[dict[str, str], 12] = {}


class ReplicaSetSpec(Read):
    """apps/v1 ReplicaSetSpec."""

    replicas: At[int, 1] = 1
    selector: At[LabelSelector, 2] = LabelSelector()
    template: At[PodTemplate, 3] = PodTemplate()


class ReplicaSetCondition(Read):
    """apps/v1 ReplicaSetCondition."""

    type: At[str, 1] = ""
    status: At[str, 2] = ""
    last_transition_time: At[datetime | None, 3] = None
    reason: At[str, 4] = ""


class ReplicaSetStatus(Read):
    """apps/v1 ReplicaSetStatus."""

    replicas: At[int, 1] = 0
    ready_replicas: At[int, 4] = 0
    available_replicas: At[int, 5] = 0
    conditions: At[tuple[ReplicaSetCondition, ...], 6] = ()


class ReplicaSet(Object):
    """apps/v1 ReplicaSet."""

    metadata: At[ReplicaSetMeta, 1] = ReplicaSetMeta()
    spec: At[ReplicaSetSpec, 2] = ReplicaSetSpec()
    status: At[ReplicaSetStatus, 3] = ReplicaSetStatus()

    @property
    def revision(self) -> str:
        """The deployment's revision that it stands for; empty where no deployment made it."""
        return self.metadata.annotations.get(_REVISION, "")


def health(replica_set: ReplicaSet) -> Health:
    """How a replica set is doing: off where none are wanted, as are those of past revisions."""
    wanted, status = replica_set.spec.replicas, replica_set.status
    if replica_set.metadata.deletion_timestamp is not None:
        return Health.PROGRESS
    if any(condition.type == "ReplicaFailure" and condition.status == "True" for condition in status.conditions):
        return Health.BROKEN
    if wanted == 0 and status.replicas == 0:
        return Health.OFF
    return Health.WELL if wanted == status.replicas == status.available_replicas else Health.PROGRESS


REPLICASET: Kind[ReplicaSet] = Kind(
    ReplicaSet,
    resource("apps/v1", "replicasets", "ReplicaSet", "rs", subresources=("scale", "status")),
    columns=(
        Column("NAME", name),
        Column(
            "DESIRED",
            lambda replica_set: str(replica_set.spec.replicas),
            by=lambda replica_set: replica_set.spec.replicas,
            align="right",
        ),
        Column(
            "CURRENT",
            lambda replica_set: str(replica_set.status.replicas),
            by=lambda replica_set: replica_set.status.replicas,
            align="right",
        ),
        Column(
            "READY",
            lambda replica_set: str(replica_set.status.ready_replicas),
            by=lambda replica_set: replica_set.status.ready_replicas,
            align="right",
            tint=health,
        ),
        Column("AGE", age, by=age_order),
        Column("CONTAINERS", lambda replica_set: replica_set.spec.template.names, wide=True),
        Column("IMAGES", lambda replica_set: replica_set.spec.template.images, wide=True),
        Column("SELECTOR", lambda replica_set: selector_text(replica_set.spec.selector) or NONE, wide=True),
    ),
    health=health,
)
