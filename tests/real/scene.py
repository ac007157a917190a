"""A person with everything open, in front of a real control plane over a line that breaks, in real time."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

from tests.controlplane.plane import ControlPlane
from tests.faults.chair import SHOWN, Chair, Version
from tests.faults.line import Line
from tests.real.explorer import Asked, exploring, kubectl, told
from tests.real.shapes import a_namespace

SHOP = "shop"
WORKLOADS = ("web", "cart", "till")
"""`web` is looked at, the others change behind the explorer's back."""
_REPLICAS = count(3)


def a_small_shop(plane: ControlPlane) -> None:
    """Two nodes, and a few deployments with all their pods running."""
    plane.nodes(2)
    a_namespace(plane, SHOP)
    for name in WORKLOADS:
        plane.kubectl("create", "deployment", name, "-n", SHOP, f"--image=shop/{name}:1", "--replicas=2")
    plane.kubectl("expose", "deployment", "web", "-n", SHOP, "--port=80")
    for name in WORKLOADS:
        plane.kubectl("rollout", "status", f"deployment/{name}", "-n", SHOP, "--timeout=60s")


class Scene(Chair):
    """A control plane, the line to it, and a person who looks at it. kubectl, the witness, has a way of its own."""

    def __init__(self, plane: ControlPlane, line: Line, asked: list[Asked]) -> None:
        self.plane = plane
        self.line = line
        self.asked = asked
        self.said = 0
        """The number of the request that containers told of last."""

    @property
    def cost(self) -> int:
        """Requests and connections up to now."""
        return len(self.asked) + self.line.dialled

    def says(self) -> None:
        """Every container tells of one more request."""
        self.said = len((self.plane.folder / "pod.log").read_text().splitlines())
        self.plane.log(f"GET /price request={self.said} done")

    async def stirs(self) -> None:
        """Behind the explorer's back: a pod is deleted, a deployment is scaled, containers say something."""
        self.says()
        [first, *_] = await self.pods("cart")
        await kubectl(self.plane, "delete", "pod", first, "-n", SHOP, "--wait=false")
        await kubectl(self.plane, "scale", "deployment", "till", "-n", SHOP, f"--replicas={2 + next(_REPLICAS) % 2}")

    async def pods(self, workload: str) -> list[str]:
        """Their names, as kubectl has them."""
        items = (await told(self.plane, "pods", "-n", SHOP, "-l", f"app={workload}"))["items"]
        return sorted(item["metadata"]["name"] for item in items if "deletionTimestamp" not in item["metadata"])

    async def witness(self) -> dict[str, Counter[Version]]:
        """The uids and versions of all that the board reads, as kubectl lists it."""
        everything = json.loads(await kubectl(self.plane, "get", ",".join(SHOWN), "-A", "-o", "json"))["items"]
        found: dict[str, Counter[Version]] = {plural: Counter() for plural in SHOWN}
        for item in everything:
            meta = item["metadata"]
            found[item["kind"].lower() + "s"][meta["uid"], meta["resourceVersion"]] += 1
        return found

    async def live_again(self, within: float) -> None:
        """Without a key pressed, all that is read is live again within so many seconds, and what kubectl lists."""
        end = time.monotonic() + within
        while differences := self.differing(await self.witness()):
            assert time.monotonic() < end, f"{differences}\n{self.person.screen}"
            await self.person.pilot.pause(0.1)

    async def has_every_line_once(self) -> None:
        """The log has what containers said, from the first line it has to the last that was said."""
        await self.person.until(lambda: self.requests_logged[-1:] == [self.said], f"request {self.said} logged", 35)
        logged = self.requests_logged
        assert logged == [*range(logged[0], self.said + 1)]


def through(plane: ControlPlane, line: Line, *, user: Mapping[str, str] | None = None, namespace: str = "") -> Path:
    """A kubeconfig of the way over the line, which trusts the certificate there is now; as admin or that user.

    The namespace is that of the context.
    """
    config = plane.folder / f"line-{line.port}.kubeconfig"
    authority = config.with_suffix(".crt")
    authority.write_bytes((plane.folder / "certs" / "apiserver.crt").read_bytes())
    cluster = {"server": f"https://127.0.0.1:{line.port}", "certificate-authority": str(authority)}
    context = {"cluster": "real", "user": "admin"} | ({"namespace": namespace} if namespace else {})
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "real", "cluster": cluster}],
        "users": [{"name": "admin", "user": user or {"token": plane.token}}],
        "contexts": [{"name": "admin", "context": context}],
        "current-context": "admin",
    }
    config.write_text(json.dumps(content))
    return config


@asynccontextmanager
async def scene(
    plane: ControlPlane, asked: list[Asked], *, user: Mapping[str, str] | None = None
) -> AsyncIterator[Scene]:
    """A person in front of a plane on which `a_small_shop` stands."""
    async with Line(plane.port) as line:
        it = Scene(plane, line, asked)
        await asyncio.to_thread(it.says)
        async with exploring(plane, kubeconfig=through(plane, line, user=user)) as it.person:
            yield it
