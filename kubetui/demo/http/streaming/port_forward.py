"""port-forward: connections to the ports of a pod, over SPDY (plain, or tunnelled in a websocket) or channels.

Owns how streams are paired and what is told when a port can't be reached (pkg/streaming/portforward). What listens in
a pod is the kubelet's to know.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, Protocol

import msgspec

from kubetui.demo.http.message import Answer, Request
from kubetui.demo.http.route import Route
from kubetui.demo.http.streaming.channels import Channels, Subprotocol
from kubetui.demo.http.streaming.handshake import Agreement, agree, plain, tail
from kubetui.demo.http.streaming.pipe import Pipe, Upgrade
from kubetui.demo.http.streaming.spdy import Carrier, Session, Stream
from kubetui.demo.http.streaming.tunnel import Tunnel
from kubetui.demo.http.streaming.websocket import WebSocket
from kubetui.demo.objects import name_of
from kubetui.demo.refusals import bad_request
from kubetui.demo.registry import Registry
from kubetui.demo.resources import PODS
from kubetui.demo.streams import Conduit, RuntimeFailure, Sink, Source

Json = dict[str, Any]

TUNNEL = "SPDY/3.1+portforward.k8s.io"
WEBSOCKETS = (TUNNEL, "v4.channel.k8s.io", "v4.base64.channel.k8s.io", "")
SPDY = ("portforward.k8s.io",)
STREAMS_DUE = 30.0
"""Seconds within which the second stream of a pair follows the first."""


class Ports(Protocol):
    """A pod whose ports can be reached."""

    name: str
    """What the runtime calls the pod: the id of its sandbox."""

    async def connect(self, port: int, incoming: Source, outgoing: Sink) -> None:
        """A connection to a port, until either side has ended it. RuntimeFailure where it can't be reached."""
        ...


class Forwards(Protocol):
    """Whoever reaches the ports of pods. RuntimeFailure where the pod does not run."""

    def ports(self, pod: Json) -> Ports: ...


def port_forward(request: Request, route: Route, registry: Registry, kubelets: Forwards) -> Answer | Upgrade:
    """Begins to forward. Refusal 404 without the pod, 400 where it is nowhere yet."""
    pod = registry.get(PODS, route.namespace, route.name)
    if not pod["spec"].get("nodeName"):
        raise bad_request(f"pod {name_of(pod)} does not have a host assigned")
    agreement = agree(request, WEBSOCKETS, SPDY)
    if isinstance(agreement, Answer):
        return agreement
    by_channels = agreement.websocket and agreement.subprotocol != TUNNEL
    wanted: list[int] = []
    try:
        if by_channels:
            wanted = _asked(request)
        ports = kubelets.ports(pod)
    except ValueError as why:
        return plain(str(why), 400)
    except RuntimeFailure as why:
        return plain(str(why), 500)
    if by_channels:
        return agreement.upgrade(_ByChannels(ports, agreement, wanted).serve)
    return agreement.upgrade(_ByStreams(ports, agreement).serve)


def _asked(request: Request) -> list[int]:
    """The ports that a client names beforehand. ValueError in the kubelet's words where they make no sense."""
    texts = [value for name, value in request.parameters if name == "ports"]
    if not texts:
        raise ValueError('query parameter "port" is required')
    asked = []
    for text in (one for given in texts for one in given.split(",")):
        if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 65_535):
            raise ValueError(f'unable to parse "{text}" as a port: strconv.ParseUint: parsing "{text}": invalid syntax')
        if int(text) < 1:
            raise ValueError(f'port "{text}" must be > 0')
        asked.append(int(text))
    return asked


async def _forwarded(ports: Ports, port: int, incoming: Source, outgoing: Sink) -> str:
    """Connects to a port, until that is over; what went wrong, if anything."""
    try:
        await ports.connect(port, incoming, outgoing)
    except RuntimeFailure as why:
        return f"error forwarding port {port} to pod {ports.name}, uid : {why}"
    except BrokenPipeError:
        pass  # The client has left.
    return ""


class _ByChannels:
    """One client with two channels for each port: the bytes, and what went wrong."""

    def __init__(self, ports: Ports, agreement: Agreement, wanted: list[int]) -> None:
        self._ports = ports
        self._agreement = agreement
        self._wanted = wanted

    async def serve(self, pipe: Pipe) -> None:
        socket = WebSocket(pipe)
        pairs = list(enumerate(self._wanted))
        channels = Channels(socket, Subprotocol(self._agreement.subprotocol), [2 * place for place, _ in pairs])

        async def run() -> None:
            async with asyncio.TaskGroup() as group:
                for place, port in pairs:
                    group.create_task(self._forward(channels, 2 * place, port))
            await socket.close()

        await tail(channels.run(), run())

    async def _forward(self, channels: Channels, place: int, port: int) -> None:
        for number in (place, place + 1):
            await channels.send(number, port.to_bytes(2, "little"))
        incoming: Conduit = channels.source(place)
        wrong = await _forwarded(self._ports, port, incoming, channels.sink(place))
        incoming.abandon()
        if wrong:
            await channels.send(place + 1, wrong.encode())


class _Pair(msgspec.Struct):
    """The two streams of one connection."""

    data: Stream | None = None
    error: Stream | None = None
    timer: asyncio.TimerHandle | None = None
    """When it is given up unless it is complete."""


class _ByStreams:
    """One client that opens a pair of streams for each connection."""

    def __init__(self, ports: Ports, agreement: Agreement) -> None:
        self._ports = ports
        self._agreement = agreement
        self._pairs: dict[str, _Pair] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, pipe: Pipe) -> None:
        carrier: Carrier = Tunnel(WebSocket(pipe)) if self._agreement.websocket else pipe
        try:
            await Session(carrier, self._opened).run()
        except BrokenPipeError:
            pass  # The client has left.
        finally:
            for request in list(self._pairs):
                self._settle(request)
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _opened(self, stream: Stream) -> None:
        kind, port = stream.headers.get("streamtype", ""), stream.headers.get("port", "")
        known = port.isascii() and port.isdigit() and len(port) <= 5 and 0 < int(port) <= 65_535
        if kind not in ("data", "error") or not known:
            self._begin(stream.reset())
            return
        request = stream.headers.get("requestid", "")
        fresh = request not in self._pairs
        pair = self._pairs.setdefault(request, _Pair())
        if getattr(pair, kind) is not None:
            self._begin(stream.reset())
            return
        setattr(pair, kind, stream)
        if fresh:
            pair.timer = asyncio.get_running_loop().call_later(STREAMS_DUE, self._expire, request)
        if pair.data is not None and pair.error is not None:
            self._settle(request)
            self._begin(self._forward(int(port), pair.data, pair.error))

    def _expire(self, request: str) -> None:
        """A pair that is not complete in time comes to nothing."""
        pair = self._settle(request)
        for stream in (pair.data, pair.error):
            if stream is not None:
                self._begin(stream.reset())

    def _settle(self, request: str) -> _Pair:
        """The pair, no longer waited for."""
        pair = self._pairs.pop(request)
        if pair.timer is not None:
            pair.timer.cancel()
        return pair

    async def _forward(self, port: int, data: Stream, error: Stream) -> None:
        wrong = await _forwarded(self._ports, port, data, data)
        try:
            if wrong:
                await error.write(wrong.encode())
            await data.finish()
            await error.finish()
            if wrong:
                await data.reset()
                await error.reset()
        except BrokenPipeError:
            pass  # The client has left.
