"""One running container from the inside: its files, its variables, its processes, and the programs it can run."""

import asyncio
import errno
import posixpath
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager

import msgspec

from kubetui.demo.clock import Clock
from kubetui.demo.kubelet.inside.environment import PATH
from kubetui.demo.kubelet.inside.files import FileSystem, Folder, Who, failure
from kubetui.demo.kubelet.inside.network import Network
from kubetui.demo.kubelet.inside.terminal import Terminal
from kubetui.demo.objects import Json
from kubetui.demo.streams import Sink, Source

MOST_PROCESSES = 200
"""Processes of one container at a time."""
_SPRINT, _REST = 200, 0.005
"""Steps that a container takes in a row, and the seconds that it is still then: it is not alone."""
DEEPEST = 20
"""Programs that have each been run by the one before."""
KILLED = 128
"""Added to a signal's number it is the code of a process that the signal has ended."""
SIGINT, SIGKILL, SIGTERM = 2, 9, 15


class Process:
    """One process: what `ps` shows of it."""

    __slots__ = ("argv", "killed_by", "parent", "pid", "started_at", "task", "terminal")

    def __init__(self, pid: int, parent: int, argv: tuple[str, ...], started_at: float, *, terminal: bool) -> None:
        self.pid = pid
        self.parent = parent
        self.argv = argv
        self.started_at = started_at
        self.terminal = terminal
        self.task: asyncio.Task[object] | None = None
        """What runs it; none for the container's own first process, which is but made up."""
        self.killed_by = 0

    def signal(self, number: int) -> None:
        """Ends it, where a signal does that."""
        if number and self.task is not None:
            self.killed_by = number
            self.task.cancel()


class NotRunnable(Exception):
    """A word that names no program; `code` is what a shell answers with, the text what runc says."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code


class Call(msgspec.Struct, frozen=True):
    """A program that has been started: its words, and what it is connected to."""

    box: "Box"
    argv: tuple[str, ...]
    stdin: Source
    stdout: Sink
    stderr: Sink
    variables: dict[str, str]
    """Its own: a program may change them."""
    folder: str
    """Where it was started."""
    process: Process
    terminal: Terminal | None = None
    depth: int = 0
    """How many programs have run each other to come to this one."""

    @property
    def name(self) -> str:
        """What it was called as."""
        return posixpath.basename(self.argv[0])

    @property
    def words(self) -> tuple[str, ...]:
        """Its arguments."""
        return self.argv[1:]

    async def out(self, text: str) -> None:
        await self.stdout.write(text.encode())

    async def complain(self, text: str) -> int:
        """Says what is wrong, after its name; 1, the code with which programs then end."""
        await self.stderr.write(f"{self.name}: {text}\n".encode())
        return 1

    def path(self, name: str) -> str:
        """A path, made absolute."""
        return posixpath.normpath(posixpath.join(self.folder, name))

    async def run(self, argv: tuple[str, ...], stdin: Source | None = None) -> int:
        """Runs another program in place of this one. NotRunnable where there is none."""
        if self.depth >= DEEPEST:
            raise NotRunnable(126, f'exec: "{argv[0]}": argument list too long')
        started = msgspec.structs.replace(self, argv=argv, stdin=stdin or self.stdin, depth=self.depth + 1)
        return await self.box.program(argv[0], self.variables.get("PATH", ""))(started)


Program = Callable[[Call], Awaitable[int]]
"""Runs to its end, and answers with its code."""


class Box:
    """A container that runs."""

    def __init__(
        self,
        pod: Json,
        spec: Json,
        *,
        who: Who,
        root: Folder,
        variables: Mapping[str, str],
        programs: Mapping[str, Program],
        network: Network,
        clock: Clock,
        first: Process,
        signal: Callable[[int], None],
    ) -> None:
        self.pod = pod
        self.spec = spec
        self.who = who
        self.files = FileSystem(root, who, clock.now)
        self.variables = dict(variables)
        """Those of its first process, which every program started from outside gets too."""
        self.programs = programs
        self.network = network
        self.clock = clock
        self.processes = {first.pid: first}
        self._signal = signal
        self._last_pid = first.pid
        self._steps = 0

    async def breathe(self) -> None:
        """Lets others run; to be called at each step of what may never end. Many steps in a row are slowed down."""
        self._steps += 1
        await asyncio.sleep(0 if self._steps % _SPRINT else _REST)

    @property
    def folder(self) -> str:
        """Where programs from outside are started."""
        return str(self.spec.get("workingDir") or "/")

    def program(self, name: str, path: str = PATH) -> Program:
        """The program of a name or a path. NotRunnable where there is none."""
        if not name:
            raise NotRunnable(127, 'exec: "": executable file not found in $PATH')
        if "/" not in name:
            found = self.programs.get(name) if path else None
            if found is None:
                raise NotRunnable(127, f'exec: "{name}": executable file not found in $PATH')
            return found
        try:
            node = self.files.find(posixpath.normpath(name))
        except OSError as why:
            text = (why.strerror or "").lower()
            raise NotRunnable(127, f'exec: "{name}": stat {name}: {text}') from why
        if isinstance(node, Folder):
            raise NotRunnable(126, f'exec: "{name}": is a directory: permission denied')
        if not node.mode & 0o111:
            raise NotRunnable(126, f'exec: "{name}": permission denied')
        base = posixpath.basename(name)
        if node.is_made and base in self.programs:
            return self.programs[base]
        return _script

    @contextmanager
    def process(self, argv: tuple[str, ...], parent: int, *, terminal: bool) -> Iterator[Process]:
        """A new process for as long as this lasts, run by the current task. EAGAIN where there are too many."""
        if len(self.processes) >= MOST_PROCESSES:
            raise failure(errno.EAGAIN)
        self._last_pid += 1
        made = Process(self._last_pid, parent, argv, self.clock.now(), terminal=terminal)
        made.task = asyncio.current_task()
        self.processes[made.pid] = made
        try:
            yield made
        finally:
            del self.processes[made.pid]

    def signal(self, pid: int, number: int) -> None:
        """Sends a signal to a process. ESRCH where there is none, EPERM where this user may not."""
        process = self.processes.get(pid)
        if process is None:
            raise failure(errno.ESRCH)
        if pid == 1:
            self._signal(number)
        else:
            process.signal(number)


async def _script(call: Call) -> int:
    """A file of commands, run by the shell."""
    shell = call.box.program("sh")
    return await shell(msgspec.structs.replace(call, argv=("sh", call.argv[0], *call.words)))
