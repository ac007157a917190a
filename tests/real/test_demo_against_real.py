"""The built-in cluster against a real control plane: the same kubectl commands, and what they print.

What no run repeats (times, uids, addresses, random names) is made alike first. Commands go to a namespace of their own,
in the order given, so that each builds on what those before it have left.
"""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.controlplane.plane import CACHE, ControlPlane

Json = dict[str, Any]
pytestmark = pytest.mark.real

SPACE = "alike"


def manifest(api_version: str, kind: str, name: str, **parts: Any) -> Json:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, **parts}


def deployment(image: str = "nginx:1", replicas: Any = 0, **spec: Any) -> Json:
    labels = {"app": "web"}
    pods = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": image}]}}
    body = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": pods, **spec}
    return manifest("apps/v1", "Deployment", "web", spec=body)


def pod(**spec: Any) -> Json:
    return manifest("v1", "Pod", "x", spec=spec)


PORTS = {"ports": [{"port": 80}], "selector": {"app": "web"}}
CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
WRONG_CONTAINERS = [
    {"image": "nginx"},
    {"name": "B", "image": ""},
    {"name": "c", "image": "x", "ports": [{"containerPort": 70_000}], "imagePullPolicy": "Some"},
    {"name": "c", "image": "x", "volumeMounts": [{"name": "nov", "mountPath": "/x"}]},
    {"name": "d", "image": "x", "resources": {"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}},
]
AS_GO_PRINTS = "the refusal of a patch holds the whole object as Go prints a map"
NO_PROSE = "the built-in schemas have types and fields, neither descriptions nor enums"
DIFFERENT: dict[tuple[str, str], str] = {
    ("apply -f -", "many"): AS_GO_PRINTS,
    ("apply -f -", "replicaz"): AS_GO_PRINTS,
    ("explain deployment.spec.strategy", ""): NO_PROSE,
    ("explain pod.spec.containers.ports", ""): NO_PROSE,
}
"""Commands that print something else, by a word of their manifest where they have one, each with the reason."""

COMMANDS: tuple[tuple[str, Json | None], ...] = (
    ("apply -f -", deployment()),
    ("apply -f -", deployment()),
    ("apply -f -", deployment("nginx:2")),
    ("apply -f -", deployment(replicas="many")),
    ("apply -f -", deployment(replicaz=1)),
    ("apply -f -", deployment(selector={"matchLabels": {"app": "other"}})),
    ("get deployment web -o yaml", None),
    ("get deployment web -o wide", None),
    ("get deployment web -o name", None),
    ("get deployment web -o jsonpath={.spec.strategy}", None),
    ("get deployments,services", None),
    ("set image deployment/web c=nginx:3", None),
    ("set env deployment/web A=b", None),
    ("set resources deployment/web --limits=cpu=1", None),
    ('patch deployment web -p {"spec":{"paused":true}}', None),
    ('patch deployment web -p {"spec":{"replicas":-2}}', None),
    ('patch deployment web --type=json -p [{"op":"remove","path":"/spec/paused"}]', None),
    ("label deployment web tier=front", None),
    ("label deployment web tier=back", None),
    ("label deployment web tier-", None),
    ("annotate deployment web note=yes", None),
    ("get deployment web -o yaml", None),
    ("apply --server-side -f -", deployment("nginx:4")),
    ("apply --server-side --force-conflicts -f -", deployment("nginx:4")),
    ("apply --server-side -f -", manifest("v1", "ConfigMap", "ss", data={"a": "b"})),
    ("get configmap ss -o yaml", None),
    ("create configmap c1 --from-literal=a=b", None),
    ("create configmap c1 --from-literal=a=b", None),
    ("create configmap Bad_Name --from-literal=a=b", None),
    ("create secret generic s1 --from-literal=a=b", None),
    ("get secret s1 -o yaml", None),
    ("create serviceaccount robot", None),
    ("create role reader --verb=get,list --resource=pods", None),
    ("create rolebinding readers --role=reader --serviceaccount=alike:robot", None),
    ("get role,rolebinding -o wide", None),
    ("describe role reader", None),
    ("auth can-i list pods", None),
    ("create deployment Web_1 --image=x", None),
    ("create deployment neg --image=x --replicas=-1", None),
    ("create service clusterip svc --tcp=80:8080", None),
    ("get service svc", None),
    ("create -f -", manifest("v1", "Service", "head", spec={**PORTS, "clusterIP": "None"})),
    ("get service head -o yaml", None),
    ("create -f -", manifest("v1", "Service", "x", spec={})),
    ("create -f -", manifest("v1", "Service", "x", spec={"type": "Some", "ports": [{"port": 70_000}]})),
    ("create -f -", pod(containers=[])),
    ("create --validate=false -f -", pod(containers=WRONG_CONTAINERS, restartPolicy="Some")),
    ("create -f -", pod(containers=[{"name": "c", "image": "x"}], serviceAccountName="ghost")),
    ("create -f -", pod(containers=[{"name": "c", "image": "x"}], priorityClassName="ghost")),
    ("create -f -", manifest("v1", "PersistentVolumeClaim", "claim", spec={**CLAIM, "storageClassName": "none"})),
    ("create -f -", manifest("v1", "PersistentVolumeClaim", "wrong", spec={})),
    ("get persistentvolumeclaim claim", None),
    ("create -f -", manifest("v1", "ConfigMap", "x", data={"a b": "c"})),
    ("create job j --image=busybox --dry-run=server -o name -- echo hi", None),
    ("create cronjob cj --image=busybox --schedule=foo -- echo hi", None),
    ("create cronjob cj --image=busybox --schedule=*/5.*.*.*.* -- echo hi", None),
    ("create quota q --hard=configmaps=20", None),
    ("create poddisruptionbudget pdb --selector=app=web --min-available=1", None),
    ("create ingress i --rule=foo.com/=svc:80", None),
    ("get ingress i", None),
    ("autoscale deployment web --max=3 --min=1 --cpu=50%", None),
    ("get pods nope", None),
    ("get things", None),
    ("delete pod nope", None),
    ("get pods --field-selector=foo=bar", None),
    ("explain deployment.spec.strategy", None),
    ("explain pod.spec.containers.ports", None),
    ("replace -f -", manifest("v1", "ConfigMap", "c1", data={"a": "c"})),
    ("delete configmap c1 ss", None),
    ("delete namespace default", None),
    ("delete deployment,service,cronjob --all", None),
)

_ALIKE = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "TIME"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "UID"),
    (re.compile(r'resourceVersion: "\d+"'), "resourceVersion: N"),
    (re.compile(r"\b10\.\d+\.\d+\.\d+\b"), "ADDRESS"),
    (re.compile(r"\b\d+s\b"), "AGE"),
    # The real hash of a template is that of a Go struct; the built-in one's is that of its JSON.
    (re.compile(r"\bweb-[a-z0-9]{7,10}\b"), "web-HASH"),
    (re.compile(r" +"), " "),
)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The kubeconfig of a built-in cluster."""
    path = tmp_path_factory.mktemp("demo") / "kubeconfig"
    words = [sys.executable, "-m", "kubetui", "demo", "serve", "--write-kubeconfig", str(path)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"export")
        yield path
    finally:
        process.terminate()
        process.communicate(timeout=30)


def run(kubeconfig: Path, command: str, body: Json | None) -> str:
    """What a command prints, on both streams, with what no run repeats made alike."""
    words = [word.replace(".*", " *") if "schedule=*" in word else word for word in command.split(" ")]
    done = subprocess.run(
        [CACHE / "bin" / "kubectl", f"--kubeconfig={kubeconfig}", f"--namespace={SPACE}", *words],
        input=None if body is None else json.dumps(body),
        capture_output=True,
        text=True,
        timeout=60,
    )
    text = done.stdout + done.stderr
    for pattern, word in _ALIKE:
        text = pattern.sub(word, text)
    return text


def test_kubectl_prints_the_same(control_plane: ControlPlane, demo: Path) -> None:
    real = Path(control_plane.kubeconfig)
    for kubeconfig in (real, demo):
        run(kubeconfig, f"create namespace {SPACE}", None)
    _settled(real)
    differing = []
    for command, body in COMMANDS:
        expected, found = run(real, command, body), run(demo, command, body)
        known = any(command == other and word in json.dumps(body or "") for other, word in DIFFERENT)
        if expected != found and not known:
            differing.append(f"$ kubectl {command}\n--- real\n{expected}--- built in\n{found}")
    assert not differing, "\n".join(differing)


def _settled(kubeconfig: Path) -> None:
    """Returns once a new namespace has its account."""
    for _ in range(50):
        if "default" in run(kubeconfig, "get serviceaccount default -o name", None):
            return
        time.sleep(0.1)
