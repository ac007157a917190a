"""What a Job makes of the failures and successes of its pods."""

from typing import Any

from kubetui.demo.resources import JOBS, PODS
from tests.demo.living import Living, reason, template

Json = dict[str, Any]


def _job(command: list[str], container: Json | None = None, **spec: Any) -> Living:
    cluster = Living(2)
    made = template("busybox", {"job": "once"}, container={"command": command}, restartPolicy="Never")
    cluster.create(JOBS, {"metadata": {"name": "once"}, "spec": {"template": made, **spec}})
    return cluster


def _script(text: str) -> list[str]:
    return ["sh", "-c", text]


def _status(cluster: Living) -> Json:
    found: Json = cluster.get(JOBS, "once")["status"]
    return found


def _conditions(cluster: Living) -> list[str]:
    return [one["type"] for one in _status(cluster).get("conditions", []) if one["status"] == "True"]


def _rule(action: str, code: int) -> Json:
    return {"rules": [{"action": action, "onExitCodes": {"operator": "In", "values": [code]}}]}


def test_an_exit_code_that_the_policy_names_ends_the_whole_job() -> None:
    cluster = _job(_script("sleep 2; exit 42"), parallelism=3, completions=3, podFailurePolicy=_rule("FailJob", 42))
    cluster.run(60)
    assert _status(cluster)["failed"] == 3
    assert reason(cluster.get(JOBS, "once"), "Failed") == "PodFailurePolicy"
    (told,) = cluster.messages("PodFailurePolicy", "once")
    assert told.startswith("Container c for pod default/once-")
    assert told.endswith(" failed with exit code 42 matching FailJob rule at index 0")


def test_a_failure_that_the_policy_ignores_is_not_counted() -> None:
    cluster = _job(_script("sleep 2; exit 7"), backoffLimit=0, podFailurePolicy=_rule("Ignore", 7))
    cluster.run(60)
    assert "failed" not in _status(cluster)
    assert _conditions(cluster) == []
    assert len(cluster.pods()) > 2


def test_a_disrupted_pod_is_replaced_without_being_counted() -> None:
    ignored = {"rules": [{"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}]}
    cluster = _job(["sleep", "600"], backoffLimit=0, podFailurePolicy=ignored)
    cluster.run(10)
    (one,) = cluster.pods()
    target = {"type": "DisruptionTarget", "status": "True", "reason": "EvictionByEvictionAPI", "message": ""}
    status = {**one["status"], "conditions": [*one["status"]["conditions"], target]}
    cluster.registry.update(PODS, {**one, "status": status}, subresource="status")
    cluster.delete(PODS, one["metadata"]["name"])
    cluster.run(45)
    assert _conditions(cluster) == []
    assert _status(cluster)["active"] == 1


def test_each_index_has_its_own_limit_of_failures() -> None:
    cluster = _job(["false"], completions=2, parallelism=2, completionMode="Indexed", backoffLimitPerIndex=1)
    cluster.run(120)
    assert _status(cluster)["failedIndexes"] == "0,1"
    assert _status(cluster)["failed"] == 4
    assert reason(cluster.get(JOBS, "once"), "Failed") == "FailedIndexes"
    counts = [one["metadata"]["annotations"]["batch.kubernetes.io/job-index-failure-count"] for one in cluster.pods()]
    assert sorted(counts) == ["0", "0", "1", "1"]


def test_a_job_is_over_when_its_success_policy_holds() -> None:
    rules = {"rules": [{"succeededCount": 1}]}
    cluster = _job(["sleep", "5"], completions=4, parallelism=1, completionMode="Indexed", successPolicy=rules)
    cluster.run(60)
    assert _status(cluster)["completedIndexes"] == "0"
    assert _conditions(cluster) == ["SuccessCriteriaMet", "Complete"]
    assert reason(cluster.get(JOBS, "once"), "Complete") == "SuccessPolicy"


def test_a_suspended_job_has_no_pods_until_it_is_resumed() -> None:
    cluster = _job(["sleep", "60"], suspend=True)
    cluster.run(10)
    assert cluster.pods() == []
    assert _conditions(cluster) == ["Suspended"]
    assert "startTime" not in _status(cluster)
    cluster.patch(JOBS, "once", {"spec": {"suspend": False}})
    cluster.run(10)
    assert _status(cluster)["active"] == 1
    assert cluster.messages("Resumed", "once") == ["Job resumed"]
    cluster.patch(JOBS, "once", {"spec": {"suspend": True}})
    cluster.run(40)
    assert cluster.pods() == []


def test_a_job_that_takes_too_long_fails_when_its_last_pod_has_ended() -> None:
    cluster = _job(["sleep", "600"], activeDeadlineSeconds=20)
    cluster.run(25)
    assert _conditions(cluster) == ["FailureTarget"]
    assert _status(cluster)["terminating"] == 1
    cluster.run(40)
    assert _conditions(cluster) == ["FailureTarget", "Failed"]
    assert cluster.messages("DeadlineExceeded", "once") == ["Job was active longer than specified deadline"]


def test_a_replacement_waits_for_the_failure_where_the_job_says_so() -> None:
    cluster = _job(["sleep", "600"], podReplacementPolicy="Failed")
    cluster.run(10)
    cluster.delete(PODS, cluster.pods()[0]["metadata"]["name"])
    cluster.run(5)
    assert len(cluster.pods()) == 1
    cluster.run(50)
    assert _status(cluster)["active"] == 1


def test_a_container_of_an_indexed_job_knows_its_index() -> None:
    cluster = _job(["sleep", "600"], completions=1, completionMode="Indexed")
    cluster.run(5)
    (variable,) = cluster.pods()[0]["spec"]["containers"][0]["env"]
    assert variable["name"] == "JOB_COMPLETION_INDEX"
