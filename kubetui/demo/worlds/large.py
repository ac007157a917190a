"""A large world: as many nodes and pods as asked for, and something that keeps it moving."""

import random

from kubetui.demo.clock import Clock
from kubetui.demo.kubelet.machine import Machine
from kubetui.demo.objects import Json, deleting, name_of, namespace_of
from kubetui.demo.registry import Registry
from kubetui.demo.resources import PODS
from kubetui.demo.worlds.manifests import container, deployment, namespace, service, template
from kubetui.demo.worlds.world import ZONES, World

REPLICAS = 25
"""Pods of each Deployment."""

TEAMS = 20
"""Namespaces that the Deployments are in."""

HISTORY = 90.0
STEP = 0.25
"""The pods of a Deployment then get ready a few at a time, and their controllers count a few times instead of often."""

CHANGES_OF_A_POD = 8
"""How often watchers hear of pods when one is deleted and replaced."""


def large(nodes: int, pods: int) -> World:
    """That many nodes, and Deployments with together that many pods."""
    machines = tuple(
        Machine(
            f"node-{number:04d}",
            number,
            f"zone-{ZONES[number % len(ZONES)]}",
            cores=32,
            memory_gib=128,
            pods=max(110, 2 * pods // max(1, nodes)),
        )
        for number in range(nodes)
    )
    objects: list[Json] = [namespace(f"team-{team:02d}") for team in range(TEAMS)]
    left = pods
    for number in range((pods + REPLICAS - 1) // REPLICAS):
        where, name = f"team-{number % TEAMS:02d}", f"service-{number:04d}"
        web = container("web", f"shop/service:1.{number % 20}", cpu="20m", memory="32Mi")
        objects.append(deployment(where, name, min(REPLICAS, left), template(name, [web])))
        objects.append(service(where, name, 80, 8080))
        left -= REPLICAS
    return World(machines, tuple(objects), HISTORY, STEP)


class Churn:
    """Deletes pods at random, so that their controllers replace them."""

    def __init__(self, registry: Registry, clock: Clock, rng: random.Random, changes_per_second: float) -> None:
        self._registry = registry
        self._clock = clock
        self._rng = rng
        self._pause = CHANGES_OF_A_POD / changes_per_second
        self._victims: list[tuple[str, str]] = []

    def start(self) -> None:
        """Begins, and goes on as long as the clock runs."""
        self._clock.call_later(self._pause, self._next)

    def _next(self) -> None:
        if not self._victims:
            self._victims = [(namespace_of(pod), name_of(pod)) for pod in self._registry.list(PODS)]
            self._rng.shuffle(self._victims)
        while self._victims:
            namespace, name = self._victims.pop()
            pod = self._registry.find(PODS, namespace, name)
            if pod is not None and not deleting(pod) and (pod.get("status") or {}).get("phase") == "Running":
                self._registry.delete(PODS, namespace, name)
                break
        self._clock.call_later(self._pause, self._next)
