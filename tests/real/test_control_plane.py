"""The control plane that other tests stand on does what its fixture says."""

import json
import subprocess

import pytest

from tests.controlplane.plane import ControlPlane

pytestmark = pytest.mark.real


def status_of(plane: ControlPlane, path: str, seconds: float = 2.0) -> int:
    """The HTTP status of a request (for a watch: that of its first line, which may be an error), 0 for no answer."""
    command = ["curl", "-skN", "-m", str(seconds), "-w", "\n%{http_code}", "-H", f"Authorization: Bearer {plane.token}"]
    said = subprocess.run([*command, plane.url + path], capture_output=True, text=True, timeout=30).stdout
    body, _, code = said.rpartition("\n")
    if '"type":"ERROR"' in body:
        return int(json.loads(body.splitlines()[0])["object"]["code"])
    return int(code)


def pods_version(plane: ControlPlane) -> str:
    return str(json.loads(plane.kubectl("get", "--raw", "/api/v1/pods"))["metadata"]["resourceVersion"])


def test_its_nodes_are_ready(control_plane: ControlPlane) -> None:
    rows = control_plane.kubectl("get", "nodes", "--no-headers").splitlines()
    assert [row.split()[:2] for row in rows] == [[f"node-{number}", "Ready"] for number in range(3)]


def test_a_deployment_gets_running_pods_whose_log_can_be_read(control_plane: ControlPlane) -> None:
    plane = control_plane
    plane.kubectl("create", "deployment", "fixture", "--image=registry.example/fixture:1", "--replicas=2")
    plane.kubectl("rollout", "status", "deployment/fixture", "--timeout=60s")
    plane.log("a line of this test")
    assert "a line of this test" in plane.kubectl("logs", "deployment/fixture")
    plane.kubectl("delete", "deployment", "fixture", "--wait=false")


def test_each_context_has_its_rights(control_plane: ControlPlane) -> None:
    assert control_plane.kubectl("auth", "can-i", "delete", "nodes").strip() == "yes"
    control_plane.kubectl("get", "pods", context="viewer")
    with pytest.raises(RuntimeError, match="cannot list resource"):
        control_plane.kubectl("get", "pods", "-A", context="viewer")
    with pytest.raises(RuntimeError, match="cannot list resource"):
        control_plane.kubectl("get", "pods", context="nobody")


def test_an_applied_status_is_what_the_server_holds(control_plane: ControlPlane) -> None:
    control_plane.kubectl("create", "namespace", "statuses")
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "failed", "namespace": "statuses"},
        "spec": {"containers": [{"name": "main", "image": "registry.example/x"}], "schedulerName": "nobody"},
        "status": {"phase": "Failed", "reason": "Evicted"},
    }
    control_plane.apply(pod)
    assert "Evicted" in control_plane.kubectl("get", "pods", "-n", "statuses")


def test_a_frozen_api_server_answers_nothing_and_goes_on_when_it_thaws(own_control_plane: ControlPlane) -> None:
    own_control_plane.pause()
    assert status_of(own_control_plane, "/version", 1.0) == 0
    own_control_plane.resume()
    assert status_of(own_control_plane, "/version", 20.0) == 200


def test_a_restart_keeps_what_was_stored_and_a_compaction_makes_old_versions_gone(
    own_control_plane: ControlPlane,
) -> None:
    plane = own_control_plane
    plane.kubectl("create", "namespace", "kept")
    old = pods_version(plane)
    plane.restart()
    assert "kept" in plane.kubectl("get", "namespaces")
    plane.compact()
    assert "kept" in plane.kubectl("get", "namespaces")
    assert status_of(plane, f"/api/v1/pods?watch=1&resourceVersion={old}", 5.0) == 410
    assert status_of(plane, f"/api/v1/pods?watch=1&resourceVersion={pods_version(plane)}&timeoutSeconds=1", 5.0) == 200
