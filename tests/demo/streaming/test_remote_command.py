"""exec and attach: channels, exit codes, the end of input, terminals, and what is refused."""

import asyncio
import base64
from typing import Any

import msgspec
import pytest

from kubetui.demo.resources import CLUSTERROLEBINDINGS, CLUSTERROLES, PODS
from tests.demo.living import pod
from tests.demo.streaming.served import Served, Spdy, exec_path, status_of

STDIN, STDOUT, STDERR, ERROR, RESIZE = range(5)
V5, V4 = "v5.channel.k8s.io", "v4.channel.k8s.io"


@pytest.mark.parametrize("subprotocol", [V5, V4])
async def test_both_outputs_and_the_status_come_on_their_channels(served: Served, subprotocol: str) -> None:
    socket = await served.websocket(exec_path("p", "sh", "-c", "echo out; echo err >&2"), subprotocol)
    heard = await socket.channels()
    assert (heard[STDOUT], heard[STDERR]) == (b"out\n", b"err\n")
    assert status_of(heard[ERROR]) == {"metadata": {}, "status": "Success"}
    assert socket.closed == 1000


async def test_an_exit_code_is_told_as_a_status(served: Served) -> None:
    status = status_of((await (await served.websocket(exec_path("p", "sh", "-c", "exit 7"), V5)).channels())[ERROR])
    assert status == {
        "metadata": {},
        "status": "Failure",
        "message": "command terminated with non-zero exit code: exit status 7",
        "reason": "NonZeroExitCode",
        "details": {"causes": [{"reason": "ExitCode", "message": "7"}]},
    }


async def test_a_program_that_is_not_there_is_an_internal_error(served: Served) -> None:
    status = status_of((await (await served.websocket(exec_path("p", "foo"), V5)).channels())[ERROR])
    assert (status["reason"], status["code"]) == ("InternalError", 500)
    begins = (
        "Internal error occurred: error executing command in container: failed to exec in container: failed to start"
    )
    assert status["message"].startswith(begins)
    assert status["message"].endswith('exec: "foo": executable file not found in $PATH: unknown')


async def test_before_v4_a_failure_is_told_in_words(served: Served) -> None:
    heard = await (await served.websocket(exec_path("p", "false"), "channel.k8s.io")).channels()
    assert heard[ERROR] == b"command terminated with non-zero exit code: exit status 1"


async def test_channels_can_be_text(served: Served) -> None:
    socket = await served.websocket(exec_path("p", "cat", stdin=1), "v4.base64.channel.k8s.io")
    assert await socket.message() == b"1"
    socket.send(b"0" + base64.b64encode(b"hello"), 1)
    assert await socket.message() == b"1" + base64.b64encode(b"hello")


async def test_the_end_of_input_alone_ends_a_program_that_reads(served: Served) -> None:
    socket = await served.websocket(exec_path("p", "wc", "-c", stdin=1), V5)
    socket.send(bytes((STDIN,)) + b"12345")
    socket.send(bytes((255, STDIN)))
    assert (await socket.channels())[STDOUT] == b"5\n"


async def test_without_stdin_there_is_nothing_to_read(served: Served) -> None:
    assert (await (await served.websocket(exec_path("p", "wc", "-c"), V5)).channels())[STDOUT] == b"0\n"


async def test_input_that_nobody_reads_does_not_keep_the_status_back(served: Served) -> None:
    socket = await served.websocket(exec_path("p", "true", stdin=1), V5)
    for _ in range(40):
        socket.send(bytes((STDIN,)) + b"x" * 100_000)
    assert status_of((await socket.channels())[ERROR])["status"] == "Success"


async def test_an_output_that_nobody_asked_for_is_not_sent(served: Served) -> None:
    path = exec_path("p", "sh", "-c", "echo out; echo err >&2").replace("&stderr=1", "")
    assert STDERR not in await (await served.websocket(path, V5)).channels()


async def test_a_client_that_leaves_takes_its_process_along(served: Served) -> None:
    socket = await served.websocket(exec_path("p", "sleep", "100000"), V5)
    await socket.message()
    socket.wire.close()
    await served.server.quiet()
    heard = await (await served.websocket(exec_path("p", "pidof", "sleep"), V5)).channels()
    assert status_of(heard[ERROR])["reason"] == "NonZeroExitCode"


async def test_a_terminal_has_the_size_that_the_client_tells(served: Served) -> None:
    socket = await served.websocket(exec_path("p", "sh", stdin=1, tty=1), V5)
    socket.send(bytes((RESIZE,)) + b'{"Width":132,"Height":43}')
    shown = b""
    while not shown.endswith(b"# "):
        shown += (await socket.message() or b"")[1:]
    socket.send(bytes((STDIN,)) + b"stty size\r")
    socket.send(bytes((STDIN,)) + b"exit\r")
    assert b"43 132\r\n" in (await socket.channels())[STDOUT]


async def test_a_container_that_dies_ends_what_runs_in_it(served: Served) -> None:
    socket = await served.websocket(exec_path("p", "sleep", "100000"), V5)
    await socket.message()
    served.living.delete(PODS, "p", grace=0)
    status = status_of((await socket.channels())[ERROR])
    assert status["details"]["causes"][0]["message"] == "137"


async def test_exec_goes_over_spdy_too(served: Served) -> None:
    wire = await served.open()
    status, headers, _ = await wire.spdy(exec_path("p", "sh", "-c", "wc -c; exit 3", stdin=1), "v5.k8s.io", V4)
    assert (status, headers["upgrade"], headers["x-stream-protocol-version"]) == (101, "SPDY/3.1", V4)
    spdy = Spdy(wire)
    error, stdin, out, err = (spdy.open(streamtype=kind) for kind in ("error", "stdin", "stdout", "stderr"))
    spdy.write(stdin, b"1234", last=True)
    await spdy.until_over(error, out, err)
    assert spdy.heard[out] == b"4\n"
    assert status_of(spdy.heard[error])["details"]["causes"][0]["message"] == "3"


async def test_a_spdy_client_without_a_known_protocol_is_refused(served: Served) -> None:
    wire = await served.open()
    status, headers, body = await wire.spdy(exec_path("p", "ls"), "v9")
    assert (status, headers["x-accepted-stream-protocol-versions"]) == (403, V4)
    assert (
        body == f"unable to upgrade: unable to negotiate protocol: client supports [v9], server accepts [{V4}]".encode()
    )


async def test_attach_shows_what_the_container_writes_from_now_on(served: Served) -> None:
    served.living.patch(PODS, "p", {"metadata": {"annotations": {"kubetui.demo/behaviour": "logs=2"}}})
    socket = await served.websocket("/api/v1/namespaces/default/pods/p/attach?stdout=1", V5)
    assert await socket.message() == bytes((STDOUT,))
    heard = asyncio.ensure_future(socket.message())
    while not heard.done():
        served.living.run(1)
        await asyncio.wait((heard,), timeout=0.05)
    assert (heard.result() or b"")[1:].startswith(b"level=")


async def test_attach_ends_well_with_its_container(served: Served) -> None:
    socket = await served.websocket("/api/v1/namespaces/default/pods/p/attach?stdout=1", V5)
    await socket.message()
    served.living.delete(PODS, "p", grace=0)
    assert status_of((await socket.channels())[ERROR])["status"] == "Success"


async def test_attach_to_a_shell_that_waits_for_input_talks_to_it_and_ends_the_container(served: Served) -> None:
    container = {"stdin": True, "stdinOnce": True, "tty": True, "args": ["sh"]}
    served.living.create(PODS, pod("q", "busybox", restartPolicy="Never", container=container))
    served.living.run(30)
    path = "/api/v1/namespaces/default/pods/q/attach?stdin=1&stdout=1&tty=1"
    socket = await served.websocket(path, V5)
    socket.send(bytes((STDIN,)) + b"echo hello\r")
    socket.send(bytes((STDIN,)) + b"exit 5\r")
    heard = await socket.channels()
    assert b"hello\r\n" in heard[STDOUT]
    assert status_of(heard[ERROR])["status"] == "Success"
    served.living.run(2)
    status = served.living.get(PODS, "q")["status"]
    assert (status["phase"], status["containerStatuses"][0]["state"]["terminated"]["exitCode"]) == ("Failed", 5)


async def test_a_shell_that_waits_for_input_ends_with_the_only_client_it_was_to_have(served: Served) -> None:
    container = {"stdin": True, "stdinOnce": True, "args": ["sh"]}
    served.living.create(PODS, pod("q", "busybox", restartPolicy="Never", container=container))
    served.living.run(30)
    socket = await served.websocket("/api/v1/namespaces/default/pods/q/attach?stdin=1&stdout=1", V5)
    socket.send(bytes((STDIN,)) + b"echo up\n")
    while (await socket.message() or b"")[1:] != b"up\n":
        pass
    socket.wire.close()
    await served.server.quiet()
    for _ in range(100):
        await asyncio.sleep(0)
    served.living.run(2)
    assert served.living.get(PODS, "q")["status"]["phase"] == "Succeeded"


async def _refused(served: Served, path: str, user: str = "admin") -> tuple[int, Any]:
    wire = await served.open()
    status, headers, body = await wire.upgrade(path, [V5], user=user)
    wire.close()
    return status, body.decode() if headers["content-type"].startswith("text/plain") else msgspec.json.decode(body)


async def test_the_pod_and_its_container_must_be_there(served: Served) -> None:
    two = pod("two")
    two["spec"]["containers"].append({"name": "d", "image": "nginx:1"})
    served.living.create(PODS, two)
    status, told = await _refused(served, exec_path("nope", "ls"))
    assert (status, told["message"]) == (404, 'pods "nope" not found')
    status, told = await _refused(served, exec_path("p", "ls", container=1))
    assert (status, told["message"]) == (400, "container 1 is not valid for pod p")
    status, told = await _refused(served, exec_path("two", "ls"))
    assert told["message"] == "a container name must be specified for pod two, choose one of: [c d]"


async def test_a_pod_without_a_node_has_no_host(served: Served) -> None:
    served.living.create(PODS, pod("far", nodeSelector={"no": "where"}))
    status, told = await _refused(served, exec_path("far", "ls"))
    assert (status, told["message"]) == (400, "pod far does not have a host assigned")


async def test_a_container_that_does_not_run_is_not_found_by_the_kubelet(served: Served) -> None:
    served.living.create(PODS, pod("bad", "nginx:typo"))
    served.living.run(30)
    assert await _refused(served, exec_path("bad", "ls")) == (500, 'container not found ("c")')
    attach = "/api/v1/namespaces/default/pods/bad/attach?stdout=1"
    assert await _refused(served, attach) == (500, "container c not found in pod bad_default")


async def test_a_node_that_is_off_can_not_be_dialled(served: Served) -> None:
    kubelet = served.living.plane.fleet.kubelets["node-0"]
    kubelet.power_off()
    status, told = await _refused(served, exec_path("p", "ls"))
    assert status == 500
    assert told["message"] == f"error dialing backend: dial tcp {kubelet.ip}:10250: connect: no route to host"


async def test_streams_must_be_asked_for(served: Served) -> None:
    path = "/api/v1/namespaces/default/pods/p/exec?command=ls"
    assert await _refused(served, path) == (400, "you must specify at least 1 of stdin, stdout, stderr")


async def test_who_may_only_look_may_not_enter(served: Served) -> None:
    role = {"rules": [{"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["get"]}]}
    status, told = await _refused(served, exec_path("p", "ls"), "viewer")
    assert status == 403
    assert 'User "viewer" cannot get resource "pods/exec"' in told["message"]
    served.living.registry.create(CLUSTERROLES, {"metadata": {"name": "looker"}, **role})
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "looker"}
    subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "viewer"}
    bound = {"metadata": {"name": "looker"}, "roleRef": reference, "subjects": [subject]}
    served.living.registry.create(CLUSTERROLEBINDINGS, bound)
    assert await _refused(served, exec_path("p", "ls"), "viewer") == (
        403,
        {**told, "message": 'pods "p" is forbidden: '},
    )


async def test_many_clients_are_served_at_a_time(served: Served) -> None:
    async def one(number: int) -> bytes:
        socket = await served.websocket(exec_path("p", "sh", "-c", f"echo {number} | cat"), V5)
        return (await socket.channels())[STDOUT]

    heard = await asyncio.gather(*(one(number) for number in range(20)))
    assert heard == [f"{number}\n".encode() for number in range(20)]
