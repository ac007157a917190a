"""The container runtime: enters containers that run (exec, attach) and reaches their ports, for the whole cluster.

Owns what is inside containers, from the first time that somebody looks until their run ends. A container that nobody
enters costs nothing here.
"""

import asyncio
import hashlib
from collections.abc import Callable, Coroutine
from contextlib import suppress
from email.utils import formatdate
from typing import Any

from kubetui.demo.clock import Clock
from kubetui.demo.kubelet.behaviour import short_name, waits_for_input
from kubetui.demo.kubelet.container import Container, Phase
from kubetui.demo.kubelet.inside import pages
from kubetui.demo.kubelet.inside.box import KILLED, SIGINT, SIGTERM, Box, NotRunnable
from kubetui.demo.kubelet.inside.box import Process as Listed
from kubetui.demo.kubelet.inside.entrance import enter
from kubetui.demo.kubelet.inside.environment import environment
from kubetui.demo.kubelet.inside.files import Folder, Who
from kubetui.demo.kubelet.inside.network import Network
from kubetui.demo.kubelet.inside.programs.installed import programs_of
from kubetui.demo.kubelet.inside.rootfs import first_command, root_folder
from kubetui.demo.kubelet.inside.volumes import Volumes
from kubetui.demo.kubelet.logs import lines_of
from kubetui.demo.kubelet.pod_worker import PodWorker
from kubetui.demo.objects import Json, name_of, namespace_of, uid_of
from kubetui.demo.refusals import Refusal
from kubetui.demo.registry import Registry
from kubetui.demo.resources import PERSISTENTVOLUMECLAIMS, PODS
from kubetui.demo.streams import Exited, RuntimeFailure, Sink, Source, Stdio

LOOK = 0.2
"""Seconds between two looks at whether a container still runs, while somebody is connected to it."""
SIGQUIT = 3
_ENDING = (SIGINT, SIGQUIT, SIGTERM)
"""Signals that a first process minds. Others, SIGKILL among them, do not reach it from inside its own namespace."""

Process = Callable[[Stdio], Coroutine[Any, Any, None]]
"""Runs to its end. Exited for a code other than zero, RuntimeFailure where it could not run."""

Worker = Callable[[Json], PodWorker | None]
"""The worker of a pod; None where nobody has it, or its node can't be reached."""


class Runtime:
    """What is inside the containers of a cluster."""

    def __init__(self, registry: Registry, clock: Clock, worker: Worker) -> None:
        self._registry = registry
        self._clock = clock
        self._worker = worker
        self._boxes: dict[str, Box] = {}
        """By the id of the container's run."""
        self._volumes: dict[str, Volumes] = {}
        """By the uid of the pod."""
        self._claims: dict[tuple[str, str], Folder] = {}
        registry.subscribe(PODS, self._pod_changed)
        registry.subscribe(PERSISTENTVOLUMECLAIMS, self._claim_changed)

    # exec and attach.

    def execute(self, pod: Json, container: str, command: list[str]) -> Process:
        """A process of its own in a container. RuntimeFailure where the container does not run."""
        found = self._running(pod, container)
        if found is None:
            raise RuntimeFailure(f'container not found ("{container}")')
        worker, one = found
        identity = one.identity

        async def run(stdio: Stdio) -> None:
            box = self._box(worker, one)
            words = tuple(command)
            try:
                program = box.program(words[0] if words else "")
                await self._until_end(worker, one, identity, enter(box, program, words, stdio))
            except NotRunnable as why:
                raise _not_started(f"{identity}{self._clock.now()}", f"{why}: unknown") from why
            except BlockingIOError as why:
                told = "can't copy bootstrap data to pipe: resource temporarily unavailable: unknown"
                raise _not_started(f"{identity}{self._clock.now()}", told) from why

        return run

    def attach(self, pod: Json, container: str) -> Process:
        """The first process of a container. RuntimeFailure where the container does not run."""
        found = self._running(pod, container)
        if found is None:
            raise RuntimeFailure(f"container {container} not found in pod {name_of(pod)}_{namespace_of(pod)}")
        worker, one = found
        identity = one.identity

        async def run(stdio: Stdio) -> None:
            # A client that is attached hears of no code: the pod's status has it.
            with suppress(Exited):
                await self._until_end(worker, one, identity, self._console(worker, one, stdio))

        return run

    async def _console(self, worker: PodWorker, one: Container, stdio: Stdio) -> None:
        """What a client sees of a first process: its shell, where it is one that waits for input, else its log."""
        if waits_for_input(one.spec):
            await self._talk(worker, one, stdio)
        else:
            await self._show_log(worker, one, stdio)

    async def _talk(self, worker: PodWorker, one: Container, stdio: Stdio) -> None:
        """Ties a client to the shell that a container is; the container ends with it."""
        box, identity = self._box(worker, one), one.identity
        words = first_command(one.spec)
        # One that looks at another container has that one's first process for its own.
        first = None if one.spec.get("targetContainerName") else box.processes[1]
        code = 0
        try:
            await enter(box, box.program(words[0]), words, stdio, first)
        except Exited as exited:
            code = exited.code
        except (asyncio.CancelledError, BrokenPipeError):
            # The client is gone; where it was to be the only one, that was the end of the shell's input.
            if one.spec.get("stdinOnce") and one.identity == identity:
                worker.exits(one, 0)
            raise
        if one.identity == identity:
            worker.exits(one, code)

    async def _show_log(self, worker: PodWorker, one: Container, stdio: Stdio) -> None:
        """Shows a client what a container writes from now on."""
        told = self._clock.now()
        while True:
            await asyncio.sleep(LOOK)
            pod = self._registry.find(PODS, namespace_of(worker.pod), name_of(worker.pod))
            if pod is None or not one.runs:
                return
            now = self._clock.now()
            try:
                lines = [line for line in lines_of(pod, one.name, worker, now, since=told) if line.at > told]
            except Refusal:
                return  # Its status says that it has ended: there is no log of a run that goes on.
            if lines:
                told = lines[-1].at
                text = "".join(f"{line.text}\n" for line in lines)
                await stdio.stdout.write((text.replace("\n", "\r\n") if stdio.window else text).encode())

    async def _until_end(
        self, worker: PodWorker, one: Container, identity: str, work: Coroutine[Any, Any, None]
    ) -> None:
        """Does something in a container for as long as that runs. Exited, as by SIGKILL, where it ends before."""
        working = asyncio.ensure_future(work)
        try:
            while not working.done() and one.runs and one.identity == identity and self._worker(worker.pod) is worker:
                await asyncio.wait((working,), timeout=LOOK)
            if not working.done():
                raise Exited(KILLED + 9)
            working.result()
        finally:
            working.cancel()
            with suppress(asyncio.CancelledError, Exited, RuntimeFailure):
                await working

    # port-forward.

    def ports(self, pod: Json) -> "PodPorts":
        """The ports of a pod. RuntimeFailure where nothing of it runs."""
        worker = self._worker(pod)
        if worker is None or not any(one.runs for one in worker.containers):
            raise RuntimeFailure(f'pod not found ("{name_of(pod)}_{namespace_of(pod)}")')
        return PodPorts(self, pod)

    def listening(self, pod: Json, port: int) -> tuple[PodWorker, Container] | None:
        """The container of a pod that listens on a port now; None where none does."""
        worker = self._worker(pod)
        now = self._clock.now()
        for one in worker.containers if worker is not None else ():
            age = now - one.started_at
            if (
                one.phase is Phase.RUNNING
                and age >= one.behaviour.serves_at
                and port in pages.open_ports(pod, one.spec)
            ):
                assert worker is not None
                return worker, one
        return None

    async def connect(self, pod: Json, port: int, incoming: Source, outgoing: Sink) -> None:
        """Serves a connection to a port of a pod. ConnectionRefusedError where nobody listens."""
        found = self.listening(pod, port)
        if found is None:
            raise ConnectionRefusedError
        worker, one = found
        # A container that dies takes its connections with it.
        with suppress(Exited):
            await self._until_end(worker, one, one.identity, self._serve(worker, one, incoming, outgoing))

    async def _serve(self, worker: PodWorker, one: Container, incoming: Source, outgoing: Sink) -> None:
        image = short_name(str(one.spec.get("image", "")))

        def answer(method: str, path: str) -> pages.Reply:
            age = self._clock.now() - one.started_at
            return pages.reply(worker.pod, one.spec, method, path, ready=one.behaviour.is_ready(age))

        async def hanging(data: bytes) -> None:
            age = self._clock.now() - one.started_at
            if not one.behaviour.serves(age):
                await asyncio.get_running_loop().create_future()
            await outgoing.write(data)

        await pages.serve(answer, image, lambda: formatdate(self._clock.now(), usegmt=True), incoming, _Sink(hanging))

    # What is inside.

    def _running(self, pod: Json, name: str) -> tuple[PodWorker, Container] | None:
        """A container that runs, and who runs it."""
        worker = self._worker(pod)
        for one in worker.everyone if worker is not None else ():
            if one.name == name and one.runs:
                assert worker is not None
                return worker, one
        return None

    def _box(self, worker: PodWorker, one: Container) -> Box:
        """What is inside one run of a container; made the first time."""
        box = self._boxes.get(one.identity)
        if box is not None:
            return box
        for identity, other in list(self._boxes.items()):
            if uid_of(other.pod) == uid_of(worker.pod) and other.spec["name"] == one.name:
                del self._boxes[identity]
        pod = self._registry.find(PODS, namespace_of(worker.pod), name_of(worker.pod)) or worker.pod
        volumes = self._volumes.setdefault(uid_of(pod), Volumes(self._registry, pod, self._claims))
        programs = programs_of(str(one.spec.get("image", "")))
        variables = environment(self._registry, pod, one.spec)
        who = _who(pod, one.spec)
        # One that was added to look at another container sees that one's processes.
        target = one.spec.get("targetContainerName")
        seen = next((other for other in worker.containers if other.name == target and other.runs), one)
        first = Listed(1, 0, first_command(seen.spec), seen.started_at, terminal=bool(seen.spec.get("tty")))
        network = Network(self._registry, pod, self.connect)
        root = root_folder(
            pod, one.spec, volumes, programs, lambda: variables, self._clock, one.started_at, network.dns
        )
        box = self._boxes[one.identity] = Box(
            pod,
            one.spec,
            who=who,
            root=root,
            variables=variables,
            programs=programs,
            network=network,
            clock=self._clock,
            first=first,
            signal=lambda number: self._signal(worker, seen, number),
        )
        return box

    def _signal(self, worker: PodWorker, one: Container, number: int) -> None:
        """A signal for a first process: it ends where it minds signals at all."""
        takes = one.behaviour.stops_in
        if number in _ENDING and takes is not None:
            identity = one.identity

            def end() -> None:
                if one.identity == identity and one.runs:
                    worker.exits(one, KILLED + number)

            self._clock.call_later(takes, end)

    def _pod_changed(self, event: str, pod: Json, old: Json | None) -> None:
        if event == "DELETED" and self._volumes.pop(uid_of(pod), None) is not None:
            for identity, box in list(self._boxes.items()):
                if uid_of(box.pod) == uid_of(pod):
                    del self._boxes[identity]

    def _claim_changed(self, event: str, claim: Json, old: Json | None) -> None:
        if event == "DELETED":
            self._claims.pop((namespace_of(claim), name_of(claim)), None)


def _not_started(seed: str, why: str) -> RuntimeFailure:
    """Why a process did not come to be, as containerd and runc tell it."""
    name = hashlib.sha256(seed.encode()).hexdigest()
    wrong = f"OCI runtime exec failed: exec failed: unable to start container process: {why}"
    return RuntimeFailure(f'failed to exec in container: failed to start exec "{name}": {wrong}')


class PodPorts:
    """The ports of one pod."""

    def __init__(self, runtime: Runtime, pod: Json) -> None:
        self._runtime = runtime
        self._pod = pod
        self.name = hashlib.sha256(f"sandbox {uid_of(pod)}".encode()).hexdigest()

    async def connect(self, port: int, incoming: Source, outgoing: Sink) -> None:
        """A connection to a port, until either side ends it. RuntimeFailure, in the runtime's words, for none."""
        try:
            self._runtime.ports(self._pod)
        except RuntimeFailure as why:
            raise RuntimeFailure(f'failed to find sandbox "{self.name}" in store: not found') from why
        try:
            await self._runtime.connect(self._pod, port, incoming, outgoing)
        except ConnectionRefusedError as why:
            space = f"/var/run/netns/cni-{uid_of(self._pod)}"
            raise RuntimeFailure(
                f'failed to execute portforward in network namespace "{space}": failed to connect to localhost:{port} '
                f'inside namespace "{self.name}", IPv4: dial tcp4 127.0.0.1:{port}: connect: connection refused '
                f"IPv6 dial tcp6 [::1]:{port}: connect: connection refused "
            ) from why


class _Sink:
    """A sink made of a function."""

    def __init__(self, write: Callable[[bytes], Coroutine[Any, Any, None]]) -> None:
        self.write = write


def _who(pod: Json, spec: Json) -> Who:
    whole, own = pod["spec"].get("securityContext") or {}, spec.get("securityContext") or {}
    uid = own.get("runAsUser", whole.get("runAsUser", 0))
    return Who(uid, own.get("runAsGroup", whole.get("runAsGroup", 0)))
