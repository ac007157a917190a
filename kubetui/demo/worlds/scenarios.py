"""Things that happen to a cluster: each begins what it says by a person's means or by an outage, and scripts nothing.

What follows is the work of controllers, scheduler and kubelets. They work on any world that has a Deployment, and best
on the shop.
"""

from collections.abc import Callable, Mapping

import msgspec

from kubetui.demo.control_plane import ControlPlane
from kubetui.demo.kubelet.behaviour import ANNOTATION
from kubetui.demo.kubelet.usage import LOAD
from kubetui.demo.objects import Json, deleting, labels_of, name_of, namespace_of
from kubetui.demo.resources import (
    DEPLOYMENTS,
    NODES,
    PERSISTENTVOLUMECLAIMS,
    PODS,
    RESOURCEQUOTAS,
)
from kubetui.demo.worlds.manifests import container, deployment, template

_ZONE = "topology.kubernetes.io/zone"
_FAVOURITE = "tic-tac-toe"
"""The workload that scenarios happen to where there is one."""


class Scenario(msgspec.Struct, frozen=True):
    """Something that happens."""

    watch: str
    """One line of what to look at."""
    begin: Callable[[ControlPlane], str]
    """Begins it; returns the name of what it happens to. LookupError where there is nothing that it can happen to."""


def _workload(plane: ControlPlane) -> Json:
    """The Deployment that it happens to: the favourite, else the first one of people."""
    found = [one for one in plane.registry.list(DEPLOYMENTS) if namespace_of(one) != "kube-system"]
    chosen = next((one for one in found if name_of(one) == _FAVOURITE), found[0] if found else None)
    if chosen is None:
        raise LookupError("there is no deployment that this could happen to")
    return chosen


def _pod_of(plane: ControlPlane, workload: Json) -> Json:
    wanted = workload["spec"]["selector"].get("matchLabels") or {}
    for pod in plane.registry.list(PODS, namespace_of(workload)):
        labels = labels_of(pod)
        if not deleting(pod) and all(labels.get(name) == value for name, value in wanted.items()):
            return pod
    raise LookupError(f"{name_of(workload)} has no pod")


def _node(plane: ControlPlane) -> str:
    """The node of one of the workload's pods."""
    node = _pod_of(plane, _workload(plane))["spec"].get("nodeName")
    if node not in plane.fleet.kubelets:
        raise LookupError("the pod is on no node")
    return str(node)


def _change(plane: ControlPlane, workload: Json, pods: Json) -> str:
    patch = {"spec": {"template": pods}}
    plane.registry.patch(DEPLOYMENTS, namespace_of(workload), name_of(workload), patch)
    return name_of(workload)


def _with_image(workload: Json, tag: str) -> Json:
    first, *others = workload["spec"]["template"]["spec"]["containers"]
    image = first["image"].rpartition(":")[0] or first["image"]
    return {"spec": {"containers": [{**first, "image": f"{image}:{tag}"}, *others]}}


def _doing(what: str) -> Json:
    return {"metadata": {"annotations": {ANNOTATION: what}}}


def _pod_killed(plane: ControlPlane) -> str:
    pod = _pod_of(plane, _workload(plane))
    plane.registry.delete(PODS, namespace_of(pod), name_of(pod))
    return name_of(pod)


def _node_dies(plane: ControlPlane) -> str:
    node = _node(plane)
    plane.fleet.kubelets[node].power_off()
    return node


def _network_split(plane: ControlPlane) -> str:
    node = _node(plane)
    plane.fleet.kubelets[node].disconnect()
    return node


def _zone_dies(plane: ControlPlane) -> str:
    zone = plane.fleet.kubelets[_node(plane)].machine.zone
    for kubelet in plane.fleet.kubelets.values():
        if kubelet.machine.zone == zone:
            kubelet.power_off()
    return zone


def _nodes_return(plane: ControlPlane) -> str:
    back = [kubelet for kubelet in plane.fleet.kubelets.values() if not kubelet.connected]
    for kubelet in back:
        kubelet.power_on()
        kubelet.reconnect()
    return ", ".join(kubelet.name for kubelet in back) or "no node was away"


def _cordon(plane: ControlPlane) -> str:
    node = _node(plane)
    plane.registry.patch(NODES, "", node, {"spec": {"unschedulable": True}})
    return node


def _rolling_update(plane: ControlPlane) -> str:
    workload = _workload(plane)
    return _change(plane, workload, _with_image(workload, f"2.{plane.registry.rng.randrange(1000)}"))


def _image_typo(plane: ControlPlane) -> str:
    workload = _workload(plane)
    return _change(plane, workload, _with_image(workload, "typo"))


def _bad_rollout(plane: ControlPlane) -> str:
    return _change(plane, _workload(plane), _doing("start=1h"))


def _crash_loop(plane: ControlPlane) -> str:
    return _change(plane, _workload(plane), _doing("start=1m crash=3s"))


def _out_of_memory(plane: ControlPlane) -> str:
    return _change(plane, _workload(plane), _doing("oom=40s"))


def _load_spike(plane: ControlPlane) -> str:
    workload = _workload(plane)
    patch = {"metadata": {"annotations": {LOAD: "1500m"}}}
    plane.registry.patch(DEPLOYMENTS, namespace_of(workload), name_of(workload), patch)
    return name_of(workload)


def _unschedulable(plane: ControlPlane) -> str:
    huge = container("solver", "shop/solver:1.0", cpu="64", memory="512Gi")
    plane.registry.create(DEPLOYMENTS, deployment("default", "solver", 1, template("solver", [huge])), "default")
    return "solver"


def _claim_pending(plane: ControlPlane) -> str:
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "premium",
        "resources": {"requests": {"storage": "5Gi"}},
    }
    plane.registry.create(PERSISTENTVOLUMECLAIMS, {"metadata": {"name": "archive"}, "spec": spec}, "default")
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "archive"}}]
    pods = template("archive", [container("archive", "shop/archive:1.0")], volumes=volumes)
    plane.registry.create(DEPLOYMENTS, deployment("default", "archive", 1, pods), "default")
    return "archive"


def _quota_exceeded(plane: ControlPlane) -> str:
    workload = _workload(plane)
    where = namespace_of(workload)
    most = {"hard": {"pods": str(len(plane.registry.list(PODS, where)) + 1)}}
    plane.registry.create(RESOURCEQUOTAS, {"metadata": {"name": "few-pods"}, "spec": most}, where)
    replicas = {"spec": {"replicas": workload["spec"]["replicas"] + 4}}
    plane.registry.patch(DEPLOYMENTS, where, name_of(workload), replicas)
    return name_of(workload)


SCENARIOS: Mapping[str, Scenario] = {
    "pod-killed": Scenario("A pod goes, and its ReplicaSet has made another before it is gone.", _pod_killed),
    "node-dies": Scenario(
        "After 50 s the node is NotReady and traffic has moved; after 350 s its pods are replaced.", _node_dies
    ),
    "zone-dies": Scenario("All nodes of one zone fall silent: spread-out workloads keep answering.", _zone_dies),
    "network-split": Scenario(
        "The node looks dead, yet its containers run on: no restarts afterwards.", _network_split
    ),
    "nodes-return": Scenario(
        "Dead and cut-off nodes come back; pods that were replaced come to their end.", _nodes_return
    ),
    "cordon": Scenario("The node keeps its pods and gets no new ones.", _cordon),
    "rolling-update": Scenario("New pods come and old ones go, a quarter at a time.", _rolling_update),
    "bad-rollout": Scenario("The new pods never get ready, so the old ones stay; roll back to end it.", _bad_rollout),
    "crash-loop": Scenario(
        "The new pods crash before they are ready, and wait ever longer: 10 s, 20 s, 40 s … 5 min.", _crash_loop
    ),
    "image-typo": Scenario("The new image can't be pulled: ErrImagePull, then ImagePullBackOff.", _image_typo),
    "out-of-memory": Scenario("Containers eat their memory and are OOMKilled, exit code 137.", _out_of_memory),
    "unschedulable": Scenario("The pod `solver` asks for more than any node has; its events say so.", _unschedulable),
    "pvc-pending": Scenario(
        "The claim `archive` names a StorageClass that is not there, so its pod waits.", _claim_pending
    ),
    "quota-exceeded": Scenario("The ReplicaSet may create one pod more and is refused the others.", _quota_exceeded),
    "load-spike": Scenario("Use of cpu rises; where an autoscaler watches, pods come within 15 s.", _load_spike),
}
"""What can be started, by name."""
