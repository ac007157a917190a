"""exec and attach: a process in a container, tied to a client over a websocket or over SPDY.

Owns the rules of the API server and of the kubelet's streaming server (validateContainer, NewOptions, ServeExec), with
their wording. What the process does is the kubelet's to know.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Protocol

import msgspec

from kubetui.demo.http.message import Answer, Request
from kubetui.demo.http.route import Route
from kubetui.demo.http.streaming.channels import Channels, Subprotocol
from kubetui.demo.http.streaming.handshake import Agreement, agree, plain, tail
from kubetui.demo.http.streaming.pipe import Pipe, Upgrade
from kubetui.demo.http.streaming.spdy import Session, Stream
from kubetui.demo.http.streaming.websocket import WebSocket
from kubetui.demo.objects import name_of
from kubetui.demo.refusals import bad_request
from kubetui.demo.registry import Registry
from kubetui.demo.resources import PODS
from kubetui.demo.streams import NOTHING, Exited, RuntimeFailure, Sink, Source, Stdio, Window

Json = dict[str, Any]

STDIN, STDOUT, STDERR, ERROR, RESIZE = range(5)
"""The channels of a websocket."""
WEBSOCKETS = (
    "v5.channel.k8s.io",
    "v4.channel.k8s.io",
    "v4.base64.channel.k8s.io",
    "channel.k8s.io",
    "base64.channel.k8s.io",
    "",
)
SPDY = ("v4.channel.k8s.io",)
STREAMS_DUE = 30.0
"""Seconds within which a SPDY client opens its streams."""

Process = Callable[[Stdio], Coroutine[Any, Any, None]]
"""Runs to its end. Exited for a code other than zero, RuntimeFailure where it could not run."""


class Commands(Protocol):
    """Whoever runs processes in containers. RuntimeFailure, before anything is run, where the container does not."""

    def execute(self, pod: Json, container: str, command: list[str]) -> Process:
        """A process of its own."""
        ...

    def attach(self, pod: Json, container: str) -> Process:
        """The container's first process."""
        ...


class Wanted(msgspec.Struct, frozen=True):
    """What a client wants to be connected to."""

    stdin: bool
    stdout: bool
    stderr: bool
    tty: bool

    @property
    def kinds(self) -> frozenset[str]:
        """The types of streams that a SPDY client opens for it."""
        given = {"stdin": self.stdin, "stdout": self.stdout, "stderr": self.stderr, "resize": self.tty, "error": True}
        return frozenset(kind for kind, wanted in given.items() if wanted)


def remote_command(request: Request, route: Route, registry: Registry, kubelets: Commands) -> Answer | Upgrade:
    """Begins an exec or an attach. Refusal 404 without the pod, 400 where the request leaves open what is meant."""
    pod = registry.get(PODS, route.namespace, route.name)
    container = _container(pod, request.query.get("container", ""))
    if not pod["spec"].get("nodeName"):
        raise bad_request(f"pod {name_of(pod)} does not have a host assigned")
    agreement = agree(request, WEBSOCKETS, SPDY)
    if isinstance(agreement, Answer):
        return agreement
    wanted = _wanted(request)
    if not (wanted.stdin or wanted.stdout or wanted.stderr):
        return plain("you must specify at least 1 of stdin, stdout, stderr", 400)
    try:
        if route.subresource == "exec":
            command = [value for name, value in request.parameters if name == "command"]
            process = kubelets.execute(pod, container, command)
        else:
            process = kubelets.attach(pod, container)
    except RuntimeFailure as why:
        return plain(str(why), 500)
    doing = "executing command in" if route.subresource == "exec" else "attaching to"
    return agreement.upgrade(_Client(agreement, wanted, process, doing).serve)


class _Client:
    """One client and its process."""

    def __init__(self, agreement: Agreement, wanted: Wanted, process: Process, doing: str) -> None:
        self._agreement = agreement
        self._wanted = wanted
        self._process = process
        self._doing = doing

    async def serve(self, pipe: Pipe) -> None:
        await (self._over_websocket(pipe) if self._agreement.websocket else self._over_spdy(pipe))

    async def _over_websocket(self, pipe: Pipe) -> None:
        socket = WebSocket(pipe)
        subprotocol = Subprotocol(self._agreement.subprotocol)
        channels = Channels(socket, subprotocol, (STDIN, RESIZE) if self._wanted.stdin else (RESIZE,))
        # An empty message tells the client that all is set up.
        first = STDOUT if self._wanted.stdout else STDERR if self._wanted.stderr else ERROR
        await channels.send(first, b"")
        stdin = channels.source(STDIN) if self._wanted.stdin else NOTHING
        stdio = self._stdio(stdin, channels.sink(STDOUT), channels.sink(STDERR))

        async def run() -> None:
            status = await self._run(stdio, channels.source(RESIZE))
            channels.ignore()
            told = _told(status, subprotocol)
            if told:
                await channels.send(ERROR, told)
            await socket.close()

        await tail(channels.run(), run())

    async def _over_spdy(self, pipe: Pipe) -> None:
        streams: dict[str, Stream] = {}
        complete = asyncio.Event()

        def opened(stream: Stream) -> None:
            streams.setdefault(stream.headers.get("streamtype", ""), stream)
            if self._wanted.kinds <= streams.keys():
                complete.set()

        session = Session(pipe, opened)

        async def run() -> None:
            try:
                async with asyncio.timeout(STREAMS_DUE):
                    await complete.wait()
            except TimeoutError:
                return
            stdio = self._stdio(
                streams.get("stdin", NOTHING), streams.get("stdout", NOTHING), streams.get("stderr", NOTHING)
            )
            status = await self._run(stdio, streams.get("resize", NOTHING))
            for stream in streams.values():
                stream.ignore()
            await streams["error"].write(msgspec.json.encode(status))
            for stream in streams.values():
                await stream.finish()

        await tail(session.run(), run())

    def _stdio(self, stdin: Source, stdout: Sink, stderr: Sink) -> Stdio:
        return Stdio(
            stdin,
            stdout if self._wanted.stdout else NOTHING,
            stderr if self._wanted.stderr else NOTHING,
            Window() if self._wanted.tty else None,
        )

    async def _run(self, stdio: Stdio, sizes: Source) -> Json:
        """The status with which the process ends."""
        resizing = asyncio.ensure_future(_resize(stdio.window, sizes))
        try:
            await self._process(stdio)
        except Exited as exited:
            return {
                "metadata": {},
                "status": "Failure",
                "message": f"command terminated with non-zero exit code: {exited}",
                "reason": "NonZeroExitCode",
                "details": {"causes": [{"reason": "ExitCode", "message": str(exited.code)}]},
            }
        except RuntimeFailure as why:
            message = f"error {self._doing} container: {why}"
            return {
                "metadata": {},
                "status": "Failure",
                "message": f"Internal error occurred: {message}",
                "reason": "InternalError",
                "details": {"causes": [{"message": message}]},
                "code": 500,
            }
        finally:
            resizing.cancel()
            with suppress(asyncio.CancelledError):
                await resizing
        return {"metadata": {}, "status": "Success"}


async def _resize(window: Window | None, sizes: Source) -> None:
    """Keeps the size of a terminal: the client sends one JSON object for each change."""
    while data := await sizes.read():
        if window is None:
            continue
        try:
            told = msgspec.json.decode(data.strip().rpartition(b"\n")[2] or data, type=dict[str, int])
        except msgspec.DecodeError:
            continue
        window.columns, window.rows = told.get("Width", window.columns), told.get("Height", window.rows)


def _told(status: Json, subprotocol: Subprotocol) -> bytes:
    """What the error channel carries: a `Status`, or, before v4, the message of a failure alone."""
    if subprotocol.tells_status:
        return msgspec.json.encode(status)
    return str(status.get("message", "")).encode()


def _wanted(request: Request) -> Wanted:
    given = {name: request.query.get(name, "") in ("1", "true") for name in ("stdin", "stdout", "stderr", "tty")}
    # A terminal has one output alone.
    return Wanted(given["stdin"], given["stdout"], given["stderr"] and not given["tty"], given["tty"])


def _container(pod: Json, asked: str) -> str:
    spec = pod["spec"]
    everything = [
        str(one["name"])
        for kind in ("initContainers", "containers", "ephemeralContainers")
        for one in spec.get(kind) or ()
    ]
    if asked:
        if asked not in everything:
            raise bad_request(f"container {asked} is not valid for pod {name_of(pod)}")
        return asked
    if len(spec["containers"]) == 1:
        return str(spec["containers"][0]["name"])
    among = " ".join(everything)
    raise bad_request(f"a container name must be specified for pod {name_of(pod)}, choose one of: [{among}]")
