"""A built-in cluster's API without sockets, controllers or kubelets: requests go straight to its front."""

from collections.abc import AsyncGenerator, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl

import msgspec

from kubetui.demo.bootstrap import bootstrap
from kubetui.demo.catalog import Catalog
from kubetui.demo.clock import Clock
from kubetui.demo.definitions import Definitions
from kubetui.demo.http.access import Doorkeeper
from kubetui.demo.http.front import Front, Kubelets
from kubetui.demo.http.message import Answer, Request, Stream, User
from kubetui.demo.http.streaming.pipe import Upgrade
from kubetui.demo.registry import Registry
from kubetui.demo.streams import RuntimeFailure

Json = dict[str, Any]

NOW = 1_767_225_600.0
"""2026-01-01T00:00:00Z."""


class NoKubelets:
    """No container has ever run."""

    def logs(
        self,
        namespace: str,
        name: str,
        container: str = "",
        *,
        previous: bool = False,
        since: float | None = None,
        tail: int | None = None,
    ) -> list[Any]:
        return []

    def usage(self, pod: Json) -> dict[str, Any]:
        return {}

    def execute(self, pod: Json, container: str, command: list[str]) -> Any:
        raise RuntimeFailure(f'container not found ("{container}")')

    def attach(self, pod: Json, container: str) -> Any:
        raise RuntimeFailure(f"container {container} not found in pod {pod['metadata']['name']}")

    def ports(self, pod: Json) -> Any:
        raise RuntimeFailure(f'pod not found ("{pod["metadata"]["name"]}")')


class Api:
    """A registry, its clock, and a front to ask. The tokens are the names of the users."""

    def __init__(self, kubelets: Kubelets | None = None) -> None:
        self.clock = Clock(NOW)
        self.registry = Registry(self.clock)
        bootstrap(self.registry)
        users = {
            "admin": User("admin", ("system:masters", "system:authenticated")),
            "viewer": User("viewer", ("system:authenticated",)),
        }
        self.doorkeeper = Doorkeeper(users, self.clock)
        catalog = Catalog()
        Definitions(self.registry, catalog, lambda resource: None)
        self.front = Front(self.registry, self.doorkeeper, kubelets or NoKubelets(), catalog)

    async def ask(
        self,
        method: str,
        target: str,
        body: object = None,
        *,
        user: str = "admin",
        content_type: str = "application/json",
        accept: str = "application/json",
    ) -> Answer | Stream:
        """One request; `body` is sent as it is where it is bytes, else as JSON."""
        path, _, query = target.partition("?")
        headers = {"accept": accept, "content-type": content_type}
        if user:
            headers["authorization"] = f"Bearer {user}"
        data = body if isinstance(body, bytes) else b"" if body is None else msgspec.json.encode(body)
        answer = await self.front.handle(Request(method, path, dict(parse_qsl(query)), headers, data))
        assert not isinstance(answer, Upgrade)
        return answer

    async def call(self, method: str, target: str, body: object = None, **how: str) -> tuple[int, Json]:
        """One request; its status and the answer's JSON."""
        answer = await self.ask(method, target, body, **how)
        assert isinstance(answer, Answer)
        return answer.status, msgspec.json.decode(answer.body)

    async def get(self, target: str, **how: str) -> Json:
        """The JSON of a GET that must go well."""
        status, found = await self.call("GET", target, **how)
        assert status == 200, found
        return found

    async def create(self, target: str, body: Mapping[str, Any]) -> Json:
        """The object that a POST has made."""
        status, made = await self.call("POST", target, body)
        assert status == 201, made
        return made


class Watching:
    """A watch, read event by event."""

    def __init__(self, api: Api, target: str) -> None:
        self._api = api
        self._target = target
        self._lines: list[Json] = []

    async def __aenter__(self) -> Self:
        joint = "&" if "?" in self._target else "?"
        stream = await self._api.ask("GET", f"{self._target}{joint}watch=true")
        assert isinstance(stream, Stream), stream
        self._chunks: AsyncGenerator[bytes, None] = stream.chunks
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._chunks.aclose()

    async def next(self) -> Json:
        """The next event; StopAsyncIteration where the watch is over."""
        while not self._lines:
            chunk = await anext(self._chunks)
            self._lines += [msgspec.json.decode(line) for line in chunk.splitlines()]
        return self._lines.pop(0)


def deployment(name: str = "web", **spec: object) -> Json:
    """A deployment as a person writes it."""
    labels = {"app": name}
    pods = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "nginx:1"}]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {"selector": {"matchLabels": labels}, "template": pods, **spec},
    }


def pod(name: str = "p", **metadata: object) -> Json:
    """A pod as a person writes it."""
    spec = {"containers": [{"name": "c", "image": "nginx:1"}]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, **metadata}, "spec": spec}


def config(name: str, **data: str) -> Json:
    """A ConfigMap."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


PODS = "/api/v1/namespaces/default/pods"
CONFIGS = "/api/v1/namespaces/default/configmaps"
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
