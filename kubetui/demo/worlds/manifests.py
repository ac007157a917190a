"""Short ways to write the manifests of which worlds are made. Pure."""

from typing import Any

from kubetui.demo.kubelet.behaviour import ANNOTATION
from kubetui.demo.objects import Json


def namespace(name: str) -> Json:
    """A Namespace."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def container(name: str, image: str, *, cpu: str = "50m", memory: str = "64Mi", port: int = 0, **more: Any) -> Json:
    """A container; with a port it has probes on it."""
    made: Json = {
        "name": name,
        "image": image,
        "resources": {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": memory}},
    }
    if port:
        probe = {"httpGet": {"path": "/healthz", "port": port}, "periodSeconds": 5}
        made["ports"] = [{"name": "http", "containerPort": port}]
        made["readinessProbe"] = probe
        made["livenessProbe"] = {**probe, "periodSeconds": 10, "initialDelaySeconds": 5}
    return {**made, **more}


def template(app: str, containers: list[Json], *, does: str = "", **spec: Any) -> Json:
    """A pod template; `does` is what its containers do."""
    metadata: Json = {"labels": {"app": app}}
    if does:
        metadata["annotations"] = {ANNOTATION: does}
    return {"metadata": metadata, "spec": {"containers": containers, **spec}}


def deployment(where: str, name: str, replicas: int, pods: Json, **spec: Any) -> Json:
    """A Deployment."""
    return _workload("Deployment", where, name, {"replicas": replicas, **_selected(name, pods), **spec})


def stateful_set(where: str, name: str, replicas: int, pods: Json, storage: str, **spec: Any) -> Json:
    """A StatefulSet whose pods each have a volume."""
    claim = {
        "metadata": {"name": "data"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": "standard",
            "resources": {"requests": {"storage": storage}},
        },
    }
    body = {"replicas": replicas, "serviceName": name, **_selected(name, pods), "volumeClaimTemplates": [claim], **spec}
    return _workload("StatefulSet", where, name, body)


def daemon_set(where: str, name: str, pods: Json) -> Json:
    """A DaemonSet."""
    return _workload("DaemonSet", where, name, _selected(name, pods))


def cron_job(where: str, name: str, schedule: str, pods: Json) -> Json:
    """A CronJob."""
    spec = {"schedule": schedule, "concurrencyPolicy": "Forbid", "jobTemplate": {"spec": {"template": pods}}}
    metadata = {"name": name, "namespace": where}
    return {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": metadata, "spec": spec}


def service(where: str, name: str, port: int, target: int, kind: str = "ClusterIP", **spec: Any) -> Json:
    """A Service for the pods of the same name."""
    ports = [{"name": "http", "port": port, "targetPort": target}]
    body = {"type": kind, "selector": {"app": name}, "ports": ports, **spec}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": where, "labels": {"app": name}},
        "spec": body,
    }


def budget(where: str, name: str, least: int) -> Json:
    """A PodDisruptionBudget for the pods of the same name."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": name, "namespace": where},
        "spec": {"minAvailable": least, "selector": {"matchLabels": {"app": name}}},
    }


def autoscaler(where: str, name: str, low: int, high: int, percent: int) -> Json:
    """A HorizontalPodAutoscaler that keeps a Deployment's use of cpu near a share of what it requests."""
    target = {"type": "Utilization", "averageUtilization": percent}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": name, "namespace": where},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
            "minReplicas": low,
            "maxReplicas": high,
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
        },
    }


def definition(group: str, kind: str, plural: str, fields: Json, columns: list[Json]) -> Json:
    """A CustomResourceDefinition with one version, whose spec has these fields and whose lists have these columns."""
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": fields}}}
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
        "additionalPrinterColumns": columns,
    }
    names = {"kind": kind, "plural": plural, "singular": kind.lower(), "listKind": f"{kind}List"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {"group": group, "scope": "Namespaced", "names": names, "versions": [version]},
    }


def storage_class(provisioner: str) -> Json:
    """The StorageClass `standard`, which claims get that name none."""
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": "standard", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
        "provisioner": provisioner,
        "reclaimPolicy": "Delete",
        "volumeBindingMode": "WaitForFirstConsumer",
        "allowVolumeExpansion": True,
    }


def config_map(where: str, name: str, data: dict[str, str]) -> Json:
    """A ConfigMap."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": where}, "data": data}


def secret(where: str, name: str, data: dict[str, str]) -> Json:
    """A Secret of plain texts."""
    metadata = {"name": name, "namespace": where}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "stringData": data}


def ingress(where: str, name: str, host: str, paths: dict[str, str]) -> Json:
    """An Ingress that leads the paths of a host to port 80 of Services."""
    rules = [
        {"path": path, "pathType": "Prefix", "backend": {"service": {"name": target, "port": {"number": 80}}}}
        for path, target in paths.items()
    ]
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": name, "namespace": where},
        "spec": {"ingressClassName": "edge", "rules": [{"host": host, "http": {"paths": rules}}]},
    }


def ingress_class(name: str, controller: str) -> Json:
    """An IngressClass."""
    spec = {"controller": controller}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": {"name": name}, "spec": spec}


def network_policy(where: str, name: str, port: int, clients: str) -> Json:
    """A NetworkPolicy that lets only the pods of one namespace reach a port of the app of the same name."""
    came = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": clients}}}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": where},
        "spec": {
            "podSelector": {"matchLabels": {"app": name}},
            "policyTypes": ["Ingress"],
            "ingress": [{"from": [came], "ports": [{"protocol": "TCP", "port": port}]}],
        },
    }


def _selected(name: str, pods: Json) -> Json:
    return {"selector": {"matchLabels": {"app": name}}, "template": pods}


def _workload(kind: str, where: str, name: str, spec: Json) -> Json:
    metadata = {"name": name, "namespace": where, "labels": {"app": name}}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": metadata, "spec": spec}
