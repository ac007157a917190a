"""A small shop of a cluster on the fake API server: two deployments, their pods on three nodes, two services."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fake.apiserver import FakeApiServer, an_object

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
CREATED = "2026-11-22T08:00:00Z"


def stamp(seconds: float = 0.0) -> str:
    """A moment so many seconds after NOW, as the API writes it."""
    return (NOW + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def made(obj: dict[str, Any], created: str = CREATED) -> dict[str, Any]:
    """The object with its time of birth."""
    obj["metadata"]["creationTimestamp"] = created
    return obj


def owned(kind: str, name: str, uid: str) -> list[dict[str, Any]]:
    version = "v1" if kind == "Service" else "apps/v1"
    return [{"apiVersion": version, "kind": kind, "name": name, "uid": uid, "controller": True}]


def node(name: str, *, ready: bool = True) -> dict[str, Any]:
    condition = {"type": "Ready", "status": "True" if ready else "Unknown", "reason": "KubeletReady"}
    room = {"cpu": "4", "memory": "16Gi", "pods": "110"}
    info = {"kubeletVersion": "v1.36.3", "osImage": "Linux", "architecture": "amd64"}
    status = {"conditions": [condition], "capacity": room, "allocatable": room, "nodeInfo": info}
    return made(an_object("v1", "Node", name, "", uid=f"node-{name}", status=status))


def deployment(name: str, replicas: int, ready: int | None = None) -> dict[str, Any]:
    ready = replicas if ready is None else ready
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "main", "image": f"shop/{name}:1"}]}}
    return made(
        an_object(
            "apps/v1",
            "Deployment",
            name,
            "shop",
            uid=f"dep-{name}",
            spec={"replicas": replicas, "selector": {"matchLabels": labels}, "template": template},
            status={
                "replicas": replicas,
                "readyReplicas": ready,
                "updatedReplicas": replicas,
                "availableReplicas": ready,
            },
        )
    )


def replicaset(name: str, replicas: int) -> dict[str, Any]:
    labels = {"app": name, "pod-template-hash": "7d4b9c"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "main", "image": f"shop/{name}:1"}]}}
    return made(
        an_object(
            "apps/v1",
            "ReplicaSet",
            f"{name}-7d4b9c",
            "shop",
            uid=f"rs-{name}",
            ownerReferences=owned("Deployment", name, f"dep-{name}"),
            spec={"replicas": replicas, "selector": {"matchLabels": labels}, "template": template},
            status={"replicas": replicas, "readyReplicas": replicas, "availableReplicas": replicas},
        )
    )


def pod(app: str, suffix: str, on: str, *, phase: str = "Running", **meta: Any) -> dict[str, Any]:
    """A pod of one of the apps, on a node; waiting for its image where it is Pending."""
    running = phase == "Running"
    name = f"{app}-7d4b9c-{suffix}"
    state = {"running": {"startedAt": CREATED}} if running else {"waiting": {"reason": "ContainerCreating"}}
    ready = {"type": "Ready", "status": str(running), "lastTransitionTime": CREATED}
    status = {
        "phase": phase,
        "podIP": "10.0.0.1",
        "conditions": [ready],
        "containerStatuses": [{"name": "main", "ready": running, "restartCount": 0, "state": state}],
    }
    created = meta.pop("created", CREATED)
    return made(
        an_object(
            "v1",
            "Pod",
            name,
            "shop",
            uid=f"pod-{name}",
            labels={"app": app},
            ownerReferences=owned("ReplicaSet", f"{app}-7d4b9c", f"rs-{app}"),
            spec={"nodeName": on, "containers": [{"name": "main", "image": f"shop/{app}:1"}]},
            status=status,
            **meta,
        ),
        created,
    )


def service(name: str, address: str) -> dict[str, Any]:
    spec = {
        "type": "ClusterIP",
        "clusterIP": address,
        "ports": [{"port": 80, "protocol": "TCP"}],
        "selector": {"app": name},
    }
    return made(an_object("v1", "Service", name, "shop", uid=f"svc-{name}", spec=spec))


def slice_of(name: str, *pods: dict[str, Any]) -> dict[str, Any]:
    endpoints = [
        {
            "addresses": ["10.0.0.1"],
            "conditions": {"ready": True},
            "targetRef": {"kind": "Pod", "name": each["metadata"]["name"], "uid": each["metadata"]["uid"]},
        }
        for each in pods
    ]
    return made(
        an_object(
            "discovery.k8s.io/v1",
            "EndpointSlice",
            f"{name}-abcde",
            "shop",
            uid=f"slice-{name}",
            labels={"kubernetes.io/service-name": name},
            ownerReferences=owned("Service", name, f"svc-{name}"),
            addressType="IPv4",
            endpoints=endpoints,
            ports=[{"port": 8080}],
        )
    )


def shop() -> FakeApiServer:
    """Open for business."""
    server = FakeApiServer()
    web = [pod("web", suffix, f"node-{at}") for at, suffix in enumerate(("x2k1p", "q8zzl", "lm4vd"), 1)]
    api = [pod("api", suffix, f"node-{at}") for at, suffix in enumerate(("2hx9t", "7vbn2"), 1)]
    server.holds(
        made(an_object("v1", "Namespace", "shop", "", uid="ns-shop", status={"phase": "Active"})),
        *(node(f"node-{at}") for at in (1, 2, 3)),
        *(deployment("web", 3), deployment("api", 2)),
        *(replicaset("web", 3), replicaset("api", 2)),
        *(*web, *api),
        *(service("web", "10.96.12.7"), service("api", "10.96.40.2")),
        *(slice_of("web", *web), slice_of("api", *api)),
    )
    return server
