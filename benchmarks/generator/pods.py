"""Pods as an API server writes them in protobuf, 7 KB each: what is read of them, and what a client must step over."""

import random
import time
from dataclasses import dataclass
from functools import cache

from tests.client.proto import field, number
from tests.controlplane.shapes import labels, namespace, service_name

NODES = 500
_CONDITIONS = ("PodScheduled", "Initialized", "ContainersReady", "Ready")
_ENVIRONMENT = b"".join(
    field(7, field(1, f"SETTING_{at}") + field(2, f"value-of-setting-number-{at}")) for at in range(40)
)


@dataclass(frozen=True, slots=True)
class Pod:
    """One pod at one time."""

    namespace: str
    name: str
    uid: str
    service: int
    node: str
    born: int
    """Seconds since the epoch."""
    version: int
    restarts: int = 0
    ready: bool = True

    @property
    def place(self) -> tuple[str, str]:
        """Where it stands in a list."""
        return self.namespace, self.name


def pods(count: int) -> list[Pod]:
    """So many, ten a service, in the order of a list; the same ones each time, but for their age."""
    chance, now = random.Random(count), int(time.time())
    made = []
    for at in range(count):
        revision = f"{at // 10 * 2654435761 % 2**32:x}"
        name = f"{service_name(at // 10)}-{revision}-{at % 10}x{chance.randrange(36**3):05d}"
        uid = f"{chance.getrandbits(32):08x}-{chance.getrandbits(16):04x}-4000-8000-{chance.getrandbits(48):012x}"
        age = int(60 + chance.expovariate(1 / 100_000))
        made.append(Pod(namespace(at // 10), name, uid, at // 10, f"node-{at % NODES:04d}", now - age, at + 1))
    return sorted(made, key=lambda pod: pod.place)


def encode(pod: Pod) -> bytes:
    """The message (k8s.io/api core/v1 Pod), without an envelope."""
    return field(1, _metadata(pod)) + field(2, _spec(pod)) + field(3, _status(pod))


def _metadata(pod: Pod) -> bytes:
    """meta/v1 ObjectMeta: names, labels (11), annotations (12), owners (13), managed fields (17)."""
    hashed = pod.name.split("-")[-2]
    own = {**labels(pod.service), "pod-template-hash": hashed}
    owner = field(1, "ReplicaSet") + field(3, pod.name.rpartition("-")[0]) + field(4, f"{pod.service:08x}-owner")
    return b"".join(
        (
            field(1, pod.name),
            field(2, pod.name.rpartition("-")[0] + "-"),
            field(3, pod.namespace),
            field(5, pod.uid),
            field(6, str(pod.version)),
            field(8, number(1, pod.born)),
            *(field(11, field(1, key) + field(2, value)) for key, value in own.items()),
            field(12, field(1, "checksum/config") + field(2, _noise(pod.service, 64))),
            field(12, field(1, "example.org/sidecar-status") + field(2, _noise(pod.uid, 600))),
            field(13, owner + field(5, "apps/v1") + number(6, 1) + number(7, 1)),
            _managed(),
        )
    )


@cache
def _managed() -> bytes:
    """Managed fields as two managers leave them: JSON that nobody reads."""
    env = ",".join(
        f'"k:{{\\"name\\":\\"SETTING_{at}\\"}}":{{".":{{}},"f:name":{{}},"f:value":{{}}}}' for at in range(60)
    )
    spec = f'{{"f:spec":{{"f:containers":{{"k:{{\\"name\\":\\"main\\"}}":{{".":{{}},"f:env":{{{env}}}}}}}}}}}'
    status = '{"f:status":{"f:conditions":{"k:{\\"type\\":\\"Ready\\"}":{".":{},"f:status":{}}},"f:podIP":{}}}'
    entries = (("kube-controller-manager", spec), ("kubelet", status))
    return b"".join(
        field(17, field(1, who) + field(2, "Update") + field(3, "v1") + field(6, "FieldsV1") + field(7, field(1, what)))
        for who, what in entries
    )


def _noise(seed: object, length: int) -> str:
    """Letters as hashes and certificates have them, so that a list compresses to a tenth, as real ones do."""
    return f"{random.Random(str(seed)).getrandbits(4 * length):0{length}x}"


def _spec(pod: Pod) -> bytes:
    """core/v1 PodSpec: two containers (2), node (10)."""
    image = f"registry.example/{service_name(pod.service)}:1.2.3"
    probe = field(1, field(2, field(1, "/healthz") + field(2, number(1, 0) + number(2, 8080))))
    main = field(1, "main") + field(2, image) + _ENVIRONMENT + field(11, probe) + field(14, "IfNotPresent")
    sidecar = field(1, "sidecar") + field(2, "registry.example/proxy:2.0") + field(14, "IfNotPresent")
    return (
        field(2, main) + field(2, sidecar) + field(3, "Always") + field(10, pod.node) + field(19, "default-scheduler")
    )


def _status(pod: Pod) -> bytes:
    """core/v1 PodStatus: phase, conditions (2), addresses, containers (8)."""
    since = number(1, pod.born)
    words = {name: "True" if pod.ready or name in _CONDITIONS[:2] else "False" for name in _CONDITIONS}
    conditions = (
        field(
            2, field(1, name) + field(2, word) + field(4, since) + field(5, "" if pod.ready else "ContainersNotReady")
        )
        for name, word in words.items()
    )
    address = f"10.{pod.version >> 16 & 255}.{pod.version >> 8 & 255}.{pod.version & 255}"
    containers = (
        field(8, _container(name, pod.ready or name != "main", pod.restarts, since, pod))
        for name in ("main", "sidecar")
    )
    return b"".join(
        (field(1, "Running"), *conditions, field(5, "10.1.0.7"), field(6, address), field(7, since), *containers)
    )


def _container(name: str, ready: bool, restarts: int, since: bytes, pod: Pod) -> bytes:
    """core/v1 ContainerStatus that runs."""
    return b"".join(
        (
            field(1, name),
            field(2, field(2, field(1, since))),
            number(4, int(ready)),
            number(5, restarts),
            field(6, f"registry.example/{service_name(pod.service)}:1.2.3"),
            field(7, f"registry.example/{service_name(pod.service)}@sha256:{_noise(pod.service, 64)}"),
            field(8, f"containerd://{_noise(pod.uid + name, 64)}"),
            number(9, 1),
        )
    )
