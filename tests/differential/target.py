"""A cluster to run sessions on, real or built in: kubectl on it, and its API asked directly."""

import http.client
import json
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from tests.controlplane.plane import CACHE
from tests.differential import alike
from tests.differential.session import Command, trimmed

Json = dict[str, Any]
Ask = Callable[[str], Json | None]

USERS = ("admin", "viewer", "nobody")
"""The contexts of the kubeconfig. The latter two have no rights but those that a session gives them."""
COMBINED = "(combined from similar events): "
"""What the tenth event begins with that tells much the same on an object in ten minutes."""
_QUIET = 0.8
"""Seconds without a change after which nothing more is to be expected."""
_PATIENCE = 20.0
"""Seconds for which a cluster may stay busy."""
_WATCHED = (
    "/api/v1", "pods services persistentvolumeclaims resourcequotas endpoints serviceaccounts replicationcontrollers",
    "/apis/apps/v1", "deployments replicasets statefulsets daemonsets controllerrevisions",
    "/apis/batch/v1", "jobs cronjobs",
    "/apis/discovery.k8s.io/v1", "endpointslices",
    "/apis/policy/v1", "poddisruptionbudgets",
    "/apis/autoscaling/v2", "horizontalpodautoscalers",
)  # fmt: skip
_ALSO_LEFT = (
    "/api/v1", "configmaps secrets limitranges",
    "/apis/networking.k8s.io/v1", "ingresses networkpolicies",
    "/apis/rbac.authorization.k8s.io/v1", "roles rolebindings",
    "/apis/coordination.k8s.io/v1", "leases",
)  # fmt: skip
LEFT = frozenset(" ".join((*_WATCHED[1::2], *_ALSO_LEFT[1::2])).split())
"""What is looked at when a session is over."""


class Target:
    """One cluster, by its address, its certificate and the tokens of its users."""

    def __init__(
        self, name: str, url: str, certificate: str, tokens: Mapping[str, str], *, quiet: float = _QUIET
    ) -> None:
        """`quiet` is how many seconds without a change mean that nothing more is to be expected."""
        self.name = name
        self._quiet = quiet
        self.url = url
        self.certificate = certificate
        self.tokens = tokens
        self._context = ssl.create_default_context(cadata=certificate)

    def kubeconfig(self, folder: Path, url: str = "", certificate: str = "") -> Path:
        """Writes a kubeconfig with a context a user; by another way than the direct one where it is given."""
        authority = folder / "authority.crt"
        authority.write_text(certificate or self.certificate)
        cluster = {"server": url or self.url, "certificate-authority": str(authority)}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "cluster", "cluster": cluster}],
            "contexts": [{"name": user, "context": {"cluster": "cluster", "user": user}} for user in self.tokens],
            "users": [{"name": user, "user": {"token": token}} for user, token in self.tokens.items()],
            "current-context": "admin",
        }
        path = folder / "kubeconfig"
        path.write_text(yaml.safe_dump(config))
        return path

    def settle(self, namespace: str) -> None:
        """Returns once nothing in a namespace has changed for a while, and no pod is on its way."""
        end = time.monotonic() + _PATIENCE
        since, last = time.monotonic(), ""
        with self._asking() as ask:
            while time.monotonic() < end:
                found = _lists(ask, namespace, _WATCHED)
                now = json.dumps([one["metadata"].get("resourceVersion") for items in found.values() for one in items])
                if now != last:
                    since, last = time.monotonic(), now
                busy = any(map(moving, found.get("pods", ()))) or any(map(running, found["jobs"]))
                if time.monotonic() - since > self._quiet and not busy:
                    return
                time.sleep(0.1)

    def left(self, namespace: str) -> Json:
        """Everything in a namespace, made alike, by resource; and its events, by the object that they are about."""
        with self._asking() as ask:
            found = _lists(ask, namespace, (*_WATCHED, *_ALSO_LEFT))
            events = (ask(f"/api/v1/namespaces/{namespace}/events") or {}).get("items", [])
        objects = {
            plural: sorted((alike.value(listed(plural, one)) for one in items), key=alike.order)
            for plural, items in sorted(found.items())
            if items
        }
        return {"objects": objects, "events": happened(events)}

    @contextmanager
    def _asking(self) -> Iterator[Ask]:
        """A connection, and how to get the JSON of a path by it; None where the path is not served."""
        connection = http.client.HTTPSConnection(urlsplit(self.url).netloc, context=self._context, timeout=30)

        def ask(path: str) -> Json | None:
            connection.request("GET", path, headers={"Authorization": f"Bearer {self.tokens['admin']}"})
            answer = connection.getresponse()
            found: Json = json.loads(answer.read())
            return None if answer.status == 404 else found

        try:
            yield ask
        finally:
            connection.close()


def _lists(ask: Ask, namespace: str, paths: tuple[str, ...]) -> dict[str, list[Json]]:
    found = {}
    for root, plurals in zip(paths[::2], paths[1::2], strict=True):
        for plural in plurals.split():
            items = (ask(f"{root}/namespaces/{namespace}/{plural}") or {}).get("items")
            if items is not None:
                found[plural] = items
    return found


def listed(plural: str, obj: Json) -> Json:
    """An object as it stands in a list of its kind; a pod with its kind, by which a kubelet's part is known."""
    bare = {key: value for key, value in obj.items() if key not in ("kind", "apiVersion")}
    return {"kind": "Pod", **bare} if plural == "pods" else bare


def moving(pod: Json) -> bool:
    """Whether something is about to happen to a pod: it is coming up or going away."""
    metadata, status = pod["metadata"], pod.get("status") or {}
    if "deletionTimestamp" in metadata:
        return not metadata.get("finalizers")
    if status.get("phase") != "Pending":
        return False
    waits = [one for one in status.get("conditions") or () if one.get("reason") in ("Unschedulable", "SchedulingGated")]
    return not waits


def running(job: Json) -> bool:
    """Whether a Job has not come to its end, as those of sessions do."""
    conditions = (job.get("status") or {}).get("conditions") or ()
    ended = any(one["type"] in ("Complete", "Failed") and one["status"] == "True" for one in conditions)
    return not ended and not job["spec"].get("suspend")


def happened(events: list[Json]) -> dict[str, list[str]]:
    """What events tell of each object, as a set: several of one second have no order."""
    found: dict[str, set[str]] = {}
    for event in events:
        source = event.get("source", {}).get("component") or event.get("reportingComponent", "")
        if source in ("kubelet", "kwok_controller"):
            continue
        regarding = event["involvedObject"]
        about = alike.names(f"{regarding.get('kind')}/{regarding.get('name')}")
        message = event.get("message", "").removeprefix(COMBINED)
        # What a controller or the scheduler had not heard of yet, and what hangs on when an autoscaler looked.
        if event.get("reason") == "NoPods" or "DefaultBinder" in message or source == "horizontal-pod-autoscaler":
            continue
        text = f"{event.get('type')} {event.get('reason')} ({source}): {message}"
        found.setdefault(about, set()).add(alike.told(text))
    return {about: sorted(texts) for about, texts in sorted(found.items())}


class Kubectl:
    """kubectl on one cluster, by one kubeconfig."""

    def __init__(self, kubeconfig: Path, namespace: str) -> None:
        self._kubeconfig = kubeconfig
        self._namespace = namespace

    def run(self, command: Command) -> str:
        """What a command prints, made alike."""
        home = self._kubeconfig.parent
        with tempfile.TemporaryDirectory(dir=home) as folder:
            done = subprocess.run(
                [
                    CACHE / "bin" / "kubectl", f"--kubeconfig={self._kubeconfig}", f"--namespace={self._namespace}",
                    f"--cache-dir={home}/cache", *command.words,
                ],
                input=command.input,
                capture_output=True,
                text=True,
                timeout=90,
                cwd=folder,
                env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
            )  # fmt: skip
        told = trimmed(alike.printed(done.stdout + done.stderr))
        if command.verb == "drain":
            # Pods go at once, each when it can, and it is told how often that was tried.
            return "".join(sorted({line for line in told.splitlines(keepends=True) if "will retry" not in line}))
        # Rules come as a hash table has them.
        return "".join(sorted(told.splitlines(keepends=True))) if "--list" in command.words else told
