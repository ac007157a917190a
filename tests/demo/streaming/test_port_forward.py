"""port-forward: SPDY in a websocket as kubectl has it, plain SPDY, and channels as other clients have them."""

import pytest

from kubetui.demo.http.streaming import spdy
from kubetui.demo.http.streaming import spdy_frames as frames
from kubetui.demo.http.streaming.spdy_frames import Kind, Malformed, Unfolder
from kubetui.demo.resources import PODS
from tests.demo.living import pod
from tests.demo.streaming.served import Served, Spdy

TUNNEL = "SPDY/3.1+portforward.k8s.io"
PATH = "/api/v1/namespaces/default/pods/p/portforward"
GET = b"GET /whoami HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


async def _tunnel(served: Served) -> Spdy:
    socket = await served.websocket(PATH, TUNNEL)
    return Spdy(socket.wire, socket)


async def _spdy(served: Served) -> Spdy:
    wire = await served.open()
    status, headers, _ = await wire.spdy(PATH, "portforward.k8s.io")
    assert (status, headers["x-stream-protocol-version"]) == (101, "portforward.k8s.io")
    return Spdy(wire)


@pytest.mark.parametrize("way", [_tunnel, _spdy])
async def test_a_port_answers(served: Served, way: object) -> None:
    client = await (_tunnel(served) if way is _tunnel else _spdy(served))
    error, data = client.connect(8080)
    client.write(data, GET)
    await client.until_over(error, data)
    assert client.heard[data].startswith(b"HTTP/1.1 200 OK")
    assert b'"pod":"p"' in client.heard[data]
    assert client.heard.get(error, b"") == b""


async def test_a_stream_is_acknowledged_before_anything_comes_on_it(served: Served) -> None:
    client = await _tunnel(served)
    error, data = client.connect(8080)
    client.write(data, GET)
    await client.until_over(data)
    replies = [frames.number(one.payload) for one in client.controls if one.kind == Kind.SYN_REPLY]
    assert replies == [error, data]


async def test_connections_go_side_by_side(served: Served) -> None:
    client = await _tunnel(served)
    pairs = [client.connect(8080, str(number)) for number in range(5)]
    for _, data in reversed(pairs):
        client.write(data, GET)
    await client.until_over(*(data for _, data in pairs))
    assert all(b"200 OK" in client.heard[data] for _, data in pairs)


async def test_a_port_where_nobody_listens_is_told_on_the_stream_of_errors(served: Served) -> None:
    client = await _tunnel(served)
    error, data = client.connect(9)
    await client.until_over(error, data)
    told = client.heard[error].decode()
    assert told.startswith("error forwarding port 9 to pod ")
    assert "dial tcp4 127.0.0.1:9: connect: connection refused" in told
    error, data = client.connect(8080, "1")
    client.write(data, GET)
    await client.until_over(data)
    assert b"200 OK" in client.heard[data]


async def test_a_connection_ends_with_its_pod_and_no_new_one_is_made(served: Served) -> None:
    client = await _tunnel(served)
    error, data = client.connect(8080)
    client.write(data, GET.replace(b"Connection: close\r\n", b""))
    while b"whoami" not in client.heard.get(data, b"") and data not in client.heard:
        await client.hear()
    served.living.delete(PODS, "p", grace=0)
    await client.until_over(error, data)
    error, data = client.connect(8080, "1")
    await client.until_over(error, data)
    assert b"failed to find sandbox" in client.heard[error]


async def test_a_ping_is_answered(served: Served) -> None:
    client = await _tunnel(served)
    client.send(frames.control(Kind.PING, (7).to_bytes(4, "big")))
    await client.hear()
    assert [(one.kind, one.payload) for one in client.controls] == [(Kind.PING, b"\0\0\0\7")]


async def test_a_stream_that_makes_no_sense_is_reset(served: Served) -> None:
    client = await _tunnel(served)
    for headers in ({"streamtype": "data", "port": "0"}, {"streamtype": "data"}, {"streamtype": "x", "port": "1"}):
        number = client.open(**headers)
        await client.until_over(number)
        assert number in client.reset


async def test_streams_beyond_the_limit_are_refused(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spdy, "MAX_STREAMS", 3)
    client = await _tunnel(served)
    numbers = [client.open(streamtype="error", port="80", requestid=str(number)) for number in range(4)]
    await client.until_over(numbers[-1])
    assert client.reset == {numbers[-1]}


BROKEN = {
    "another version": b"\x80\x02\x00\x01\0\0\0\0",
    "a control frame without measure": b"\x80\x03\x00\x01\0\xff\xff\xff",
    "headers that are none": frames.control(Kind.SYN_STREAM, b"\0\0\0\1" + bytes(6) + b"rubbish"),
    "a stream of the server's own": frames.control(
        Kind.SYN_STREAM, b"\0\0\0\2" + bytes(6) + frames.Folder().block({"a": "b"})
    ),
}


@pytest.mark.parametrize("sent", BROKEN.values(), ids=BROKEN.keys())
async def test_what_is_no_spdy_ends_the_connection(served: Served, sent: bytes) -> None:
    client = await _spdy(served)
    client.send(sent)
    with pytest.raises(EOFError):
        while True:
            await client.hear()
    assert client.controls[-1].kind == Kind.GOAWAY


def test_headers_that_unfold_without_end_are_refused() -> None:
    block = frames.Folder().block({"a": "x" * 10_000_000})
    assert len(block) < frames.MAX_CONTROL
    with pytest.raises(Malformed, match="too long"):
        Unfolder().headers(block)


def test_frames_are_cut_wherever_the_bytes_break() -> None:
    sent = (
        frames.data_frame(1, b"hello") + frames.control(Kind.PING, b"\0\0\0\1") + frames.data_frame(1, b"", frames.FIN)
    )
    reader = frames.Reader()
    found = [frame for byte in sent for frame in reader.feed(bytes((byte,)))]
    told = b"".join(frame.payload for frame in found if isinstance(frame, frames.Data))
    assert (told, [type(frame).__name__ for frame in found[-2:]]) == (b"hello", ["Control", "Data"])


async def test_channels_carry_a_port_each(served: Served) -> None:
    socket = await served.websocket(f"{PATH}?ports=8080,9", "v4.channel.k8s.io")
    assert {await socket.message() for _ in range(4)} >= {b"\0\x90\x1f", b"\1\x90\x1f", b"\2\x09\0"}
    socket.send(b"\0" + GET)
    heard: dict[int, bytes] = {}
    while b"}\n" not in heard.get(0, b"") or b"refused" not in heard.get(3, b""):
        message = await socket.message()
        assert message is not None
        heard[message[0]] = heard.get(message[0], b"") + message[1:]
    assert b"200 OK" in heard[0]


async def test_channels_need_to_know_their_ports(served: Served) -> None:
    for query, told in {
        "": 'query parameter "port" is required',
        "?ports=x": 'unable to parse "x" as a port: strconv.ParseUint: parsing "x": invalid syntax',
        "?ports=0": 'port "0" must be > 0',
    }.items():
        wire = await served.open()
        status, _, body = await wire.upgrade(f"{PATH}{query}", ["v4.channel.k8s.io"])
        assert (status, body.decode()) == (400, told)


async def test_a_pod_of_which_nothing_runs_is_not_found(served: Served) -> None:
    served.living.create(PODS, pod("bad", "nginx:typo"))
    served.living.run(30)
    wire = await served.open()
    status, _, body = await wire.upgrade(PATH.replace("/p/", "/bad/"), [TUNNEL])
    assert (status, body) == (500, b'pod not found ("bad_default")')
