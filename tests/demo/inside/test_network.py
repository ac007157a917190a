"""The network of a container: names, Services, pages, and ports where nobody listens."""

import pytest

from kubetui.demo.resources import PODS, SERVICES
from kubetui.demo.streams import Conduit, RuntimeFailure
from tests.demo.inside.container import Inside, Kept
from tests.demo.living import Living, pod

WEB = {"ports": [{"name": "http", "containerPort": 8080}]}


@pytest.fixture
async def asking(living: Living) -> Inside:
    """A pod to ask from, in a cluster with a Service of two pods that serve."""
    living.create(SERVICES, {"metadata": {"name": "web"}, "spec": {
        "selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": "http"}]}})  # fmt: skip
    living.create(SERVICES, {"metadata": {"name": "empty"}, "spec": {
        "selector": {"app": "none"}, "ports": [{"port": 80}]}})  # fmt: skip
    for name in ("a", "b"):
        living.create(PODS, pod(name, "shop/web:2.1", labels={"app": "web"}, container=WEB))
    living.create(PODS, pod("p", "nginx:1.27", labels={"app": "asking"}))
    living.run(30)
    return Inside(living)


async def test_a_service_answers_by_its_names(asking: Inside) -> None:
    for name in ("web", "web.default", "web.default.svc", "web.default.svc.cluster.local"):
        done = await asking.execute("wget", "-qO-", f"http://{name}/whoami")
        assert '"version":"2.1"' in done.out, name


async def test_a_service_has_its_pods_take_turns(asking: Inside) -> None:
    done = await asking.shell("for i in 1 2 3 4; do curl -s web/whoami | cut -c1-10; done")
    assert set(done.out.split()) == {'{"pod":"a"', '{"pod":"b"'}


async def test_a_container_reaches_itself(asking: Inside) -> None:
    assert "<h1>c</h1>" in (await asking.execute("curl", "-s", "localhost")).out
    assert (await asking.shell("curl -s -o /dev/null -w '%{http_code}' $HOSTNAME/healthz")).out == "200"


async def test_a_pod_is_reached_by_its_address(asking: Inside) -> None:
    address = asking.living.get(PODS, "a")["status"]["podIP"]
    assert '"pod":"a"' in (await asking.execute("wget", "-qO-", f"{address}:8080/whoami")).out


async def test_a_headless_services_pods_have_their_addresses(asking: Inside) -> None:
    spec = {"clusterIP": "None", "selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8080}]}
    asking.living.create(SERVICES, {"metadata": {"name": "head"}, "spec": spec})
    asking.living.run(5)
    addresses = {asking.living.get(PODS, name)["status"]["podIP"] for name in ("a", "b")}
    done = await asking.execute("nslookup", "head")
    assert {
        line.removeprefix("Address: ") for line in done.out.splitlines() if line.startswith("Address: ")
    } == addresses


REFUSED = [
    ("wget -qO- nobody", 1, "wget: bad address 'nobody'\n"),
    ("curl -sS nobody", 6, "curl: (6) Could not resolve host: nobody\n"),
    (
        "curl -sS localhost:9",
        7,
        "curl: (7) Failed to connect to localhost port 9 after 0 ms: Could not connect to server\n",
    ),
    ("wget -qO- web/nothing", 1, "wget: server returned error: HTTP/1.1 404 Not Found\n"),
    ("curl -sSf web/nothing", 22, "curl: (22) The requested URL returned error: 404\n"),
    ("curl -sS -m 2 10.244.99.99", 28, "curl: (28) Connection timed out after 2000 milliseconds\n"),
    ("wget -qO- https://web:80", 1, "wget: note: TLS certificate validation not implemented\n"),
]


@pytest.mark.parametrize(("command", "code", "err"), REFUSED, ids=[command for command, *_ in REFUSED])
async def test_what_can_not_be_reached_is_told(asking: Inside, command: str, code: int, err: str) -> None:
    done = await asking.execute(*command.split())
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith(err)


async def test_a_service_without_endpoints_refuses(asking: Inside) -> None:
    done = await asking.execute("wget", "-qO-", "http://empty")
    assert done.err.endswith(": Connection refused\n")


async def _asked(inside: Inside, port: int, request: bytes) -> str:
    answer = Kept()
    await inside.passing(inside.fleet.ports(inside.pod).connect(port, Conduit.holding(request), answer))
    return answer.text


async def test_one_connection_answers_several_requests(asking: Inside) -> None:
    get = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    assert (await _asked(asking, 80, get + get)).count("HTTP/1.1 200 OK") == 2


async def test_what_is_no_http_gets_a_400(asking: Inside) -> None:
    assert (await _asked(asking, 80, b"\x16\x03\x01 hello\r\n\r\n")).startswith("HTTP/1.1 400 Bad Request")


async def test_a_container_that_is_not_ready_says_so_where_its_probe_asks(living: Living) -> None:
    probe = {"httpGet": {"path": "/alive", "port": 8080}}
    made = pod(
        "p",
        "shop/web:1",
        annotations={"kubetui.demo/behaviour": "unready=1s"},
        container={**WEB, "readinessProbe": probe},
    )
    living.create(PODS, made)
    living.run(40)
    assert "503 Service Unavailable" in await _asked(Inside(living), 8080, b"GET /alive HTTP/1.1\r\nHost: x\r\n\r\n")


async def test_the_shops_game_is_one_page_without_anything_from_elsewhere(living: Living) -> None:
    living.create(PODS, pod("p", "ghcr.io/kubetui/tic-tac-toe:1.0", container=WEB))
    living.run(30)
    page = await _asked(Inside(living), 8080, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert "<title>Tic-tac-toe</title>" in page
    assert "://" not in page


async def test_a_port_where_nobody_listens_is_refused_in_the_runtimes_words(asking: Inside) -> None:
    with pytest.raises(RuntimeFailure, match=r"dial tcp4 127\.0\.0\.1:9: connect: connection refused"):
        await _asked(asking, 9, b"")


async def test_a_container_that_only_sleeps_listens_nowhere(living: Living) -> None:
    living.create(PODS, pod("p", "nginx:1.27", container={**WEB, "command": ["sleep", "1h"]}))
    living.run(30)
    with pytest.raises(RuntimeFailure, match="connection refused"):
        await _asked(Inside(living), 8080, b"")


async def test_a_pod_that_is_gone_has_no_ports(asking: Inside) -> None:
    ports = asking.fleet.ports(asking.pod)
    asking.living.delete(PODS, "p", grace=0)
    asking.living.run(5)
    with pytest.raises(RuntimeFailure, match="failed to find sandbox"):
        await ports.connect(80, Conduit.holding(b""), Kept())
