"""Objects of realistic size (8 KB of JSON a pod) for filling a control plane."""

import time
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

NAMESPACES = tuple(f"team-{number}" for number in range(10))
_ENV = [{"name": f"SETTING_{number}", "value": f"value-of-setting-number-{number}"} for number in range(20)]


def now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def namespace(service: int) -> str:
    """Where a service's objects are."""
    return NAMESPACES[service % len(NAMESPACES)]


def service_name(service: int) -> str:
    return f"service-{service:04d}"


def labels(service: int) -> dict[str, str]:
    name = service_name(service)
    tier = ("web", "api", "db")[service % 3]
    return {"app": name, "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": namespace(service), "tier": tier}


def annotations() -> dict[str, str]:
    return {"prometheus.io/scrape": "true", "checksum/config": "a" * 64}


def pod_spec(service: int) -> Json:
    """Two containers: a service and its sidecar."""
    main = {
        "name": "main",
        "image": f"registry.example/{service_name(service)}:1.2.3",
        "env": _ENV,
        "ports": [{"containerPort": 8080}],
        "volumeMounts": [{"name": "tmp", "mountPath": "/data"}],
        "readinessProbe": {"httpGet": {"path": "/healthz", "port": 8080}},
        "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}},
    }
    requests = {"cpu": "10m", "memory": "32Mi"}
    sidecar = {"name": "sidecar", "image": "registry.example/proxy:2.0", "resources": {"requests": requests}}
    return {"containers": [main, sidecar], "volumes": [{"name": "tmp", "emptyDir": {}}]}


def running(spec: Json, number: int) -> Json:
    """The status of a pod whose containers all run."""
    conditions = ("PodScheduled", "Initialized", "ContainersReady", "Ready")
    ip = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
    return {
        "phase": "Running",
        "conditions": [{"type": name, "status": "True", "lastTransitionTime": now()} for name in conditions],
        "hostIP": "127.0.0.1",
        "podIP": ip,
        "podIPs": [{"ip": ip}],
        "startTime": now(),
        "containerStatuses": [_running_container(container) for container in spec["containers"]],
    }


def _running_container(container: Json) -> Json:
    return {
        "name": container["name"],
        "ready": True,
        "started": True,
        "restartCount": 0,
        "image": container["image"],
        "imageID": f"{container['image']}@sha256:{'b' * 64}",
        "containerID": f"containerd://{'c' * 64}",
        "state": {"running": {"startedAt": now()}},
    }


def node(number: int) -> Json:
    name = f"node-{number:04d}"
    room = {"cpu": "32", "memory": "256Gi", "pods": "1000"}
    well = {"type": "Ready", "status": "True", "reason": "KubeletReady"}
    ready = {**well, "lastHeartbeatTime": now(), "lastTransitionTime": now()}
    zone = {"kubernetes.io/hostname": name, "topology.kubernetes.io/zone": f"zone-{number % 3}"}
    return {
        "metadata": {"name": name, "labels": {**zone, "type": "kwok"}},
        "status": {
            "allocatable": room,
            "capacity": room,
            "conditions": [ready],
            "nodeInfo": {"kubeletVersion": "v1.36.3"},
        },
    }


def deployment(service: int, replicas: int) -> Json:
    name = service_name(service)
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "labels": labels(service)},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": labels(service), "annotations": annotations()},
                "spec": pod_spec(service),
            },
        },
    }


def service(number: int) -> Json:
    name = service_name(number)
    return {
        "metadata": {"name": name, "labels": labels(number)},
        "spec": {"selector": {"app": name}, "ports": [{"port": 80, "targetPort": 8080}]},
    }
