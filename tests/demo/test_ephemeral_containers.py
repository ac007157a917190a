"""Ephemeral containers: added to a pod that runs, as kubectl debug adds them."""

import pytest

from kubetui.demo.refusals import Refusal
from kubetui.demo.resources import PODS
from tests.demo.api import Api, Json
from tests.demo.api import pod as written
from tests.demo.inside.container import Inside
from tests.demo.living import Living, pod


@pytest.fixture
def living() -> Living:
    living = Living(1)
    living.create(PODS, pod("p", "nginx:1.27"))
    living.run(30)
    return living


def debug(living: Living, *guests: Json) -> Json:
    """The pod with these ephemeral containers."""
    found = living.get(PODS, "p")
    spec = {**found["spec"], "ephemeralContainers": list(guests)}
    return living.registry.update(PODS, {**found, "spec": spec}, subresource="ephemeralcontainers")


GUEST = {"name": "g", "image": "busybox", "stdin": True, "tty": True}


def test_one_that_is_added_runs_beside_the_others_and_counts_for_nothing(living: Living) -> None:
    before = living.get(PODS, "p")
    made = debug(living, GUEST)
    assert made["metadata"]["generation"] == before["metadata"]["generation"] + 1
    assert made["spec"]["ephemeralContainers"][0]["terminationMessagePath"] == "/dev/termination-log"
    living.run(20)
    status = living.get(PODS, "p")["status"]
    assert "running" in status["ephemeralContainerStatuses"][0]["state"]
    assert (status["phase"], status["containerStatuses"][0]["ready"]) == ("Running", True)
    events = [event["involvedObject"].get("fieldPath") for event in living.events("Started", "p")]
    assert events == ["spec.containers{c}", "spec.ephemeralContainers{g}"]


def test_one_that_has_ended_is_not_started_again(living: Living) -> None:
    debug(living, {**GUEST, "stdin": False, "command": ["sh", "-c", "sleep 2; exit 3"]})
    living.run(120)
    status = living.get(PODS, "p")["status"]
    assert status["ephemeralContainerStatuses"][0]["state"]["terminated"]["exitCode"] == 3
    assert (status["phase"], status["ephemeralContainerStatuses"][0]["restartCount"]) == ("Running", 0)


async def test_one_with_a_target_sees_its_processes_and_its_ports(living: Living) -> None:
    debug(living, {**GUEST, "targetContainerName": "c"})
    living.run(20)
    done = await Inside(living, "p", "g").shell("ps; wget -qO- localhost | grep -c h1")
    assert "nginx: master process" in done.out
    assert done.out.endswith("\n1\n")


def test_one_that_was_on_a_machine_that_died_is_over(living: Living) -> None:
    debug(living, GUEST)
    living.run(20)
    kubelet = living.plane.fleet.kubelets["node-0"]
    kubelet.power_off()
    living.run(20)
    kubelet.power_on()
    living.run(20)
    status = living.get(PODS, "p")["status"]
    assert status["ephemeralContainerStatuses"][0]["state"]["terminated"]["exitCode"] == 255


def test_a_pod_that_is_deleted_does_not_wait_for_it(living: Living) -> None:
    debug(living, GUEST)
    living.run(20)
    living.delete(PODS, "p")
    living.run(10)
    assert living.registry.find(PODS, "default", "p") is None


WRONG = [
    ([], 'existing ephemeral containers "g" may not be removed'),
    ([{**GUEST, "image": "alpine"}], 'existing ephemeral containers "g" may not be changed'),
    ([GUEST, {**GUEST, "name": "c"}], 'spec.ephemeralContainers[1].name: Duplicate value: "c"'),
    ([GUEST, {"name": "h"}], "spec.ephemeralContainers[1].image: Required value"),
    ([GUEST, {**GUEST, "name": "h", "targetContainerName": "x"}], '[1].targetContainerName: Not found: "x"'),
]


@pytest.mark.parametrize(("guests", "told"), WRONG, ids=[told for _, told in WRONG])
def test_what_is_there_stays_and_what_comes_must_make_sense(living: Living, guests: list[Json], told: str) -> None:
    debug(living, GUEST)
    with pytest.raises(Refusal) as refused:
        debug(living, *guests)
    assert refused.value.code == 422
    assert told in str(refused.value)


async def test_they_are_added_by_a_patch_of_their_subresource_alone(api: Api) -> None:
    await api.create("/api/v1/namespaces/default/pods", written("p"))
    path = "/api/v1/namespaces/default/pods/p/ephemeralcontainers"
    patch = {"spec": {"ephemeralContainers": [GUEST], "activeDeadlineSeconds": 5}}
    status, made = await api.call("PATCH", path, patch, content_type="application/strategic-merge-patch+json")
    assert status == 200
    assert [one["name"] for one in made["spec"]["ephemeralContainers"]] == ["g"]
    assert "activeDeadlineSeconds" not in made["spec"]
    status, told = await api.call("POST", "/api/v1/namespaces/default/pods", {**written("q"), "spec": made["spec"]})
    assert (status, told["details"]["causes"][0]["field"]) == (422, "spec.ephemeralContainers")
