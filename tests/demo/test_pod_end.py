"""How pods and their containers end: hooks, the order among sidecars, deadlines, last words."""

from typing import Any

from kubetui.demo.resources import PODS
from tests.demo.living import Living, condition, is_ready, pod, waiting

Json = dict[str, Any]


def _one(**made: Any) -> Living:
    cluster = Living(1)
    cluster.create(PODS, pod(**made))
    cluster.run(30)
    return cluster


def _ends(cluster: Living) -> list[str]:
    """The names of the containers in the order in which they are seen to end from now on."""
    ended: list[str] = []

    def note(event: str, found: Json, old: Json | None) -> None:
        status = found["status"]
        for one in (*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())):
            if "terminated" in one["state"] and one["name"] not in ended:
                ended.append(one["name"])

    cluster.registry.subscribe(PODS, note)
    return ended


def _state(cluster: Living, name: str = "p") -> Json:
    found: Json = cluster.get(PODS, name)["status"]["containerStatuses"][0]
    return found


def test_sidecars_end_after_the_main_container_and_the_last_one_first() -> None:
    sidecars = [{"name": name, "image": "envoy:v1.33", "restartPolicy": "Always"} for name in ("first", "second")]
    cluster = _one(initContainers=sidecars)
    ended = _ends(cluster)
    cluster.delete(PODS, "p")
    cluster.run(5)
    assert ended == ["c", "second", "first"]
    assert cluster.pods() == []


def test_a_sidecar_does_not_outlive_the_grace_period_of_its_pod() -> None:
    sidecar = {"name": "proxy", "image": "envoy:v1.33", "restartPolicy": "Always"}
    never = {"annotations": {"kubetui.demo/behaviour.c": "stop=never"}}
    cluster = _one(initContainers=[sidecar], terminationGracePeriodSeconds=10, **never)
    cluster.delete(PODS, "p")
    cluster.run(9)
    assert len(cluster.pods()) == 1
    cluster.run(4)
    assert cluster.pods() == []


def test_a_pre_stop_hook_runs_to_its_end_before_the_container_is_asked_to_end() -> None:
    cluster = _one(container={"lifecycle": {"preStop": {"exec": {"command": ["sh", "-c", "sleep 8"]}}}})
    cluster.delete(PODS, "p")
    cluster.run(7)
    assert is_ready(cluster.get(PODS, "p"))
    cluster.run(3)
    assert cluster.pods() == []


def test_a_pre_stop_hook_that_fails_is_told_and_the_container_ends_all_the_same() -> None:
    cluster = _one(container={"lifecycle": {"preStop": {"exec": {"command": ["false"]}}}})
    cluster.delete(PODS, "p")
    cluster.run(3)
    assert cluster.messages("FailedPreStopHook", "p") == ["PreStopHook failed"]
    assert cluster.pods() == []


def test_a_post_start_hook_holds_the_container_back_until_it_is_over() -> None:
    cluster = Living(1)
    cluster.create(PODS, pod(container={"lifecycle": {"postStart": {"sleep": {"seconds": 20}}}}))
    cluster.run(15)
    assert waiting(cluster.get(PODS, "p")) == "ContainerCreating"
    cluster.run(20)
    assert is_ready(cluster.get(PODS, "p"))


def test_a_container_whose_post_start_hook_fails_is_killed_and_tried_again() -> None:
    cluster = _one(container={"lifecycle": {"postStart": {"exec": {"command": ["false"]}}}})
    assert waiting(cluster.get(PODS, "p")) == "PostStartHookError"
    assert cluster.events("FailedPostStartHook", "p")[0]["count"] == 2
    assert _state(cluster)["restartCount"] == 2


def test_main_containers_start_one_after_the_other() -> None:
    more = {"name": "second", "image": "redis:7"}
    cluster = Living(1)
    made = pod()
    made["spec"]["containers"].append(more)
    cluster.create(PODS, made)
    cluster.run(30)
    told = [(one["reason"], one["involvedObject"]["fieldPath"][-7:]) for one in cluster.events(about="p")[1:]]
    assert told == [
        (what, path) for path in ("ners{c}", "second}") for what in ("Pulling", "Pulled", "Created", "Started")
    ]


def test_a_pod_that_is_active_for_too_long_fails_and_stays() -> None:
    cluster = _one(activeDeadlineSeconds=60)
    assert is_ready(cluster.get(PODS, "p"))
    cluster.run(40)
    status = cluster.get(PODS, "p")["status"]
    assert (status["phase"], status["reason"]) == ("Failed", "DeadlineExceeded")
    assert status["message"] == "Pod was active on the node longer than the specified deadline"
    assert cluster.messages("DeadlineExceeded", "p") == [status["message"]]
    cluster.delete(PODS, "p")
    assert cluster.pods() == []


def test_what_a_container_writes_to_its_termination_log_is_its_message() -> None:
    script = "echo 'no space left' > /dev/termination-log; exit 4"
    cluster = _one(image="busybox", container={"command": ["sh", "-c", script]}, restartPolicy="Never")
    assert _state(cluster)["state"]["terminated"]["message"] == "no space left\n"


def test_the_log_speaks_for_a_container_that_failed_without_a_message() -> None:
    container = {"command": ["sh", "-c", "echo boom; exit 4"], "terminationMessagePolicy": "FallbackToLogsOnError"}
    cluster = _one(image="busybox", container=container, restartPolicy="Never")
    assert _state(cluster)["state"]["terminated"]["message"] == "boom\n"


def test_a_pod_stays_ready_while_it_terminates() -> None:
    cluster = _one(annotations={"kubetui.demo/behaviour": "stop=10s"})
    cluster.delete(PODS, "p")
    cluster.run(5)
    assert condition(cluster.get(PODS, "p"), "Ready") == "True"


def test_a_corrected_image_is_pulled_at_once() -> None:
    cluster = _one(image="ngynx:1.27")
    assert waiting(cluster.get(PODS, "p")) == "ImagePullBackOff"
    containers = [{**cluster.get(PODS, "p")["spec"]["containers"][0], "image": "nginx:1.27"}]
    cluster.patch(PODS, "p", {"spec": {"containers": containers}})
    cluster.run(8)
    assert is_ready(cluster.get(PODS, "p"))


def test_a_container_may_be_restarted_by_its_own_rules() -> None:
    rule = {"action": "Restart", "exitCodes": {"operator": "In", "values": [42]}}
    container = {"command": ["sh", "-c", "sleep 5; exit 42"], "restartPolicy": "Never", "restartPolicyRules": [rule]}
    cluster = _one(image="busybox", container=container, restartPolicy="Never")
    assert _state(cluster)["restartCount"] >= 1
    assert cluster.get(PODS, "p")["status"]["phase"] == "Running"
