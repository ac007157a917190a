"""Deployments: what is read of them, kubectl's columns, and how a rollout is doing. Pure."""

from datetime import datetime

from kubetui.kinds.columns import age, age_order, name
from kubetui.kinds.kind import Column, Health, Kind
from kubetui.kinds.selector import LabelSelector, selector_text
from kubetui.kinds.template import PodTemplate
from kubetui.read import At, Object, Read
from kubetui.resource import resource


class DeploymentSpec(Read):
    """apps/v1 DeploymentSpec."""

    replicas: At[int, 1] = 1
    selector: At[LabelSelector, 2] = LabelSelector()
    template: At[PodTemplate, 3] = PodTemplate()
    paused: At[bool, 7] = False


class DeploymentCondition(Read):
    """apps/v1 DeploymentCondition."""

    type: At[str, 1] = ""
    status: At[str, 2] = ""
    reason: At[str, 4] = ""
    last_transition_time: At[datetime | None, 7] = None


class DeploymentStatus(Read):
    """apps/v1 DeploymentStatus."""

    replicas: At[int, 2] = 0
    updated_replicas: At[int, 3] = 0
    available_replicas: At[int, 4] = 0
    conditions: At[tuple[DeploymentCondition, ...], 6] = ()
    ready_replicas: At[int, 7] = 0


class Deployment(Object):
    """apps/v1 Deployment."""

    spec: At[DeploymentSpec, 2] = DeploymentSpec()
    status: At[DeploymentStatus, 3] = DeploymentStatus()

    def condition(self, type_: str) -> DeploymentCondition | None:
        """The condition of that type."""
        return next((condition for condition in self.status.conditions if condition.type == type_), None)


def ready(deployment: Deployment) -> str:
    """READY."""
    return f"{deployment.status.ready_replicas}/{deployment.spec.replicas}"


def ready_ratio(deployment: Deployment) -> tuple[float, int]:
    """What READY is sorted by: the part that is ready, then how many are wanted."""
    wanted = deployment.spec.replicas
    return (deployment.status.ready_replicas / wanted if wanted else 1.0, wanted)


def health(deployment: Deployment) -> Health:
    """How a deployment is doing: broken where its rollout is stuck, or is over and yet nothing serves."""
    wanted, status = deployment.spec.replicas, deployment.status
    progressing, failure = deployment.condition("Progressing"), deployment.condition("ReplicaFailure")
    if deployment.metadata.deletion_timestamp is not None:
        return Health.PROGRESS
    if failure is not None and failure.status == "True":
        return Health.BROKEN
    if progressing is not None and progressing.reason == "ProgressDeadlineExceeded":
        return Health.BROKEN
    if wanted == 0 and status.replicas == 0:
        return Health.OFF
    if wanted == status.replicas == status.updated_replicas == status.available_replicas:
        return Health.WELL
    rolled_out = progressing is not None and progressing.reason == "NewReplicaSetAvailable"
    return Health.BROKEN if rolled_out and status.available_replicas == 0 else Health.PROGRESS


DEPLOYMENT: Kind[Deployment] = Kind(
    Deployment,
    resource("apps/v1", "deployments", "Deployment", "deploy", subresources=("scale", "status")),
    columns=(
        Column("NAME", name),
        Column("READY", ready, by=ready_ratio, tint=health),
        Column(
            "UP-TO-DATE",
            lambda deployment: str(deployment.status.updated_replicas),
            by=lambda deployment: deployment.status.updated_replicas,
            align="right",
        ),
        Column(
            "AVAILABLE",
            lambda deployment: str(deployment.status.available_replicas),
            by=lambda deployment: deployment.status.available_replicas,
            align="right",
        ),
        Column("AGE", age, by=age_order),
        Column("CONTAINERS", lambda deployment: deployment.spec.template.names, wide=True),
        Column("IMAGES", lambda deployment: deployment.spec.template.images, wide=True),
        Column("SELECTOR", lambda deployment: selector_text(deployment.spec.selector), wide=True),
    ),
    health=health,
)
