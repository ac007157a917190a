"""What is made alike before two clusters are compared, and what is not."""

from tests.differential import alike

POD = {
    "kind": "Pod",
    "metadata": {"name": "web-5d8f9c7b64-x2k9p", "uid": "0f1e2d3c-0000-4000-8000-000000000000", "resourceVersion": "7"},
    "spec": {"nodeName": "node-1", "containers": [{"name": "c", "image": "nginx:1"}]},
    "status": {"phase": "Running", "podIP": "10.244.0.7"},
}


def test_what_no_run_repeats_is_made_alike() -> None:
    assert alike.value(POD) == {
        "kind": "Pod",
        "metadata": {"name": "web-HASH-RANDOM", "uid": "UID"},
        "spec": {"nodeName": "NODE", "containers": [{"name": "c", "image": "nginx:1"}]},
        "status": {"phase": "Running"},
    }


def test_a_field_a_name_or_a_count_that_differs_stays_different() -> None:
    for other in (
        {**POD, "spec": {"nodeName": "node-1", "containers": [{"name": "c", "image": "nginx:2"}]}},
        {**POD, "metadata": {"name": "api-5d8f9c7b64-x2k9p"}},
        {**POD, "status": {"phase": "Pending"}},
    ):
        assert alike.value(other) != alike.value(POD)


def test_names_that_a_person_gave_keep_their_ends() -> None:
    assert alike.names("web-front my-service-v2 db-0 node-1") == "web-front my-service-v2 db-0 node-1"


def test_ages_are_alike_and_durations_of_a_spec_are_not() -> None:
    assert alike.printed("web   1/1   5m3s\n") == alike.printed("web  1/1  7s\n")
    assert "for 300s" in alike.printed("node.kubernetes.io/not-ready:NoExecute op=Exists for 300s\n")
    assert "delay=5s" in alike.printed("Liveness: http-get http://:80/ delay=5s timeout=1s\n")


def test_indentation_of_what_is_printed_counts() -> None:
    assert alike.printed("spec:\n  a: b\n") != alike.printed("spec:\na: b\n")


def test_objects_with_names_of_their_own_keep_their_order() -> None:
    names = [{"metadata": {"name": name}} for name in ("b", "a")]
    assert alike.value({"kind": "List", "items": names})["items"] == names


def test_who_set_fields_is_compared_but_for_controllers() -> None:
    trail = [
        {"manager": "kubectl", "operation": "Apply"},
        {"manager": "kubectl", "operation": "Update", "subresource": "scale"},
        {"manager": "kube-controller-manager", "operation": "Update", "subresource": "status"},
    ]
    assert alike.value({"managedFields": trail}) == {"managedFields": ["kubectl Apply", "kubectl Update scale"]}
