"""Records what an API server's watches say while a scenario plays, as JSON lines: input for the tests of the story.

    python -m tests.story.record KUBECONFIG FOLDER [ACT ...]

Works on an empty cluster with nodes (tests/controlplane makes one). Each line is `{at, plural, type, initial, object}`,
`at` in seconds since the epoch as the line was read; objects are cut down to what a story can be told from.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PATHS = {
    "pods": "/api/v1/namespaces/default/pods",
    "replicasets": "/apis/apps/v1/namespaces/default/replicasets",
    "deployments": "/apis/apps/v1/namespaces/default/deployments",
    "events": "/api/v1/namespaces/default/events",
    "nodes": "/api/v1/nodes",
}
_NOISE = {"managedFields", "annotations", "finalizers", "selfLink", "generateName", "generation"}
_READ = {
    "spec": {"replicas", "nodeName", "template", "unschedulable"},
    "status": {"phase", "reason", "replicas", "updatedReplicas", "readyReplicas", "availableReplicas", "conditions"}
    | {"containerStatuses"},
    "conditions": {"type", "status", "reason", "lastTransitionTime"},
    "containerStatuses": {"name", "state", "lastState", "ready", "restartCount"},
    "containers": {"name", "image"},
    "template": {"spec"},
}


def cut(given: dict[str, Any]) -> dict[str, Any]:
    """The object without what no story reads; an event is kept whole but for its metadata's noise."""
    kept = {key: _cut(key, value) for key, value in given.items() if key not in ("apiVersion", "kind")}
    kept["metadata"] = {key: value for key, value in given["metadata"].items() if key not in _NOISE}
    if "deployment.kubernetes.io/desired-replicas" in given["metadata"].get("annotations", {}):
        kept["metadata"]["annotations"] = given["metadata"]["annotations"]
    if "template" in given.get("spec", {}):
        containers = given["spec"]["template"]["spec"]["containers"]
        kept["spec"]["template"] = {"spec": {"containers": _cut("containers", containers)}}
    return kept


def _cut(key: str, value: Any) -> Any:
    """The value of a field without the parts of it that are not read."""
    if isinstance(value, list):
        return [_cut(key, each) for each in value]
    if isinstance(value, dict) and key in _READ:
        return {name: _cut(name, part) for name, part in value.items() if name in _READ[key]}
    return value


class Recorder:
    """Holds one watch per resource open through `kubectl get --raw` and keeps every line with its time."""

    def __init__(self, kubectl: tuple[str, ...]) -> None:
        self._kubectl = kubectl
        self._lines: list[dict[str, Any]] = []
        self._watches: list[subprocess.Popen[bytes]] = []
        self._readers: list[threading.Thread] = []

    def __enter__(self) -> "Recorder":
        for plural, path in PATHS.items():
            listed = json.loads(subprocess.check_output([*self._kubectl, "get", "--raw", path], timeout=30))
            for each in listed["items"] if plural != "events" else ():
                self._keep(plural, "ADDED", each, initial=True)
            version = listed["metadata"]["resourceVersion"]
            watch = subprocess.Popen(
                [*self._kubectl, "get", "--raw", f"{path}?watch=1&resourceVersion={version}"], stdout=subprocess.PIPE
            )
            reader = threading.Thread(target=self._read, args=(plural, watch), daemon=True)
            reader.start()
            self._watches.append(watch)
            self._readers.append(reader)
        return self

    def __exit__(self, *_: object) -> None:
        for watch in self._watches:
            watch.terminate()
        for watch, reader in zip(self._watches, self._readers, strict=True):
            watch.wait(10)
            reader.join(10)

    def _read(self, plural: str, watch: subprocess.Popen[bytes]) -> None:
        assert watch.stdout is not None
        for line in watch.stdout:
            event = json.loads(line)
            self._keep(plural, event["type"], event["object"], initial=False)

    def _keep(self, plural: str, type_: str, given: dict[str, Any], initial: bool) -> None:
        line = {"at": round(time.time(), 4), "plural": plural, "type": type_, "object": cut(given)}
        if initial:
            line["initial"] = True
        self._lines.append(line)

    def save(self, file: Path) -> None:
        """One compact JSON value a line, in the order in which they were read."""
        file.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in self._lines))


WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: default}
spec:
  replicas: 3
  progressDeadlineSeconds: 5
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web}
      annotations:  # the pace of the simulated kubelets
        pod-create.stage.kwok.x-k8s.io/delay: 300ms
        pod-create.stage.kwok.x-k8s.io/jitter-delay: 900ms
        pod-ready.stage.kwok.x-k8s.io/delay: 500ms
        pod-ready.stage.kwok.x-k8s.io/jitter-delay: 1500ms
    spec: {containers: [{name: app, image: "nginx:1.27"}], terminationGracePeriodSeconds: 2}
"""
RECREATED = WEB.replace("replicas: 3", "replicas: 2\n  strategy: {type: Recreate}")
STATEFUL = WEB.replace("kind: Deployment", "kind: StatefulSet").replace("  progressDeadlineSeconds: 5\n", "")
NO_NODE = '{"spec":{"template":{"spec":{"nodeSelector":{"disk":"none"}}}}}'


class Scenario:
    """What a person does with kubectl, each step given time to play out."""

    def __init__(self, kubectl: tuple[str, ...]) -> None:
        self._kubectl = kubectl

    def do(self, *words: str, given: str = "") -> str:
        return subprocess.check_output([*self._kubectl, *words], input=given, timeout=60, text=True)

    def prepare(self, manifest: str) -> None:
        """What the manifest says is there and ready, and nothing else."""
        self.do("delete", "deployments,statefulsets", "--all", "--cascade=foreground")
        self.do("wait", "--for=delete", "pods", "--all", "--timeout=60s")
        self.do("apply", "-f", "-", given=manifest)
        self.do("rollout", "status", "-f", "-", "--timeout=60s", given=manifest)

    def pod(self) -> str:
        return self.do("get", "pods", "-l", "app=web", "-o", "name").split()[0]

    def delete_a_pod(self) -> None:
        self.do("delete", self.pod(), "--wait=false")
        time.sleep(7)

    def delete_every_pod(self) -> None:
        self.do("delete", "pods", "-l", "app=web", "--wait=false")
        time.sleep(7)

    def scale_up_and_down(self) -> None:
        self.do("scale", "deployment/web", "--replicas=5")
        time.sleep(7)
        self.do("scale", "deployment/web", "--replicas=2")
        time.sleep(7)

    def roll_out(self) -> None:
        self.do("set", "image", "deployment/web", "app=nginx:1.28")
        self.do("rollout", "status", "deployment/web", "--timeout=60s")
        time.sleep(4)

    def roll_out_what_no_node_can_run(self) -> None:
        self.do("patch", "deployment/web", "-p", NO_NODE)
        time.sleep(7)

    def exceed_a_quota(self) -> None:
        self.do("create", "quota", "few", "--hard=pods=1")
        time.sleep(1)
        self.do("delete", self.pod(), "--wait=false")
        time.sleep(6)
        self.do("delete", "quota", "few")

    def delete_the_deployment(self) -> None:
        self.do("delete", "deployment/web")
        time.sleep(6)

    def make_a_deployment_and_a_lone_pod(self) -> None:
        self.do("create", "deployment", "api", "--image=api:1", "--replicas=2")
        self.do("run", "toolbox", "--image=busybox", "--restart=Never")
        time.sleep(13)
        self.do("delete", "pod/toolbox", "--wait=false", "--grace-period=1")
        time.sleep(4)

    def drain_a_node(self) -> None:
        node = self.do("get", self.pod(), "-o", "jsonpath={.spec.nodeName}")
        self.do("drain", node)
        time.sleep(5)
        self.do("uncordon", node)
        time.sleep(1)

    def roll_back_with_all_pods_ended_first(self) -> None:
        self.do("set", "image", "deployment/web", "app=nginx:1.28")
        time.sleep(7)
        self.do("rollout", "undo", "deployment/web")
        time.sleep(7)


def main(kubeconfig: str, folder: str, *names: str) -> None:
    """Plays the named acts, or all, each on three fresh pods, and saves each recording under the act's name."""
    kubectl = ("kubectl", "--kubeconfig", kubeconfig)
    scenario = Scenario(kubectl)
    acts: dict[str, tuple[str, Callable[[], None]]] = {
        "delete_a_pod": (WEB, scenario.delete_a_pod),
        "delete_a_pod_of_a_stateful_set": (STATEFUL, scenario.delete_a_pod),
        "delete_every_pod": (WEB, scenario.delete_every_pod),
        "scale_up_and_down": (WEB, scenario.scale_up_and_down),
        "roll_out": (WEB, scenario.roll_out),
        "roll_out_what_no_node_can_run": (WEB, scenario.roll_out_what_no_node_can_run),
        "roll_back_with_all_pods_ended_first": (RECREATED, scenario.roll_back_with_all_pods_ended_first),
        "exceed_a_quota": (WEB, scenario.exceed_a_quota),
        "drain_a_node": (WEB, scenario.drain_a_node),
        "delete_the_deployment": (WEB, scenario.delete_the_deployment),
        "make_a_deployment_and_a_lone_pod": (WEB, scenario.make_a_deployment_and_a_lone_pod),
    }
    for name in names or acts:
        manifest, act = acts[name]
        scenario.prepare(manifest)
        with Recorder(kubectl) as recorder:
            time.sleep(1)
            act()
        recorder.save(Path(folder) / f"{name}.jsonl")


if __name__ == "__main__":
    main(*sys.argv[1:])
