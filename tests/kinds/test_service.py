"""Services and their endpoint slices: what their columns say, how they are doing, what they are tied to."""

from typing import Any

import pytest

from kubetui.kinds.endpointslice import ENDPOINTSLICE, EndpointSlice
from kubetui.kinds.kind import Health, Link, reference
from kubetui.kinds.service import SERVICE, Service
from tests.kinds.build import build, ordered, row


def service(type_: str = "ClusterIP", *balancers: dict[str, str], name: str = "web", **spec: Any) -> Service:
    """A service of that type, reached through these load balancers."""
    return build(SERVICE, name, spec={"type": type_, **spec}, status={"loadBalancer": {"ingress": list(balancers)}})


def endpoint(address: str, ready: bool | None = True, uid: str = "") -> dict[str, Any]:
    target = {"targetRef": {"kind": "Pod", "name": "web", "uid": uid}} if uid else {}
    return {"addresses": [address], "conditions": {} if ready is None else {"ready": ready}, **target}


def endpoint_slice(*endpoints: dict[str, Any], **fields: Any) -> EndpointSlice:
    return build(ENDPOINTSLICE, endpoints=list(endpoints), **fields)


OUTSIDE = ["192.0.2.7", "192.0.2.6"]


@pytest.mark.parametrize(
    ("obj", "shown"),
    [
        (service(), "<none>"),
        (service(externalIPs=OUTSIDE), "192.0.2.7,192.0.2.6"),
        (service("NodePort"), "<none>"),
        (service("NodePort", externalIPs=OUTSIDE), "192.0.2.7,192.0.2.6"),
        (service("LoadBalancer"), "<pending>"),
        (service("LoadBalancer", {"hostname": "lb.example"}, {"ip": "198.51.100.2"}), "198.51.100.2,lb.example"),
        (service("LoadBalancer", {"ip": "198.51.100.2", "hostname": "lb.example"}), "198.51.100.2"),
        (service("LoadBalancer", {"ip": "198.51.100.2"}, {"ip": "198.51.100.2"}), "198.51.100.2"),
        (service("LoadBalancer", {}), "<pending>"),
        (service("LoadBalancer", {"ip": "198.51.100.9"}, externalIPs=OUTSIDE), "198.51.100.9,192.0.2.7,192.0.2.6"),
        (service("LoadBalancer", externalIPs=OUTSIDE), "192.0.2.7,192.0.2.6"),
        (service("ExternalName", externalName="db.example.com"), "db.example.com"),
        (service("Odd"), "<unknown>"),
    ],
)
def test_the_external_ip_follows_the_type(obj: Service, shown: str) -> None:
    assert row(SERVICE, obj)["EXTERNAL-IP"] == shown


def test_ports_tell_their_port_on_every_node() -> None:
    told = [{"port": 80, "protocol": "TCP"}, {"port": 53, "protocol": "UDP", "nodePort": 30053}]
    assert row(SERVICE, service(ports=told))["PORT(S)"] == "80/TCP,53:30053/UDP"


def test_what_a_service_does_not_have_is_none() -> None:
    shown = row(SERVICE, service("ExternalName"))
    assert [shown[title] for title in ("CLUSTER-IP", "PORT(S)", "SELECTOR")] == ["<none>", "<none>", "<none>"]


def test_a_headless_service_says_so() -> None:
    assert row(SERVICE, service(clusterIP="None"))["CLUSTER-IP"] == "None"


def test_a_selector_is_sorted() -> None:
    assert row(SERVICE, service(selector={"tier": "web", "app": "shop"}))["SELECTOR"] == "app=shop,tier=web"


def test_cluster_addresses_are_sorted_by_number() -> None:
    some = [service(name=address, clusterIP=address) for address in ("10.96.0.10", "10.96.0.9", "None")]
    assert ordered(SERVICE, "CLUSTER-IP", *some) == ["None", "10.96.0.9", "10.96.0.10"]


def test_services_are_sorted_by_the_number_of_their_first_port() -> None:
    some = [service(name=str(port), ports=[{"port": port}]) for port in (8080, 443, 80)]
    assert ordered(SERVICE, "PORT(S)", *some) == ["80", "443", "8080"]


def test_external_addresses_are_sorted_by_number_and_host_names_come_last() -> None:
    some = [service("ExternalName", name=to, externalName=to) for to in ("db.example", "192.0.2.10", "192.0.2.9")]
    assert ordered(SERVICE, "EXTERNAL-IP", *some, service(name="none")) == [
        "none",
        "192.0.2.9",
        "192.0.2.10",
        "db.example",
    ]


@pytest.mark.parametrize(
    ("obj", "health"),
    [
        (service(), Health.WELL),
        (service("LoadBalancer"), Health.PROGRESS),
        (service("LoadBalancer", {"ip": "198.51.100.2"}), Health.WELL),
        (build(SERVICE, meta={"deletionTimestamp": "2026-11-22T11:30:00Z"}), Health.PROGRESS),
    ],
)
def test_a_service_is_on_its_way_while_it_waits(obj: Service, health: Health) -> None:
    assert SERVICE.health(obj) is health


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "<unset>"), (1, "10.0.0.0"), (3, "10.0.0.0,10.0.0.1,10.0.0.2"), (5, "10.0.0.0,10.0.0.1,10.0.0.2 + 2 more...")],
)
def test_three_addresses_are_shown_and_the_rest_counted(count: int, shown: str) -> None:
    obj = endpoint_slice(*(endpoint(f"10.0.0.{number}") for number in range(count)))
    assert row(ENDPOINTSLICE, obj)["ENDPOINTS"] == shown


@pytest.mark.parametrize(
    ("ports", "shown"),
    [
        ([], "<unset>"),
        ([{"port": 80}, {"port": 443}], "80,443"),
        ([{"name": "any"}], "any"),
        ([{}], "*"),
        ([{"name": ""}], "<unset>"),
        ([{"port": port} for port in (1, 2, 3, 4)], "1,2,3 + 1 more..."),
    ],
)
def test_ports_are_numbers_names_or_any(ports: list[Any], shown: str) -> None:
    assert row(ENDPOINTSLICE, endpoint_slice(ports=ports))["PORTS"] == shown


@pytest.mark.parametrize(
    ("endpoints", "health"),
    [
        ((True, True), Health.WELL),
        ((True, None), Health.WELL),
        ((True, False), Health.PROGRESS),
        ((False, False), Health.BROKEN),
        ((), Health.OFF),
    ],
)
def test_a_slice_is_doing_as_its_endpoints_do(endpoints: tuple[bool | None, ...], health: Health) -> None:
    obj = endpoint_slice(*(endpoint(f"10.0.0.{number}", ready) for number, ready in enumerate(endpoints)))
    assert ENDPOINTSLICE.health(obj) is health


def test_a_slice_is_tied_to_its_service_above_and_its_pods_below() -> None:
    meta = {"ownerReferences": [{"kind": "Service", "uid": "s-1"}], "labels": {"kubernetes.io/service-name": "web"}}
    obj = endpoint_slice(endpoint("10.0.0.1", uid="p-1"), endpoint("10.0.0.2", uid="p-2"), endpoint("::1"), meta=meta)
    assert ENDPOINTSLICE.links(obj) == (Link("s-1"), Link("p-1", down=True), Link("p-2", down=True))


def test_a_pod_with_two_addresses_is_tied_once() -> None:
    obj = endpoint_slice(endpoint("10.0.0.1", uid="p-1"), endpoint("10.0.0.2", uid="p-1"))
    assert ENDPOINTSLICE.links(obj) == (Link("p-1", down=True),)


def test_a_slice_made_by_hand_is_tied_to_its_service_by_name() -> None:
    obj = endpoint_slice(meta={"namespace": "shop", "labels": {"kubernetes.io/service-name": "web"}})
    assert ENDPOINTSLICE.links(obj) == (Link(reference("services", "shop", "web")),)
