"""The shell: runs scripts and the lines that a person types, with the programs of the container it is in.

Owns how a script is carried out. What the shell does by itself instead of starting a program is in built_in.py.
"""

import asyncio
import posixpath
from collections.abc import Awaitable, Callable
from contextlib import suppress

import msgspec

from kubetui.demo.kubelet.inside.box import KILLED, SIGINT, Call, NotRunnable, Process
from kubetui.demo.kubelet.inside.built_in import BUILT_IN
from kubetui.demo.kubelet.inside.expansion import BadSubstitution, Expander
from kubetui.demo.kubelet.inside.flow import Jump, Kept, Leave, Streams
from kubetui.demo.kubelet.inside.lines import Lines
from kubetui.demo.kubelet.inside.parser import parse
from kubetui.demo.kubelet.inside.syntax import (
    Body,
    Command,
    For,
    Group,
    If,
    Loop,
    Pipeline,
    Redirection,
    Simple,
    SyntaxMistake,
    Unfinished,
)
from kubetui.demo.streams import Conduit

_DEEPEST = 30
"""Shells in shells, by `$(…)` and the like."""
_DEEPEST_BLOCK = 60
"""Blocks in blocks, by `eval` and the like."""


class Shell:
    """One shell: its variables, where it is, and what it remembers."""

    def __init__(self, call: Call, *, depth: int = 0) -> None:
        self.call = call
        self.variables = dict(call.variables)
        self.exported = set(call.variables)
        self.folder = call.folder
        self.arguments: list[str] = []
        self.zero = call.argv[0]
        self.code = 0
        self.stops_on_error = False
        self.background: set[asyncio.Task[int]] = set()
        self._depth = depth
        self._conditions = 0
        self._nesting = 0

    # Scripts and lines.

    async def run(self, script: str, streams: Streams) -> int:
        """Runs a script to its end; its code."""
        try:
            await self.carry_out(parse(script), streams)
        except SyntaxMistake as why:
            await self.complain(streams, f"syntax error: {why}")
            self.code = 2
        except Leave as leave:
            self.code = leave.code
        except Jump:
            pass  # Outside of every loop it means nothing.
        return self.code

    async def read(self, lines: Lines, streams: Streams, prompt: Callable[[str], Awaitable[None]]) -> int:
        """Runs lines as they come, until there are no more; `prompt` asks for each, with what it is to show."""
        script = ""
        while True:
            await prompt("> " if script else self.prompt)
            line = (await lines.line()).decode("utf-8", "replace")
            if not line:
                if script:
                    await self.complain(streams, "syntax error: unexpected end of file")
                return self.code
            script += line
            try:
                body = parse(script)
            except Unfinished:
                continue
            except SyntaxMistake as why:
                await self.complain(streams, f"syntax error: {why}")
                self.code, script = 2, ""
                continue
            script = ""
            try:
                await self._interruptible(body, streams)
            except Leave as leave:
                return leave.code
            except Jump:
                continue

    @property
    def prompt(self) -> str:
        """What stands before a line that is to be typed."""
        mark = "#" if self.call.box.who.uid == 0 else "$"
        if self.zero.rsplit("/", 1)[-1] == "bash":
            user = "root" if self.call.box.who.uid == 0 else "I have no name!"
            home = self.variables.get("HOME", "/root")
            where = f"~{self.folder[len(home) :]}" if self.folder.startswith(home) else self.folder
            return f"{user}@{self.call.variables.get('HOSTNAME', '')}:{where}{mark} "
        return f"{self.folder} {mark} "

    async def _interruptible(self, body: Body, streams: Streams) -> None:
        """Runs what was typed; Ctrl+C ends that and not the shell."""
        terminal = self.call.terminal
        if terminal is None:
            await self.carry_out(body, streams)
            return
        task = asyncio.ensure_future(self.carry_out(body, streams))
        interrupted = False

        def interrupt() -> None:
            nonlocal interrupted
            interrupted = True
            task.cancel()

        edits, terminal.edits, terminal.interrupt = terminal.edits, False, interrupt
        try:
            await task
        except asyncio.CancelledError:
            if not interrupted:
                task.cancel()
                raise
            self.code = KILLED + SIGINT
        finally:
            terminal.edits, terminal.interrupt = edits, None

    # The parts of a script.

    async def carry_out(self, body: Body, streams: Streams) -> None:
        """Runs a part of a script, in this shell itself."""
        if self._nesting >= _DEEPEST_BLOCK:
            await self.complain(streams, "too many blocks in blocks")
            raise Leave(2)
        self._nesting += 1
        try:
            await self._steps(body, streams)
        finally:
            self._nesting -= 1

    async def _steps(self, body: Body, streams: Streams) -> None:
        for step in body:
            if (step.when == "&&" and self.code) or (step.when == "||" and not self.code):
                continue
            if step.background:
                shell = self._child()
                task = asyncio.ensure_future(shell.apart(step.pipeline, streams))
                self.background.add(task)
                task.add_done_callback(self.background.discard)
                self.code = 0
            else:
                await self._pipeline(step.pipeline, streams)
            if self.code and self.stops_on_error and not self._conditions and step.when == ";":
                raise Leave(self.code)

    async def apart(self, pipeline: Pipeline, streams: Streams) -> int:
        """Runs something as a process of its own would: what it leaves or jumps to is its own affair."""
        try:
            await self._pipeline(pipeline, streams)
        except Leave as leave:
            self.code = leave.code
        except (Jump, BrokenPipeError):
            self.code = 1
        return self.code

    async def _pipeline(self, pipeline: Pipeline, streams: Streams) -> None:
        await self.call.box.breathe()
        if len(pipeline.commands) == 1:
            await self._command(pipeline.commands[0], streams)
        else:
            await self._piped(pipeline.commands, streams)
        if pipeline.negated:
            self.code = int(not self.code)

    async def _piped(self, commands: tuple[Command, ...], streams: Streams) -> None:
        stdin = streams.stdin
        tasks: list[asyncio.Task[int]] = []
        try:
            for command in commands:
                last = command is commands[-1]
                way = Conduit()
                mine = Streams(stdin, streams.stdout if last else way, streams.stderr)
                before = stdin if isinstance(stdin, Conduit) and tasks else None
                apart = self._child()._between(Pipeline((command,)), mine, before, None if last else way)
                tasks.append(asyncio.ensure_future(apart))
                stdin = way
            self.code = (await asyncio.gather(*tasks))[-1]
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _between(
        self, pipeline: Pipeline, streams: Streams, before: Conduit | None, after: Conduit | None
    ) -> int:
        """One command of several; its neighbours hear of its end."""
        try:
            return await self.apart(pipeline, streams)
        finally:
            if before is not None:
                before.abandon()
            if after is not None:
                after.finish()

    async def _command(self, command: Command, streams: Streams) -> None:
        try:
            streams = await self._redirected(command.redirections, streams)
        except OSError as why:
            await self.complain(streams, str(why.args[-1]))
            self.code = 1
            return
        except BadSubstitution as why:
            await self.complain(streams, str(why))
            raise Leave(2) from why
        match command:
            case Simple():
                await self._simple(command, streams)
            case If():
                await self._if(command, streams)
            case Loop():
                await self._loop(command, streams)
            case For():
                await self._for(command, streams)
            case Group(subshell=True):
                shell = self._child()
                try:
                    await shell.carry_out(command.body, streams)
                    self.code = shell.code
                except Leave as leave:
                    self.code = leave.code
            case Group():
                await self.carry_out(command.body, streams)

    async def _if(self, command: If, streams: Streams) -> None:
        for condition, body in command.branches:
            if await self._holds(condition, streams):
                self.code = 0
                await self.carry_out(body, streams)
                return
        self.code = 0
        await self.carry_out(command.otherwise, streams)

    async def _holds(self, condition: Body, streams: Streams) -> bool:
        self._conditions += 1
        try:
            await self.carry_out(condition, streams)
        finally:
            self._conditions -= 1
        return self.code == 0

    async def _loop(self, command: Loop, streams: Streams) -> None:
        code = 0
        while await self._holds(command.condition, streams) != command.until:
            if await self._round(command.body, streams):
                break
            code = self.code
        self.code = code

    async def _for(self, command: For, streams: Streams) -> None:
        values = [value for word in command.words for value in await self._expander().words(word)]
        self.code = 0
        for value in values:
            self.variables[command.name] = value
            if await self._round(command.body, streams):
                break

    async def _round(self, body: Body, streams: Streams) -> bool:
        """Once through a loop; whether that was the last time."""
        try:
            await self.carry_out(body, streams)
        except Jump as jump:
            if jump.loops > 1:
                raise Jump(jump.word, jump.loops - 1) from None
            return jump.word == "break"
        return False

    async def _simple(self, command: Simple, streams: Streams) -> None:
        try:
            expander = self._expander()
            self.code = 0 if not command.words else self.code
            words = [value for word in command.words for value in await expander.words(word)]
            settings = {name: await expander.text(word) for name, word in command.settings}
        except BadSubstitution as why:
            await self.complain(streams, str(why))
            raise Leave(2) from why
        if not words:
            self.variables |= settings
            return
        own = BUILT_IN.get(words[0])
        if own is not None:
            self.variables |= settings
            self.code = await own(self, words, streams)
            return
        exported = {name: value for name, value in self.variables.items() if name in self.exported}
        self.code = await self.start(tuple(words), exported | settings, streams)

    async def start(self, argv: tuple[str, ...], variables: dict[str, str], streams: Streams) -> int:
        """Runs a program; its code, or that of a shell which finds none."""
        box = self.call.box
        try:
            program = box.program(argv[0], variables.get("PATH", self.variables.get("PATH", "")))
        except NotRunnable as why:
            told = "not found" if why.code == 127 else "Permission denied"
            await self.complain(streams, f"{argv[0]}: {told}")
            return why.code
        try:
            with box.process(argv, self.call.process.pid, terminal=self.call.terminal is not None) as process:
                call = msgspec.structs.replace(
                    self.call,
                    argv=argv,
                    stdin=streams.stdin,
                    stdout=streams.stdout,
                    stderr=streams.stderr,
                    variables=variables,
                    folder=self.folder,
                    process=process,
                )
                return await _watched(program(call), process)
        except BlockingIOError:
            await self.complain(streams, "can't fork: Resource temporarily unavailable")
            return 2
        except OSError as why:
            await self.complain(streams, f"write error: {why.strerror}")
            return 1

    # What scripts are made of.

    def _expander(self) -> Expander:
        special = {"?": str(self.code), "$": str(self.call.process.pid), "0": self.zero, "!": "", "-": ""}
        return Expander(self.variables, special, self.arguments, self.call.box.files, self.folder, self._captured)

    async def _captured(self, script: str) -> str:
        """What a script writes."""
        if self._depth >= _DEEPEST:
            raise BadSubstitution("too many shells in shells")
        kept = Kept()
        shell = self._child()
        self.code = await shell.run(script, Streams(self.call.stdin, kept, self.call.stderr))
        return kept.data.decode("utf-8", "replace").replace("\0", "")

    def _child(self) -> "Shell":
        shell = Shell(self.call, depth=self._depth + 1)
        shell.variables, shell.exported = dict(self.variables), set(self.exported)
        shell.folder, shell.arguments, shell.code = self.folder, list(self.arguments), self.code
        shell.zero, shell.stops_on_error, shell._conditions = self.zero, self.stops_on_error, self._conditions
        return shell

    async def _redirected(self, redirections: tuple[Redirection, ...], streams: Streams) -> Streams:
        """The streams with what a command's redirections make of them. OSError where a file can't be opened."""
        files = self.call.box.files
        for one in redirections:
            target = await self._expander().text(one.target)
            if one.mark == "<<":
                streams = msgspec.structs.replace(streams, stdin=Conduit.holding(target.encode()))
                continue
            if one.mark == ">&" and target in ("1", "2"):
                sink = streams.stdout if target == "1" else streams.stderr
            elif one.mark == "<":
                path = posixpath.normpath(posixpath.join(self.folder, target))
                try:
                    stdin = Conduit.holding(files.read(path))
                except OSError as why:
                    raise OSError(why.errno, f"can't open {target}: {_told(why)}") from why
                streams = msgspec.structs.replace(streams, stdin=stdin)
                continue
            else:
                path = posixpath.normpath(posixpath.join(self.folder, target))
                try:
                    files.write(path, b"", append=one.mark == ">>")
                except OSError as why:
                    raise OSError(why.errno, f"can't create {target}: {_told(why)}") from why
                sink = _ToFile(self, path)
            field = "stderr" if one.descriptor == 2 else "stdout"
            streams = msgspec.structs.replace(streams, **{field: sink})
        return streams

    async def complain(self, streams: Streams, text: str) -> None:
        """Says what is wrong, after the shell's name."""
        name = posixpath.basename(self.zero)
        await streams.stderr.write(f"{name}: {text}\n".encode())


class _ToFile:
    """A sink that writes on at the end of a file."""

    def __init__(self, shell: Shell, path: str) -> None:
        self._files = shell.call.box.files
        self._path = path

    async def write(self, data: bytes) -> None:
        self._files.write(self._path, data, append=True)


async def _watched(work: Awaitable[int], process: Process) -> int:
    """The code of a program, also where a signal ends it."""
    process.task = asyncio.ensure_future(work)
    try:
        return await process.task
    except asyncio.CancelledError:
        if process.killed_by:
            return KILLED + process.killed_by
        process.task.cancel()
        with suppress(asyncio.CancelledError):
            await process.task
        raise
    except BrokenPipeError:
        return KILLED + 13


def _told(why: OSError) -> str:
    return (why.strerror or "").lower() if why.strerror == "No such file or directory" else why.strerror or ""
