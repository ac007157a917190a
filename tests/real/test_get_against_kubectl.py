"""`kubetui get` prints what kubectl of the same version prints, byte for byte, and fails as it fails.

The control plane has no kubelets, so that between two commands nothing changes but ages: a line is right if kubectl
printed it just before or just after.
"""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from kubetui import cli
from tests.controlplane.plane import CACHE, ControlPlane, missing, start
from tests.kinds.corpus import examples
from tests.real import oddities

pytestmark = pytest.mark.real

WIDGETS: dict[str, Any] = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "widgets.example.com"},
    "spec": {
        "group": "example.com",
        "names": {"plural": "widgets", "singular": "widget", "kind": "Widget", "shortNames": ["wd"]},
        "scope": "Namespaced",
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
                "additionalPrinterColumns": [
                    {"name": "Size", "type": "integer", "jsonPath": ".spec.size"},
                    {"name": "Ratio", "type": "number", "jsonPath": ".spec.ratio"},
                    {"name": "On", "type": "boolean", "jsonPath": ".spec.on"},
                    {"name": "Note", "type": "string", "jsonPath": ".spec.note"},
                    {"name": "Since", "type": "date", "jsonPath": ".spec.since"},
                    {"name": "Tags", "type": "string", "jsonPath": ".spec.tags", "priority": 1},
                    {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"},
                ],
            }
        ],
    },
}

SPECS: dict[str, dict[str, Any]] = {
    "one": {"size": 3, "ratio": 1.5, "on": True, "note": "hello\nworld", "since": "2024-01-01T00:00:00Z"},
    "two": {"ratio": 1e22, "note": "tab\there \x1b[31mred é日本", "tags": ["a", "b"]},
    "three": {},
    "four": {"size": 0, "ratio": 12345678.5, "on": False, "tags": [{"a": 1.5, "b": ["x"]}]},
    "five": {"ratio": 1e-5, "note": "bell\a, CR\r\nand more", "tags": {"a": {"b": None}}, "big": 9007199254740993},
}

NASTY = {
    "a": "line\n  indented\n\ttab\n",
    "b": "trailing blank \nx",
    "c": "true",
    "d": "  lead",
    "e": "<script>&amp;</script>",
    "f": "2024-01-01",
    "g": "emoji \U0001f600 and \u202e bidi \u2028",
    "h": "a very long line that goes on and on " * 6,
    "i": "literal\n\nwith blank lines\n\n\n",
    "9": "y",
    "10": "0x1F",
}


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """A control plane without kubelets that holds pods in every state, and an object of every other sort."""
    if why := missing():
        pytest.skip(why)
    running = start(tmp_path_factory.mktemp("get"), NO_KUBELETS="1")
    try:
        _fill(running)
        yield running
    finally:
        running.down()


def _fill(plane: ControlPlane) -> None:
    for namespace in ("corpus", "odd", "team"):
        plane.kubectl("create", "namespace", namespace)
        plane.kubectl("wait", "--for=create", "serviceaccount/default", "-n", namespace, "--timeout=30s")
    now = datetime.now(UTC)
    plane.apply(WIDGETS, *oddities.nodes(), *oddities.services("odd"), *oddities.workloads("odd"))
    plane.apply(*oddities.endpoint_slices("odd"), *oddities.events("odd", now))
    pods = list(examples(now))
    where = [{**pod.manifest["metadata"], "namespace": "corpus"} for pod in pods]
    plane.apply(
        *({**pod.manifest, "metadata": meta, "status": pod.status} for pod, meta in zip(pods, where, strict=True))
    )
    plane.kubectl("delete", "pod", "-n", "corpus", "--wait=false", *(pod.name for pod in pods if pod.deleted))
    plane.kubectl("create", "deployment", "web", "-n", "team", "--image=registry.example/web:1", "--replicas=3")
    plane.kubectl("create", "service", "clusterip", "web", "-n", "team", "--tcp=80:8080")
    plane.kubectl("wait", "--for=condition=Established", "crd/widgets.example.com", "--timeout=30s")
    plane.apply(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "nasty", "namespace": "default"}, "data": NASTY},
        *(
            {"apiVersion": "example.com/v1", "kind": "Widget", "spec": spec}
            | {"metadata": {"name": name, "namespace": "default", "labels": {"app": "x"}}}
            for name, spec in SPECS.items()
        ),
    )


class Said(NamedTuple):
    """How a command ended and what it printed."""

    code: int
    out: bytes
    err: bytes


def kubectl(plane: ControlPlane, words: list[str]) -> Said:
    command = [f"{CACHE}/bin/kubectl", "get", f"--kubeconfig={plane.kubeconfig}", *words]
    done = subprocess.run(command, capture_output=True, timeout=60)
    # Deprecation notes come in headers of the answer; they are no part of what was asked for.
    lines = [line for line in done.stderr.splitlines(keepends=True) if not line.startswith(b"Warning:")]
    return Said(done.returncode, done.stdout, b"".join(lines))


def ours(plane: ControlPlane, words: list[str], capture: pytest.CaptureFixture[bytes]) -> Said:
    capture.readouterr()
    code = cli.main(["get", f"--kubeconfig={plane.kubeconfig}", *words])
    out, err = capture.readouterr()
    return Said(code, out, err)


def differing(before: Said, mine: Said, after: Said) -> list[tuple[bytes | None, ...]]:
    """Lines that kubectl printed neither before nor after, beside its own."""
    found: list[tuple[bytes | None, ...]] = []
    for old, own, new in zip(before[1:], mine[1:], after[1:], strict=True):
        lines = zip_longest(old.split(b"\n"), own.split(b"\n"), new.split(b"\n"))
        found += [(was, line, now) for was, line, now in lines if line not in (was, now)]
    return found


COMMANDS = """
pods -n corpus
pods -n corpus -o wide
pods -A
pods -A -o wide
pods -n team
po -n team -o wide
pods
pods -n absent
pods nope
pods nope -o yaml
pods nope other
pods nope other -o yaml
pods -A -o name
pods -A -o yaml
pods -A -o json
pods -n corpus -o yaml
pods -l app=web -A
pods -l app=nothing
pods -l app=nothing -A
pods -l a=b=c
pods x -A
pods x -l a=b
pods --context nobody
pods -o yaml --context nobody
pods -o name --context nobody
pods nope --context nobody
pods --context viewer
pods -A --context viewer
pods -w nope
pods a b -w
pods -A -n default
deploy -A
deployments.apps -A -o wide
deploy -A -o name
deploy -A -o yaml
deploy -A -o json
deploy -n team web
deployment -n team web -o wide
deployment -n team web -o yaml
deployment -n team web -o json
deployments -n team web nope
deploy -l app=web -A -o wide
rs -A
rs -A -o wide
rs -A -o yaml
replicasets -n team -o json
svc -A
services -A -o wide
svc -n odd -o yaml
svc kubernetes
svc kubernetes -o yaml
svc kubernetes -o json
svc kubernetes nope
svc kubernetes nope -o json
svc/kubernetes
svc/kubernetes -o name
nodes
nodes -o wide
no -o name
nodes -o yaml
nodes -o json
nodes -A
nodes -n default
nodes x -A
nodes --context nobody
ns
ns -o wide
namespaces default kube-system
ns -o yaml
ns default -o json
endpointslices -A
endpointslices -n odd -o wide
endpointslices -A -o yaml
events -A
ev -n odd
events -n odd -o wide
events -n odd -o name
events -A -o yaml
events -A -o json
events.events.k8s.io -A
cm -A
cm nasty
cm nasty -o yaml
cm nasty -o json
configmaps -n kube-system -o yaml
wd
wd -o wide
wd -o yaml
wd -o json
wd -o name
wd -A
wd one
wd one -o yaml
wd one -o json
widgets one two
wd nope
widgets.example.com -A -o wide
widgets.v1.example.com
crd
crd -o yaml
crd widgets.example.com -o json
sa -A
secrets -A
clusterroles
clusterroles -o yaml
clusterrolebindings -o wide
roles -A -o wide
leases -A
apiservices
apiservices -o yaml
priorityclasses
flowschemas
prioritylevelconfigurations -o wide
controllerrevisions -A
jobs -A
cronjobs
ds -A
sts -A
hpa -A
pvc -A
sc
csr
endpoints -A
validatingadmissionpolicies
tokenreviews
foo
foo.bar
""".strip().splitlines()


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_prints_what_kubectl_prints(
    plane: ControlPlane, capfdbinary: pytest.CaptureFixture[bytes], command: str
) -> None:
    words = shlex.split(command)
    for _ in range(3):  # a tick may fall on a line twice, and a longer age widens its column
        before, mine, after = kubectl(plane, words), ours(plane, words, capfdbinary), kubectl(plane, words)
        different = differing(before, mine, after)
        if not different:
            break
    assert different == []
    assert mine.code == after.code


WATCHES = (
    "pods -n team",
    "pods -A -o wide",
    "deploy web -n team",
    "rs -n team -o name",
    "deploy -n team -o yaml",
    "deploy web -n team -o json",
    "cm -n team",
    "nodes -A",
)


def test_a_watch_prints_what_kubectl_prints(plane: ControlPlane, tmp_path: Path) -> None:
    theirs = [tmp_path / f"kubectl-{number}" for number in range(len(WATCHES))]
    mine = [tmp_path / f"kubetui-{number}" for number in range(len(WATCHES))]
    running = []
    for command, their, own in zip(WATCHES, theirs, mine, strict=True):
        words = ["get", f"--kubeconfig={plane.kubeconfig}", "-w", *shlex.split(command)]
        running += [_started([f"{CACHE}/bin/kubectl", *words], their)]
        running += [_started([sys.executable, "-m", "kubetui", *words], own)]
    try:
        _settled(theirs + mine)
        plane.kubectl("scale", "-n", "team", "deploy/web", "--replicas=5")
        plane.kubectl("create", "configmap", "passing", "-n", "team")
        _settled(theirs + mine)
        plane.kubectl("delete", "pod", "-n", "team", "-l", "app=web", "--force", "--wait=false")
        plane.kubectl("delete", "configmap", "passing", "-n", "team")
        plane.kubectl("scale", "-n", "team", "deploy/web", "--replicas=3")
        _settled(theirs + mine)
    finally:
        for each in running:
            each.send_signal(signal.SIGINT)
        ends = [each.wait(timeout=20) for each in running]
    printed = zip(WATCHES, mine, theirs, strict=True)
    assert [command for command, own, their in printed if _ageless(own) != _ageless(their)] == []
    assert ends[1::2] == [130] * len(WATCHES)


def _started(command: list[str], file: Path) -> "subprocess.Popen[bytes]":
    with file.open("wb") as out:
        return subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=os.environ)


def _settled(files: list[Path]) -> None:
    """Returns once all have begun and then been silent for a second and a half."""
    ends = time.monotonic() + 20
    last: list[int] = []
    while time.monotonic() < ends:
        sizes = [file.stat().st_size for file in files]
        if sizes == last and all(sizes):
            return
        last = sizes
        time.sleep(1.5)


def _ageless(file: Path) -> list[bytes]:
    """What was printed; ages are those of the moment, and with them goes how the blanks before the next cell run."""
    return re.sub(rb"\b(\d+[smhd])+\b *", b"AGE ", file.read_bytes()).splitlines()
