"""The page of an object tells what its kind is about, and nothing that is secret."""

from datetime import UTC, datetime
from typing import Any, TypeVar

from kubetui.kinds.asking import ASKING, PodAsking
from kubetui.kinds.deployment import DEPLOYMENT
from kubetui.kinds.endpointslice import ENDPOINTSLICE
from kubetui.kinds.event import EVENT
from kubetui.kinds.kind import Health, Kind
from kubetui.kinds.namespace import NAMESPACE
from kubetui.kinds.node import NODE
from kubetui.kinds.page import Alone, Around, Fact, Page, Reference, Row, Span
from kubetui.kinds.pages.book import page_of
from kubetui.kinds.pages.node import readable
from kubetui.kinds.pod import POD
from kubetui.kinds.replicaset import REPLICASET
from kubetui.kinds.service import SERVICE
from kubetui.read import Object
from kubetui.resource import Resource, resource
from kubetui.text import Aged
from tests.kinds.build import NOW, build

T = TypeVar("T", bound=Object)
AT = "2026-11-22T11:00:00Z"
SECRET = resource("v1", "secrets", "Secret")


class Near:
    """Neighbours that a test puts there."""

    def __init__(self, *objects: tuple[Kind[Any], Object]) -> None:
        self._objects = objects

    def below(self, kind: Kind[T]) -> list[T]:
        return [obj for of, obj in self._objects if of is kind and isinstance(obj, kind.struct)]


def told(res: Resource, body: dict[str, Any], around: Around | None = None) -> list[str]:
    """The page's lines as text."""
    return [line for section in page(res, body, around) for line in (f"[{section.title}]", *map(text, section.lines))]


def page(res: Resource, body: dict[str, Any], around: Around | None = None) -> Page:
    meta = {"name": "web", "namespace": "shop", "creationTimestamp": AT} | body.pop("metadata", {})
    return page_of(res)({"metadata": meta, **body}, around or Alone())


def text(line: Fact | Row) -> str:
    cells = [line.spans] if isinstance(line, Fact) else line.cells
    label = [line.label] if isinstance(line, Fact) and line.label else []
    return " ".join([*label, *("".join(map(_span, cell)) for cell in cells)]).strip()


def _span(span: Span) -> str:
    return span.text.at(NOW) if isinstance(span.text, Aged) else span.text


def spans(whole: Page) -> list[Span]:
    lines = [line for section in whole for line in section.lines]
    return [
        span for line in lines for cell in ([line.spans] if isinstance(line, Fact) else line.cells) for span in cell
    ]


def links(whole: Page) -> set[Reference]:
    return {span.link for span in spans(whole) if span.link is not None}


def a_pod(**status: Any) -> dict[str, Any]:
    container = {
        "name": "main",
        "image": "shop/web:1",
        "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
        "readinessProbe": {"httpGet": {"path": "/ready", "port": 8080, "scheme": "HTTP"}, "periodSeconds": 5},
        "resources": {"requests": {"cpu": "100m"}, "limits": {"memory": "1Gi"}},
        "env": [
            {"name": "COLOUR", "value": "blue"},
            {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}},
        ],
        "envFrom": [{"configMapRef": {"name": "settings"}}],
        "volumeMounts": [{"name": "tls", "mountPath": "/tls", "readOnly": True}],
    }
    volumes = [{"name": "tls", "secret": {"secretName": "certificate"}}]
    spec = {"nodeName": "node-1", "containers": [container], "volumes": volumes, "serviceAccountName": "default"}
    return {
        "metadata": {"ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-1", "uid": "r"}]},
        "spec": spec,
        "status": {"phase": "Running", "qosClass": "Burstable", "podIP": "10.0.0.1", **status},
    }


def container(state: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"containerStatuses": [{"name": "main", "state": state, "restartCount": 2, "ready": True, **more}]}


def test_a_pods_container_tells_its_state_reason_and_restarts() -> None:
    ended = {"terminated": {"reason": "OOMKilled", "exitCode": 137, "finishedAt": AT}}
    waiting = container({"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m"}}, lastState=ended)
    lines = told(POD.resource, a_pod(**waiting))
    assert "▣ main  shop/web:1" in lines
    assert "State waiting: CrashLoopBackOff: back-off 5m, restarted 2×" in lines
    assert "Before terminated: OOMKilled, exit code 137, 60m ago" in lines


def test_a_container_that_nobody_told_of_yet_has_not_started() -> None:
    assert "State not started" in told(POD.resource, a_pod())


def test_a_containers_brick_has_the_colour_of_its_state() -> None:
    def brick(state: dict[str, Any], **more: Any) -> Health | None:
        whole = page(POD.resource, a_pod(**container(state, **more)))
        return next(span.tint for span in spans(whole) if span.text == "▣ ")

    assert brick({"running": {}}) is Health.WELL
    assert brick({"running": {}}, ready=False) is Health.PROGRESS
    assert brick({"waiting": {"reason": "ContainerCreating"}}) is Health.PROGRESS
    assert brick({"waiting": {"reason": "ImagePullBackOff"}}) is Health.BROKEN
    assert brick({"terminated": {"exitCode": 0}}) is Health.OFF
    assert brick({"terminated": {"exitCode": 1}}) is Health.BROKEN
    assert brick({}) is Health.UNKNOWN


def test_a_pods_container_tells_ports_probes_resources_env_and_mounts() -> None:
    lines = told(POD.resource, a_pod(**container({"running": {"startedAt": AT}})))
    assert "Ports http 8080/TCP" in lines
    assert "Readiness GET http://:8080/ready, every 5 s, within 1 s, 3 misses" in lines
    assert "Requests cpu 100m" in lines
    assert "Limits memory 1Gi" in lines
    assert "* all of ConfigMap settings" in lines
    assert "COLOUR blue" in lines
    assert "PASSWORD Secret db password" in lines
    assert "/tls from tls (secret: Secret certificate), read-only" in lines


def test_all_that_a_pod_refers_to_is_a_link() -> None:
    assert links(page(POD.resource, a_pod())) == {
        Reference("Node", "node-1", "", "v1"),
        Reference("ReplicaSet", "web-1", "shop", "apps/v1"),
        Reference("ConfigMap", "settings", "shop", "v1"),
        Reference("Secret", "db", "shop", "v1"),
        Reference("Secret", "certificate", "shop", "v1"),
        Reference("ServiceAccount", "default", "shop", "v1"),
    }


def test_conditions_say_whether_they_are_good_news() -> None:
    conditions = [
        {"type": "Ready", "status": "True", "lastTransitionTime": AT},
        {"type": "MemoryPressure", "status": "True", "reason": "Full", "message": "no memory left"},
        {"type": "DiskPressure", "status": "False"},
        {"type": "PIDPressure", "status": "Unknown"},
    ]
    lines = told(NODE.resource, {"status": {"conditions": conditions}})
    assert "● Ready True 60m" in lines
    assert "✖ MemoryPressure True  Full: no memory left" in lines
    assert "● DiskPressure False" in lines
    assert "◌ PIDPressure Unknown" in lines


def test_labels_and_annotations_are_told_the_last_applied_manifest_is_not_and_long_ones_are_cut() -> None:
    annotations = {"kubectl.kubernetes.io/last-applied-configuration": "{}", "notes": "n" * 5000}
    lines = told(NAMESPACE.resource, {"metadata": {"labels": {"app": "web"}, "annotations": annotations}})
    assert "app web" in lines
    assert not any("last-applied" in line for line in lines)
    assert f"notes {'n' * 200}… (5,000 characters)" in lines


def test_a_deployment_tells_its_revisions_and_pods() -> None:
    old = build(
        REPLICASET,
        "web-1",
        meta={"annotations": {"deployment.kubernetes.io/revision": "1"}, "namespace": "shop"},
        spec={"replicas": 0},
    )
    new = build(
        REPLICASET,
        "web-2",
        meta={"annotations": {"deployment.kubernetes.io/revision": "10"}, "namespace": "shop"},
        spec={"replicas": 2},
        status={"readyReplicas": 1, "replicas": 2},
    )
    pod = build(POD, "web-2-x", meta={"namespace": "shop"}, spec={"nodeName": "node-1"}, status={"phase": "Pending"})
    body = {
        "spec": {"replicas": 2, "strategy": {"type": "Recreate"}, "selector": {"matchLabels": {"app": "web"}}},
        "status": {"readyReplicas": 1, "updatedReplicas": 2, "availableReplicas": 1, "unavailableReplicas": 1},
    }
    around = Near((REPLICASET, old), (REPLICASET, new), (POD, pod))
    lines = told(DEPLOYMENT.resource, body, around)
    assert "Replicas 2 wanted, 2 updated, 1 ready, 1 available, 1 unavailable" in lines
    assert "Selector app=web" in lines
    at = lines.index("[Revisions (2)]")
    assert lines[at + 1].startswith("◐ #10 web-2 1/2")
    assert lines[at + 2].startswith("○ #1 web-1 0/0")
    assert "◐ web-2-x 0/0 Pending 60m node-1" in lines


def test_a_services_endpoints_are_told_ready_or_not() -> None:
    endpoints = [
        {"addresses": ["10.0.0.1"], "conditions": {"ready": True}, "targetRef": {"kind": "Pod", "name": "a"}},
        {"addresses": ["10.0.0.2"], "conditions": {"ready": False}, "targetRef": {"kind": "Pod", "name": "b"}},
    ]
    sliced = build(ENDPOINTSLICE, "web-x", meta={"namespace": "shop"}, endpoints=endpoints)
    ports = [{"name": "http", "port": 80, "targetPort": "web", "protocol": "TCP", "nodePort": 30080}]
    body = {"spec": {"type": "NodePort", "clusterIP": "10.96.0.1", "ports": ports, "selector": {"app": "web"}}}
    lines = told(SERVICE.resource, body, Near((ENDPOINTSLICE, sliced)))
    assert "http 80/TCP to web 30080 on every node" in lines
    assert "[Endpoints (1 of 2 ready)]" in lines
    assert "◐ 10.0.0.2 not ready b" in lines


def test_a_service_that_nobody_stands_behind_says_so() -> None:
    sliced = build(ENDPOINTSLICE, "web-x", meta={"namespace": "shop"})
    lines = told(SERVICE.resource, {"spec": {"type": "ClusterIP"}}, Near((ENDPOINTSLICE, sliced)))
    assert "None: nothing that it chooses runs." in lines


def asking(name: str, phase: str = "Running", **spec: Any) -> PodAsking:
    return build(ASKING, name, spec=spec, status={"phase": phase})


def needs(cpu: str, **more: Any) -> dict[str, Any]:
    return {"resources": {"requests": {"cpu": cpu}}, **more}


def test_a_node_tells_what_its_pods_ask_of_it() -> None:
    pods = [
        asking("a", containers=[needs("500m"), needs("250m")]),
        asking("b", containers=[needs("1")], initContainers=[needs("2")]),
        asking("c", containers=[needs("1")], initContainers=[needs("250m", restartPolicy="Always")]),
        asking("d", "Succeeded", containers=[needs("8")]),
    ]
    body = {"status": {"allocatable": {"cpu": "4", "memory": "8Gi"}, "capacity": {"cpu": "4"}}}
    lines = told(NODE.resource, body, Near(*((ASKING, pod) for pod in pods)))
    assert "cpu 4 (100%) 4 4" in lines
    assert "memory 0 (0%) 8Gi" in lines


def test_amounts_are_told_as_people_read_them() -> None:
    assert [readable("cpu", 0.25), readable("cpu", 2.0)] == ["250m", "2"]
    assert [readable("memory", 1.5 * 1024**3), readable("memory", 512.0)] == ["1.5Gi", "512"]


def test_a_node_tells_its_taints_and_that_it_is_cordoned() -> None:
    taints = [{"key": "gpu", "value": "yes", "effect": "NoSchedule"}]
    lines = told(NODE.resource, {"spec": {"taints": taints, "unschedulable": True}})
    assert "gpu=yes:NoSchedule" in lines
    assert "Schedulable no: cordoned" in lines


def test_an_event_leads_to_what_it_is_about() -> None:
    body = {
        "type": "Warning",
        "reason": "Failed",
        "message": "no such image",
        "involvedObject": {"apiVersion": "v1", "kind": "Pod", "name": "web-1", "namespace": "shop"},
        "count": 3,
        "lastTimestamp": AT,
    }
    assert Reference("Pod", "web-1", "shop", "v1") in links(page(EVENT.resource, dict(body)))
    lines = told(EVENT.resource, body)
    assert "Seen 3×, last 60m ago" in lines
    assert "Message no such image" in lines


def test_an_endpoint_slice_leads_to_its_service_and_pods() -> None:
    body = {
        "metadata": {"labels": {"kubernetes.io/service-name": "web"}},
        "addressType": "IPv4",
        "endpoints": [{"addresses": ["10.0.0.1"], "targetRef": {"kind": "Pod", "name": "a"}, "nodeName": "node-1"}],
        "ports": [{"name": "http", "port": 8080}],
    }
    assert links(page(ENDPOINTSLICE.resource, body)) == {
        Reference("Service", "web", "shop", "v1"),
        Reference("Pod", "a", "shop", "v1"),
        Reference("Node", "node-1", "", "v1"),
    }


def test_a_namespace_that_ends_tells_what_holds_it_up() -> None:
    body = {
        "metadata": {"deletionTimestamp": AT, "finalizers": ["example.com/wait"]},
        "status": {"phase": "Terminating", "conditions": [{"type": "NamespaceContentRemaining", "status": "True"}]},
    }
    lines = told(NAMESPACE.resource, body)
    assert "Phase Terminating" in lines
    assert "Finalizers example.com/wait" in lines


def test_any_other_kind_is_told_by_its_spec_and_status() -> None:
    body = {
        "kind": "Certificate",
        "spec": {"dnsNames": ["a.example", "b.example"], "issuer": {"name": "ca"}, "keys": [{"name": "k", "size": 2}]},
        "status": {"ready": True, "conditions": [{"type": "Ready", "status": "True"}]},
    }
    lines = told(resource("example.com/v1", "certificates", "Certificate"), body)
    assert "dnsNames a.example, b.example" in lines
    assert lines[lines.index("issuer") + 1] == "name ca"
    assert "#0 k" in lines
    assert "ready true" in lines
    assert "[Conditions]" in lines


def test_a_secrets_values_are_on_no_page() -> None:
    last = "kubectl.kubernetes.io/last-applied-configuration"
    body = {
        "kind": "Secret",
        "metadata": {"annotations": {last: '{"data":{"password":"aHVzaA=="}}'}},
        "type": "Opaque",
        "data": {"password": "aHVzaA=="},
        "stringData": {"pin": "4711"},
    }
    lines = told(SECRET, body)
    assert "password 4 bytes" in lines
    assert not any(word in line for line in lines for word in ("aHVzaA", "hush", "4711"))


def test_a_large_object_is_told_in_part() -> None:
    body = {"kind": "Big", "spec": {f"field{at}": at for at in range(5000)}}
    lines = told(resource("example.com/v1", "bigs", "Big"), body)
    assert len(lines) < 220
    assert "… the manifest has all of it" in lines


def test_what_a_server_leaves_out_or_sets_to_null_is_no_reason_to_fail() -> None:
    empty: dict[str, Any] = {"metadata": {"labels": None, "annotations": None}, "spec": None, "status": None}
    for kind in (POD, DEPLOYMENT, REPLICASET, SERVICE, ENDPOINTSLICE, NODE, EVENT, NAMESPACE):
        assert told(kind.resource, {**empty, "endpoints": None, "ports": None})
    assert told(SECRET, {**empty, "kind": "Secret", "data": None})
    hollow = a_pod(containerStatuses=[{"name": "main", "state": {"running": None}}], conditions=[None, {}])
    assert told(POD.resource, hollow)


def test_ages_are_of_the_moment_they_are_looked_at() -> None:
    whole = page(NAMESPACE.resource, {})
    aged = next(span.text for span in spans(whole) if isinstance(span.text, Aged))
    assert aged.since == datetime(2026, 11, 22, 11, tzinfo=UTC)
