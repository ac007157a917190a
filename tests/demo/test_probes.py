"""What probes of each type see and say, in the examples that Kubernetes' own pages give."""

from typing import Any

from kubetui.demo.resources import PODS
from tests.demo.living import Living, condition, pod

Json = dict[str, Any]


def _probed(image: str, kind: str, probe: Json, **container: Any) -> Living:
    cluster = Living(1)
    cluster.create(PODS, pod(image=image, container={f"{kind}Probe": probe, **container}))
    return cluster


def _restarts(cluster: Living) -> int:
    return int(cluster.get(PODS, "p")["status"]["containerStatuses"][0]["restartCount"])


def test_a_container_that_takes_its_file_away_is_restarted() -> None:
    script = "touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600"
    probe = {"exec": {"command": ["cat", "/tmp/healthy"]}, "initialDelaySeconds": 5, "periodSeconds": 5}
    cluster = _probed("registry.k8s.io/busybox:1.27.2", "liveness", probe, args=["/bin/sh", "-c", script])
    cluster.run(30)
    assert cluster.events("Unhealthy", "p") == []
    cluster.run(30)
    (told,) = cluster.messages("Unhealthy", "p")
    assert told == "Liveness probe failed: cat: can't open '/tmp/healthy': No such file or directory\n"
    assert cluster.messages("Killing", "p") == ["Container c failed liveness probe, will be restarted"]
    cluster.run(40)
    assert _restarts(cluster) == 1


def test_the_example_of_a_liveness_probe_over_http_fails_after_ten_seconds() -> None:
    probe = {"httpGet": {"path": "/healthz", "port": 8080}, "initialDelaySeconds": 3, "periodSeconds": 3}
    cluster = _probed("registry.k8s.io/e2e-test-images/agnhost:2.40", "liveness", probe, args=["liveness"])
    cluster.run(45)
    assert cluster.messages("Unhealthy", "p") == ["Liveness probe failed: HTTP probe failed with statuscode: 500"]
    assert _restarts(cluster) >= 1


def test_a_probe_whose_command_fails_keeps_a_pod_from_being_ready() -> None:
    cluster = _probed("nginx:1.27", "readiness", {"exec": {"command": ["sh", "-c", "exit 1"]}})
    cluster.run(30)
    assert condition(cluster.get(PODS, "p"), "Ready") == "False"
    assert cluster.messages("Unhealthy", "p") == ["Readiness probe failed: "]


def test_a_pod_is_ready_from_when_its_file_is_there() -> None:
    probe = {"exec": {"command": ["test", "-f", "/tmp/ready"]}, "periodSeconds": 2}
    script = "sleep 20; touch /tmp/ready; while true; do sleep 1; done"
    cluster = _probed("busybox", "readiness", probe, command=["sh", "-c", script])
    cluster.run(15)
    assert condition(cluster.get(PODS, "p"), "Ready") == "False"
    cluster.run(20)
    assert condition(cluster.get(PODS, "p"), "Ready") == "True"


def test_a_port_that_nothing_listens_on_yet_refuses() -> None:
    cluster = Living(1)
    probe = {"tcpSocket": {"port": 8080}, "periodSeconds": 2}
    made = pod(container={"readinessProbe": probe}, annotations={"kubetui.demo/behaviour": "start=10s"})
    cluster.create(PODS, made)
    cluster.run(8)
    ip = cluster.get(PODS, "p")["status"]["podIP"]
    assert cluster.messages("Unhealthy", "p") == [
        f"Readiness probe failed: dial tcp {ip}:8080: connect: connection refused"
    ]


def test_a_shell_loop_that_is_the_first_process_has_to_be_killed() -> None:
    cluster = Living(1)
    loop = {"command": ["sh", "-c", "while true; do sleep 1; done"]}
    cluster.create(PODS, pod(image="busybox", container=loop))
    cluster.run(10)
    cluster.delete(PODS, "p")
    cluster.run(25)
    assert len(cluster.pods()) == 1
    cluster.run(10)
    assert cluster.pods() == []
