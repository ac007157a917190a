"""What a node looks like in the API: its labels, capacity, addresses, conditions. Pure."""

import hashlib
import uuid

import msgspec

from kubetui.demo.clock import stamp
from kubetui.demo.objects import Json

_GIB = 1024 * 1024
"""A GiB in KiB, the unit in which kubelets tell memory."""

_KERNEL, _FILE_SYSTEM = 376_932, 4_231_068
"""KiB of memory and of the disk that never get to a kubelet."""

_KEPT_FREE = 100 * 1024
"""KiB of memory that pods must leave."""

_DISK = 100 * _GIB - _FILE_SYSTEM
_DISK_SHARE = 0.9
"""How much of the disk pods may have."""

VERSION = "v1.36.3"

_WELL = (
    ("MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
)


class Machine(msgspec.Struct, frozen=True):
    """A machine that becomes a node."""

    name: str
    number: int
    """Counted from zero: addresses are made of it."""
    zone: str
    region: str = "local"
    cores: int = 4
    memory_gib: int = 16
    pods: int = 110
    roles: tuple[str, ...] = ()
    taints: tuple[tuple[str, str, str], ...] = ()
    """Key, value and effect of each taint that it registers with."""
    kind: str = "demo.large"

    @property
    def ip(self) -> str:
        """Its address inside the cluster."""
        return f"10.0.{self.number // 250}.{self.number % 250 + 4}"

    @property
    def memory(self) -> int:
        """Its memory in bytes, as its kubelet sees it."""
        return (self.memory_gib * _GIB - _KERNEL) * 1024

    @property
    def identity(self) -> str:
        """What tells it from every other machine, in 32 hexadecimal digits."""
        return hashlib.sha256(self.name.encode()).hexdigest()[:32]

    @property
    def pod_prefix(self) -> str:
        """The first two numbers and the third of its pods' addresses; a node has two hundred and fifty-six."""
        return f"10.{244 + self.number // 256}.{self.number % 256}"


def node(machine: Machine) -> Json:
    """The Node object with which a kubelet registers."""
    labels = {
        "beta.kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": machine.name,
        "kubernetes.io/os": "linux",
        "node.kubernetes.io/instance-type": machine.kind,
        "topology.kubernetes.io/region": machine.region,
        "topology.kubernetes.io/zone": machine.zone,
    }
    labels.update({f"node-role.kubernetes.io/{role}": "" for role in machine.roles})
    spec: Json = {"podCIDR": f"{machine.pod_prefix}.0/24", "podCIDRs": [f"{machine.pod_prefix}.0/24"]}
    if machine.taints:
        spec["taints"] = [_taint(*taint) for taint in machine.taints]
    metadata = {"name": machine.name, "labels": labels, "annotations": {"node.alpha.kubernetes.io/ttl": "0"}}
    return {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": spec}


def status(machine: Machine, old: Json, images: list[Json], now: float, *, short_of_memory: bool = False) -> Json:
    """The status that a living kubelet posts, heartbeats set to now."""
    capacity = {
        "cpu": str(machine.cores),
        "ephemeral-storage": f"{_DISK}Ki",
        "hugepages-1Gi": "0",
        "hugepages-2Mi": "0",
        "memory": f"{machine.memory // 1024}Ki",
        "pods": str(machine.pods),
    }
    allocatable = {
        **capacity,
        "ephemeral-storage": str(int(_DISK * 1024 * _DISK_SHARE)),
        "memory": f"{machine.memory // 1024 - _KEPT_FREE}Ki",
    }
    known = {one["type"]: one for one in old.get("conditions") or ()}
    conditions = [_condition(kind, "False", reason, message, known.get(kind), now) for kind, reason, message in _WELL]
    if short_of_memory:
        reason, message = "KubeletHasInsufficientMemory", "kubelet has insufficient memory available"
        conditions[0] = _condition("MemoryPressure", "True", reason, message, known.get("MemoryPressure"), now)
    ready = _condition("Ready", "True", "KubeletReady", "kubelet is posting ready status", known.get("Ready"), now)
    return {
        "capacity": capacity,
        "allocatable": allocatable,
        "conditions": [*conditions, ready],
        "addresses": [
            {"type": "InternalIP", "address": machine.ip},
            {"type": "Hostname", "address": machine.name},
        ],
        "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
        "nodeInfo": {
            "machineID": machine.identity,
            "systemUUID": str(uuid.UUID(hex=machine.identity, version=4)),
            "bootID": str(uuid.UUID(hex=machine.identity[::-1], version=4)),
            "kernelVersion": "6.12.9",
            "osImage": "kubetui demo",
            "containerRuntimeVersion": "containerd://2.1.4",
            "kubeletVersion": VERSION,
            "kubeProxyVersion": "",
            "operatingSystem": "linux",
            "architecture": "amd64",
            "swap": {"capacity": 0},
        },
        "images": images,
    }


def _taint(key: str, value: str, effect: str) -> Json:
    return {"key": key, "value": value, "effect": effect} if value else {"key": key, "effect": effect}


def _condition(kind: str, value: str, reason: str, message: str, old: Json | None, now: float) -> Json:
    at = stamp(now)
    same = old is not None and old["status"] == value
    return {
        "type": kind,
        "status": value,
        "lastHeartbeatTime": at,
        "lastTransitionTime": old["lastTransitionTime"] if same and old is not None else at,
        "reason": reason,
        "message": message,
    }
