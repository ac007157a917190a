"""How much cpu and memory a container uses: made up from its requests, the time, and the load on its owner. Pure.

The annotation `kubetui.demo/load` on a Deployment, a StatefulSet or a ReplicaSet holds cores, as in `1500m`, that all
of its ready pods share: more pods, less for each.
"""

import zlib
from math import sin, tau

import msgspec

from kubetui.demo.kubelet.behaviour import Behaviour
from kubetui.demo.objects import Json
from kubetui.demo.quantity import number

LOAD = "kubetui.demo/load"

_IDLE_CORES = 0.01
_IDLE_BYTES = 24 * 1024 * 1024
_PERIOD = 600.0
"""Seconds in which the load of an ordinary day goes up and down once: a short day."""


class Usage(msgspec.Struct, frozen=True):
    """What is used at one moment."""

    cores: float
    memory: int
    """Bytes."""


def container_usage(spec: Json, behaviour: Behaviour, identity: str, age: float, now: float, load: float) -> Usage:
    """What a running container uses; `identity` makes each a little different, `load` is its share in cores."""
    resources = spec.get("resources") or {}
    requests, limits = resources.get("requests") or {}, resources.get("limits") or {}
    phase = zlib.crc32(identity.encode()) % 1_000 / 1_000
    wave = 0.5 + 0.5 * sin(tau * (now / _PERIOD + phase))
    asked = number(requests["cpu"]) if "cpu" in requests else _IDLE_CORES * 5
    cores = _IDLE_CORES + asked * (0.05 + 0.15 * wave) + load
    if "cpu" in limits:
        cores = min(cores, number(limits["cpu"]))
    size = number(requests["memory"]) if "memory" in requests else 2 * _IDLE_BYTES
    memory = size * (0.45 + 0.1 * wave)
    if behaviour.out_of_memory and behaviour.ends_at:
        most = number(limits["memory"]) if "memory" in limits else 4 * size
        memory += (most - memory) * min(1.0, age / behaviour.ends_at)
    elif behaviour.eats:
        memory += behaviour.eats * age
    return Usage(cores, int(memory))
