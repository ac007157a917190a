"""The life of a pod on its node: pulls, starts, probes, crashes, and its graceful end."""

from itertools import pairwise
from typing import Any

import pytest

from kubetui.demo.kubelet import images
from kubetui.demo.kubelet.behaviour import Behaviour, behaviour_of
from kubetui.demo.refusals import Refusal
from kubetui.demo.resources import CONFIGMAPS, PODS
from tests.demo.living import Living, condition, pod, reason, waiting

Json = dict[str, Any]


def _one(**made: Any) -> Living:
    cluster = Living(1)
    cluster.create(PODS, pod(**made))
    return cluster


def _state(cluster: Living, name: str = "p") -> Json:
    found: Json = cluster.get(PODS, name)["status"]["containerStatuses"][0]
    return found


def _does(words: str) -> Json:
    return {"annotations": {"kubetui.demo/behaviour": words}}


def test_a_pod_goes_from_pending_over_creating_to_running() -> None:
    cluster = _one()
    cluster.run(0.2)
    assert cluster.get(PODS, "p")["status"]["phase"] == "Pending"
    assert waiting(cluster.get(PODS, "p")) == "ContainerCreating"
    cluster.run(10)
    found = cluster.get(PODS, "p")
    assert found["status"]["phase"] == "Running"
    assert found["status"]["podIP"].startswith("10.244.0.")
    assert [event["reason"] for event in cluster.events(about="p")] == [
        "Scheduled",
        "Pulling",
        "Pulled",
        "Created",
        "Started",
    ]
    assert cluster.events("Started")[0]["involvedObject"]["fieldPath"] == "spec.containers{c}"


def test_an_image_that_is_on_the_node_is_not_pulled_again() -> None:
    cluster = _one()
    cluster.run(10)
    cluster.create(PODS, pod("q"))
    cluster.run(3)
    assert cluster.messages("Pulled", "q") == [
        'Container image "nginx:1.27" already present on machine and can be accessed by the pod'
    ]
    assert condition(cluster.get(PODS, "q"), "Ready") == "True"


def test_a_misspelt_image_fails_and_backs_off() -> None:
    cluster = _one(image="ngynx:1.27")
    cluster.run(3)
    assert waiting(cluster.get(PODS, "p")) == "ErrImagePull"
    cluster.run(3)
    assert waiting(cluster.get(PODS, "p")) == "ImagePullBackOff"
    assert cluster.get(PODS, "p")["status"]["phase"] == "Pending"
    assert cluster.messages("BackOff", "p") == ['Back-off pulling image "ngynx:1.27"']
    cluster.run(120)
    assert len(cluster.messages("Pulling", "p")) == 1
    assert cluster.events("Pulling", "p")[0]["count"] == 4


def test_a_crashing_container_is_restarted_ever_later() -> None:
    cluster = _one(**_does("crash=1s"))
    starts: list[float] = []

    def note(event: str, found: Json, old: Json | None) -> None:
        run = (found["status"].get("containerStatuses") or [{}])[0].get("state", {}).get("running")
        before = ((old or {}).get("status", {}).get("containerStatuses") or [{}])[0].get("state", {}).get("running")
        if run and not before:
            starts.append(cluster.age)

    cluster.registry.subscribe(PODS, note)
    cluster.run(700)
    gaps = [round(later - sooner - 1) for sooner, later in pairwise(starts)]
    assert gaps[0] <= 2
    assert [gap // 10 * 10 for gap in gaps[1:6]] == [10, 20, 40, 80, 160]
    found = cluster.get(PODS, "p")
    assert found["status"]["phase"] == "Running"
    assert waiting(found) == "CrashLoopBackOff"
    message = _state(cluster)["state"]["waiting"]["message"]
    assert message.startswith("back-off 5m0s restarting failed container=c pod=p_default(")
    assert _state(cluster)["lastState"]["terminated"]["exitCode"] == 1


def test_a_container_that_eats_its_memory_is_killed_for_it() -> None:
    cluster = _one(**_does("oom=5s"))
    cluster.run(12)
    assert _state(cluster)["restartCount"] == 1
    assert _state(cluster)["lastState"]["terminated"]["reason"] == "OOMKilled"
    assert _state(cluster)["lastState"]["terminated"]["exitCode"] == 137


def test_a_pod_that_need_not_restart_ends_well_or_badly() -> None:
    cluster = _one(image="busybox", container={"command": ["sh", "-c", "sleep 2; exit 3"]}, restartPolicy="Never")
    cluster.create(PODS, pod("good", "busybox", container={"command": ["true"]}, restartPolicy="Never"))
    cluster.run(30)
    assert cluster.get(PODS, "p")["status"]["phase"] == "Failed"
    assert _state(cluster)["state"]["terminated"]["exitCode"] == 3
    assert cluster.get(PODS, "good")["status"]["phase"] == "Succeeded"
    assert reason(cluster.get(PODS, "good"), "Ready") == "PodCompleted"


def test_init_containers_run_one_after_the_other_before_the_rest() -> None:
    first = [{"name": name, "image": "busybox", "command": ["sleep", "5"]} for name in ("one", "two")]
    cluster = _one(initContainers=first)
    cluster.run(6)
    found = cluster.get(PODS, "p")
    assert found["status"]["phase"] == "Pending"
    assert [bool(one["state"].get("running")) for one in found["status"]["initContainerStatuses"]] == [True, False]
    assert waiting(found) == "PodInitializing"
    assert reason(found, "Initialized") == "ContainersNotInitialized"
    cluster.run(30)
    assert condition(cluster.get(PODS, "p"), "Ready") == "True"


def test_a_sidecar_starts_first_and_does_not_keep_a_job_alive() -> None:
    sidecar = {"name": "proxy", "image": "envoy:v1.33", "restartPolicy": "Always"}
    cluster = _one(
        image="busybox", container={"command": ["sleep", "5"]}, initContainers=[sidecar], restartPolicy="Never"
    )
    cluster.run(9)
    statuses = cluster.get(PODS, "p")["status"]
    assert statuses["initContainerStatuses"][0]["state"].get("running")
    cluster.run(30)
    assert cluster.get(PODS, "p")["status"]["phase"] == "Succeeded"


def test_a_pod_is_ready_only_when_its_probe_says_so() -> None:
    probe = {"httpGet": {"path": "/healthz", "port": 80}, "periodSeconds": 5}
    cluster = _one(container={"readinessProbe": probe}, **_does("start=20s"))
    cluster.run(15)
    assert condition(cluster.get(PODS, "p"), "Ready") == "False"
    assert "connection refused" in cluster.messages("Unhealthy", "p")[0]
    cluster.run(20)
    assert condition(cluster.get(PODS, "p"), "Ready") == "True"


def test_a_container_that_hangs_is_killed_by_its_liveness_probe_and_restarted() -> None:
    probe = {"httpGet": {"path": "/healthz", "port": 80}, "periodSeconds": 10, "failureThreshold": 3}
    cluster = _one(container={"livenessProbe": probe}, **_does("hang=60s"))
    cluster.run(60)
    assert _state(cluster)["restartCount"] == 0
    cluster.run(40)
    assert _state(cluster)["restartCount"] == 1
    assert cluster.messages("Killing", "p") == ["Container c failed liveness probe, will be restarted"]
    assert cluster.events("Unhealthy", "p")[0]["count"] == 3


def test_a_slow_starter_is_left_alone_until_its_startup_probe_passes() -> None:
    startup = {"httpGet": {"path": "/", "port": 80}, "periodSeconds": 5, "failureThreshold": 10}
    live = {"httpGet": {"path": "/", "port": 80}, "periodSeconds": 5, "failureThreshold": 1}
    cluster = _one(container={"startupProbe": startup, "livenessProbe": live}, **_does("start=30s"))
    cluster.run(60)
    assert _state(cluster)["restartCount"] == 0
    assert _state(cluster)["started"] is True


def test_a_healthy_container_with_probes_costs_nothing_once_it_is_ready() -> None:
    probe = {"httpGet": {"path": "/", "port": 80}, "periodSeconds": 1}
    cluster = _one(container={"readinessProbe": probe, "livenessProbe": probe})
    cluster.run(20)
    before = cluster.registry.storage.version
    cluster.run(9)
    assert cluster.registry.storage.version - before <= 1


def test_what_a_container_does_can_be_changed_while_it_runs() -> None:
    cluster = _one()
    cluster.run(10)
    cluster.patch(PODS, "p", {"metadata": {"annotations": {"kubetui.demo/behaviour": "oom=1s"}}})
    cluster.run(3)
    assert _state(cluster)["restartCount"] + bool(_state(cluster)["state"].get("terminated")) >= 1


def test_a_pod_that_stops_when_asked_ends_soon() -> None:
    cluster = _one()
    cluster.run(10)
    cluster.delete(PODS, "p")
    assert cluster.get(PODS, "p")["metadata"]["deletionGracePeriodSeconds"] == 30
    cluster.run(0.1)
    assert cluster.messages("Killing", "p") == ["Stopping container c"]
    cluster.run(2)
    assert cluster.pods() == []


def test_a_pod_that_ignores_the_signal_is_killed_when_its_grace_is_over() -> None:
    cluster = _one(**_does("stop=never"))
    cluster.run(10)
    seen: list[Json] = []
    cluster.registry.subscribe(PODS, lambda event, found, old: seen.append(found))
    cluster.delete(PODS, "p")
    cluster.run(29)
    assert len(cluster.pods()) == 1
    cluster.run(3)
    assert cluster.pods() == []
    assert seen[-1]["status"]["containerStatuses"][0]["state"]["terminated"]["exitCode"] == 137


def test_a_second_deletion_can_only_shorten_the_grace() -> None:
    cluster = _one(**_does("stop=never"))
    cluster.run(10)
    cluster.delete(PODS, "p")
    cluster.run(1)
    cluster.delete(PODS, "p", grace=3)
    cluster.run(5)
    assert cluster.pods() == []


def test_a_deleted_pod_is_replaced_while_it_still_terminates() -> None:
    cluster = Living()
    cluster.deploy(pod=_does("stop=20s"))
    cluster.run(15)
    victim = cluster.pods()[0]["metadata"]["name"]
    cluster.delete(PODS, victim)
    cluster.run(10)
    assert len(cluster.pods()) == 4
    assert sum("deletionTimestamp" not in one["metadata"] for one in cluster.running()) == 3
    cluster.run(20)
    assert victim not in {one["metadata"]["name"] for one in cluster.pods()}


def test_a_volume_that_is_missing_holds_the_pod_up_until_it_is_there() -> None:
    cluster = _one(volumes=[{"name": "config", "configMap": {"name": "settings"}}])
    cluster.run(20)
    assert waiting(cluster.get(PODS, "p")) == "ContainerCreating"
    assert cluster.messages("FailedMount", "p") == [
        'MountVolume.SetUp failed for volume "config" : configmap "settings" not found'
    ]
    cluster.create(CONFIGMAPS, {"metadata": {"name": "settings"}, "data": {"a": "b"}})
    cluster.run(40)
    assert condition(cluster.get(PODS, "p"), "Ready") == "True"


def test_a_missing_value_is_a_configuration_error() -> None:
    source = {"configMapKeyRef": {"name": "settings", "key": "a"}}
    cluster = _one(container={"env": [{"name": "A", "valueFrom": source}]})
    cluster.run(10)
    assert waiting(cluster.get(PODS, "p")) == "CreateContainerConfigError"
    assert cluster.messages("Failed", "p") == ['Error: configmap "settings" not found']


def test_logs_grow_with_time_and_are_the_same_when_asked_again() -> None:
    cluster = _one(**_does("logs=2"))
    cluster.run(30)
    first = cluster.plane.fleet.logs("default", "p")
    assert len(first) > 20
    cluster.run(10)
    later = cluster.plane.fleet.logs("default", "p")
    assert later[: len(first)] == first
    assert len(later) - len(first) == 20
    assert cluster.plane.fleet.logs("default", "p", tail=3) == later[-3:]


def test_the_log_of_a_crashed_run_can_be_read() -> None:
    cluster = _one(**_does("crash=2s"))
    cluster.run(30)
    lines = cluster.plane.fleet.logs("default", "p", previous=True)
    assert "exit code 1" in lines[-1].text


def test_a_log_that_cannot_be_is_refused() -> None:
    cluster = _one(image="nginx:typo")
    cluster.run(10)
    with pytest.raises(Refusal, match='container "c" in pod "p" is waiting to start: trying and failing to pull image'):
        cluster.plane.fleet.logs("default", "p")
    with pytest.raises(Refusal, match="container x is not valid for pod p"):
        cluster.plane.fleet.logs("default", "p", "x")


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (["sleep", "10"], Behaviour(ends_at=10.2, stops_in=None)),
        (["sleep", "infinity"], Behaviour(stops_in=None)),
        (["false"], Behaviour(ends_at=0.2, code=1, stops_in=None)),
        (["sh", "-c", "echo hi; sleep 1m; exit 2"], Behaviour(ends_at=60.2, code=2, stops_in=None)),
        (["sh", "-c", "while true; do date; sleep 1; done"], Behaviour(stops_in=None)),
        (["my-server", "--port=80"], Behaviour()),
    ],
)
def test_a_command_tells_what_a_container_does(command: list[str], expected: Behaviour) -> None:
    container = {"name": "c", "image": "busybox", "command": command}
    assert behaviour_of({"metadata": {}}, container) == expected


@pytest.mark.parametrize("image", ["nginx:typo", "ngynx", "redis:latestt", "shop/web:does-not-exist", "nosuch:1"])
def test_images_that_do_not_exist(image: str) -> None:
    assert images.failure(image)


@pytest.mark.parametrize("image", ["nginx", "nginx:1.27-alpine", "redis:7", "shop/web:v2", "ghcr.io/a/b@sha256:00"])
def test_images_that_exist(image: str) -> None:
    assert images.failure(image) == ""
