"""Objects that tests put on a real control plane."""

import json
from typing import Any

from tests.controlplane.plane import ControlPlane

Manifest = dict[str, Any]

WIDGETS = "widgets.kubetui.example"


def a_namespace(plane: ControlPlane, name: str) -> None:
    """A namespace in which pods may be made."""
    plane.kubectl("create", "namespace", name)
    plane.kubectl("wait", "--for=create", "serviceaccount/default", "-n", name, "--timeout=30s")


def a_shop(plane: ControlPlane, namespace: str, replicas: int = 3) -> None:
    """A deployment `web` with a service, all of it ready."""
    a_namespace(plane, namespace)
    plane.kubectl("create", "deployment", "web", "-n", namespace, "--image=shop/web:1", f"--replicas={replicas}")
    plane.kubectl("expose", "deployment", "web", "-n", namespace, "--port=80")
    plane.kubectl("rollout", "status", "deployment/web", "-n", namespace, "--timeout=60s")


def a_pod(name: str, namespace: str, *, grace: int = 30) -> Manifest:
    """A pod that nobody owns; it may take so many seconds to end."""
    containers = [{"name": "main", "image": "shop/lone:1"}]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"terminationGracePeriodSeconds": grace, "containers": containers},
    }


def make(plane: ControlPlane, *objects: Manifest) -> None:
    """Creates objects."""
    everything = {"apiVersion": "v1", "kind": "List", "items": objects}
    plane.kubectl("create", "-f", "-", input=json.dumps(everything))


def widgets() -> Manifest:
    """A custom kind with columns of its own."""
    colour = {"type": "object", "properties": {"colour": {"type": "string"}}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": WIDGETS},
        "spec": {
            "group": "kubetui.example",
            "scope": "Namespaced",
            "names": {"plural": "widgets", "singular": "widget", "kind": "Widget", "shortNames": ["wid"]},
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": colour}}},
                    "additionalPrinterColumns": [
                        {"name": "Colour", "type": "string", "jsonPath": ".spec.colour"},
                    ],
                }
            ],
        },
    }


def a_widget(name: str, namespace: str, colour: str) -> Manifest:
    return {
        "apiVersion": "kubetui.example/v1",
        "kind": "Widget",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"colour": colour},
    }
