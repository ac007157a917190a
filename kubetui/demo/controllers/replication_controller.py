"""The ReplicationController controller: the older form of the ReplicaSet's, with a plain selector."""

from kubetui.demo.controllers.replicaset import ReplicaSetController
from kubetui.demo.objects import Json
from kubetui.demo.resources import REPLICATIONCONTROLLERS
from kubetui.demo.selectors import LabelSelector, object_selector


class ReplicationControllerController(ReplicaSetController):
    """Reconciles ReplicationControllers."""

    component = "replication-controller"
    resource = REPLICATIONCONTROLLERS

    def selector_of(self, owner: Json) -> LabelSelector:
        return object_selector({"matchLabels": owner["spec"].get("selector") or {}}) or LabelSelector()
