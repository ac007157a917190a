"""A world: the machines of a cluster and the objects that people have created on it."""

from collections.abc import Iterable

import msgspec

from kubetui.demo.catalog import Catalog
from kubetui.demo.kubelet.machine import Machine
from kubetui.demo.objects import Json, namespace_of
from kubetui.demo.registry import Registry

ZONES = ("a", "b", "c")


class World(msgspec.Struct, frozen=True):
    """What to start with."""

    machines: tuple[Machine, ...]
    objects: tuple[Json, ...]
    """Manifests, in the order in which they are created."""
    history: float
    """Virtual seconds that pass before anyone looks, so that there is something to see."""
    step: float = 0.0
    """Virtual seconds in which they pass; exactly, where it is 0."""


def create(registry: Registry, objects: Iterable[Json], catalog: Catalog) -> None:
    """Creates objects from their manifests, of the kinds in the catalog as it is when their turn comes.

    Refusal where one is wrong, ValueError for a kind that is not served.
    """
    for obj in objects:
        resource = catalog.of_kind(obj["apiVersion"], obj["kind"])
        if resource is None:
            raise ValueError(f"no resource for {obj['kind']} of {obj['apiVersion']}")
        registry.create(resource, obj, namespace_of(obj) if resource.namespaced else "")
