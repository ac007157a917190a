"""Hashes and names are those that the real controllers make; the expected ones were seen on a 1.36.3 control plane."""

from typing import Any

import pytest

from kubetui.demo.resources import CONTROLLERREVISIONS, DAEMONSETS, DEPLOYMENTS, REPLICASETS, STATEFULSETS
from kubetui.demo.schema.goquantity import canonical
from tests.demo.living import Living

Json = dict[str, Any]

_LARGE: Json = {
    "metadata": {"labels": {"app": "h2", "tier": "web"}, "annotations": {"a.b/c": "x y", "z": "1"}},
    "spec": {
        "terminationGracePeriodSeconds": 5,
        "nodeSelector": {"a": "b"},
        "initContainers": [{"name": "i", "image": "busybox:1", "command": ["sh", "-c", "echo <hi> & true"]}],
        "containers": [
            {
                "name": "c",
                "image": "nginx:1.27",
                "ports": [{"containerPort": 80, "name": "http"}],
                "env": [
                    {"name": "A", "value": "1"},
                    {"name": "P", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
                    {"name": "R", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}},
                ],
                "resources": {
                    "requests": {"cpu": 0.5, "memory": "64Mi"},
                    "limits": {"cpu": "1500m", "memory": "1.5Gi", "ephemeral-storage": "1024Mi"},
                },
                "readinessProbe": {"httpGet": {"path": "/", "port": "http"}, "periodSeconds": 5},
                "livenessProbe": {"tcpSocket": {"port": 80}},
                "lifecycle": {"preStop": {"sleep": {"seconds": 5}}},
                "securityContext": {
                    "runAsUser": 0,
                    "readOnlyRootFilesystem": True,
                    "capabilities": {"drop": ["ALL"]},
                },
                "volumeMounts": [
                    {"name": "d", "mountPath": "/d"},
                    {"name": "cm", "mountPath": "/cm", "readOnly": True},
                ],
            }
        ],
        "volumes": [
            {"name": "d", "emptyDir": {"sizeLimit": "1Gi"}},
            {"name": "cm", "configMap": {"name": "x"}},
            {"name": "h", "hostPath": {"path": "/tmp"}},
        ],
        "affinity": {
            "podAntiAffinity": {
                "preferredDuringSchedulingIgnoredDuringExecution": [
                    {
                        "weight": 100,
                        "podAffinityTerm": {
                            "topologyKey": "zone",
                            "labelSelector": {"matchLabels": {"app": "h2"}},
                        },
                    }
                ]
            }
        },
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "zone",
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": {"app": "h2"}},
            }
        ],
        "tolerations": [{"key": "gpu", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 60}],
    },
}


def _small(name: str, **container: Any) -> Json:
    spec = {"containers": [{"name": "c", "image": "nginx", **container}]}
    return {"metadata": {"labels": {"app": name}}, "spec": spec}


def _workload(name: str, template: Json, **spec: Any) -> Json:
    selector = {"matchLabels": {"app": name}}
    return {"metadata": {"name": name}, "spec": {"selector": selector, "template": template, **spec}}


@pytest.mark.parametrize(
    ("name", "template", "hashed"), [("h1", _small("h1"), "6d6996df8b"), ("h2", _LARGE, "78755d8487")]
)
def test_a_replica_set_has_the_name_that_it_has_on_a_real_cluster(name: str, template: Json, hashed: str) -> None:
    cluster = Living(1)
    cluster.create(DEPLOYMENTS, _workload(name, template, replicas=0))
    cluster.run(1)
    assert [one["metadata"]["name"] for one in cluster.registry.list(REPLICASETS)] == [f"{name}-{hashed}"]


def test_revisions_have_the_names_that_they_have_on_a_real_cluster() -> None:
    cluster = Living(1)
    container = {"command": ["sh", "-c", "echo <hi> & true"], "resources": {"limits": {"cpu": 0.5}}}
    cluster.create(STATEFULSETS, _workload("s1", _small("s1", **container), replicas=1, serviceName="s1"))
    cluster.create(DAEMONSETS, _workload("d1", _small("d1")))
    cluster.run(1)
    names = [one["metadata"]["name"] for one in cluster.registry.list(CONTROLLERREVISIONS)]
    assert names == ["d1-7f7ffd4498", "s1-568fbf7bf5"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [("0.5", "500m"), ("1000m", "1"), ("1.5Gi", "1536Mi"), ("1024Mi", "1Gi"), ("100M", "100M"), ("0", "0"), (2, "2")],
)
def test_a_quantity_is_kept_in_its_canonical_form(written: str | int, kept: str) -> None:
    assert canonical(written) == kept
