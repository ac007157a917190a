"""The shell: runs scripts and the lines that a person types, with the programs of the container it is in."""

import asyncio
import posixpath
from collections.abc import Awaitable, Callable
from contextlib import suppress

import msgspec

from kubetui.demo.kubelet.inside.box import KILLED, SIGINT, Call, NotRunnable, Process
from kubetui.demo.kubelet.inside.expansion import BadSubstitution, Expander
from kubetui.demo.kubelet.inside.lines import Lines
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
    parse,
)
from kubetui.demo.streams import Conduit, Sink, Source

_DEEPEST = 30
"""Shells in shells, by `$(…)` and the like."""


class _Leave(Exception):
    """The shell ends."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class _Jump(Exception):
    """`break` or `continue`, out of so many loops."""

    def __init__(self, word: str, loops: int) -> None:
        super().__init__(word)
        self.word = word
        self.loops = loops


class Streams(msgspec.Struct, frozen=True):
    """Where a command reads and writes."""

    stdin: Source
    stdout: Sink
    stderr: Sink


class Kept:
    """A sink that keeps what is written to it, up to a limit."""

    def __init__(self, most: int = 1024 * 1024) -> None:
        self._most = most
        self.data = bytearray()

    async def write(self, data: bytes) -> None:
        self.data += data[: self._most - len(self.data)]


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

    # Scripts and lines.

    async def run(self, script: str, streams: Streams) -> int:
        """Runs a script to its end; its code."""
        try:
            await self._body(parse(script), streams)
        except SyntaxMistake as why:
            await self._complain(streams, f"syntax error: {why}")
            self.code = 2
        except _Leave as leave:
            self.code = leave.code
        except _Jump:
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
                    await self._complain(streams, "syntax error: unexpected end of file")
                return self.code
            script += line
            try:
                body = parse(script)
            except Unfinished:
                continue
            except SyntaxMistake as why:
                await self._complain(streams, f"syntax error: {why}")
                self.code, script = 2, ""
                continue
            script = ""
            try:
                await self._interruptible(body, streams)
            except _Leave as leave:
                return leave.code
            except _Jump:
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
            await self._body(body, streams)
            return
        task = asyncio.ensure_future(self._body(body, streams))
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

    async def _body(self, body: Body, streams: Streams) -> None:
        for step in body:
            if (step.when == "&&" and self.code) or (step.when == "||" and not self.code):
                continue
            if step.background:
                shell = self._child()
                task = asyncio.ensure_future(shell._run_apart(step.pipeline, streams))
                self.background.add(task)
                task.add_done_callback(self.background.discard)
                self.code = 0
            else:
                await self._pipeline(step.pipeline, streams)
            if self.code and self.stops_on_error and not self._conditions and step.when == ";":
                raise _Leave(self.code)

    async def _run_apart(self, pipeline: Pipeline, streams: Streams) -> int:
        """Runs something as a process of its own would: what it leaves or jumps to is its own affair."""
        try:
            await self._pipeline(pipeline, streams)
        except _Leave as leave:
            self.code = leave.code
        except (_Jump, BrokenPipeError):
            self.code = 1
        return self.code

    async def _pipeline(self, pipeline: Pipeline, streams: Streams) -> None:
        # A loop of words alone would never let anyone else run.
        await asyncio.sleep(0)
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
            return await self._run_apart(pipeline, streams)
        finally:
            if before is not None:
                before.abandon()
            if after is not None:
                after.finish()

    async def _command(self, command: Command, streams: Streams) -> None:
        try:
            streams = await self._redirected(command.redirections, streams)
        except OSError as why:
            await self._complain(streams, str(why.args[-1]))
            self.code = 1
            return
        except BadSubstitution as why:
            await self._complain(streams, str(why))
            raise _Leave(2) from why
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
                    await shell._body(command.body, streams)
                    self.code = shell.code
                except _Leave as leave:
                    self.code = leave.code
            case Group():
                await self._body(command.body, streams)

    async def _if(self, command: If, streams: Streams) -> None:
        for condition, body in command.branches:
            if await self._holds(condition, streams):
                self.code = 0
                await self._body(body, streams)
                return
        self.code = 0
        await self._body(command.otherwise, streams)

    async def _holds(self, condition: Body, streams: Streams) -> bool:
        self._conditions += 1
        try:
            await self._body(condition, streams)
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
            await self._body(body, streams)
        except _Jump as jump:
            if jump.loops > 1:
                raise _Jump(jump.word, jump.loops - 1) from None
            return jump.word == "break"
        return False

    async def _simple(self, command: Simple, streams: Streams) -> None:
        try:
            expander = self._expander()
            self.code = 0 if not command.words else self.code
            words = [value for word in command.words for value in await expander.words(word)]
            settings = {name: await expander.text(word) for name, word in command.settings}
        except BadSubstitution as why:
            await self._complain(streams, str(why))
            raise _Leave(2) from why
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
            await self._complain(streams, f"{argv[0]}: {told}", line=False)
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
            await self._complain(streams, "can't fork: Resource temporarily unavailable")
            return 2

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

    async def _complain(self, streams: Streams, text: str, *, line: bool = True) -> None:
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


async def shell(call: Call) -> int:
    """`sh`, `ash`, `bash`: with -c a script, with a name a file of one, else what is typed or piped in."""
    words = list(call.words)
    one = Shell(call)
    lines = Lines(call.stdin)
    streams = Streams(lines, call.stdout, call.stderr)
    interactive = call.terminal is not None
    while words and words[0][:1] in "-+" and len(words[0]) > 1 and words[0] != "--":
        flags = words.pop(0)
        one.stops_on_error |= flags.startswith("-") and "e" in flags
        interactive |= "i" in flags and not flags.startswith("--")
        if flags.startswith("-") and "c" in flags[1:] and not flags.startswith("--"):
            if not words:
                return await call.complain("-c requires an argument")
            script, *rest = words
            one.zero, one.arguments = (rest[0], rest[1:]) if rest else (call.argv[0], [])
            return await _ended(one, one.run(script, streams))
        if "o" in flags[1:] and words and not flags.startswith("--"):
            words.pop(0)
    if words and words[0] == "--":
        words.pop(0)
    if words:
        name = words[0]
        try:
            script = call.box.files.read(call.path(name)).decode("utf-8", "replace")
        except OSError as why:
            await call.complain(f"can't open '{name}': {why.strerror}")
            return 2
        one.zero, one.arguments = name, words[1:]
        return await _ended(one, one.run(script, streams))

    async def ask(prompt: str) -> None:
        if interactive:
            await call.stderr.write(prompt.encode()) if call.terminal is None else await call.stdout.write(
                prompt.encode()
            )

    if call.terminal is not None:
        call.terminal.edits = True
    code = await _ended(one, one.read(lines, streams, ask))
    if call.terminal is not None:
        call.terminal.edits = False
    return code


async def _ended(one: Shell, work: Awaitable[int]) -> int:
    """The code of a shell; what it has left in the background ends with it."""
    try:
        return await work
    finally:
        for task in one.background:
            task.cancel()
        await asyncio.gather(*one.background, return_exceptions=True)


# What a shell does itself.

BuiltIn = Callable[[Shell, list[str], Streams], Awaitable[int]]


async def _cd(shell: Shell, words: list[str], streams: Streams) -> int:
    target = words[1] if len(words) > 1 else shell.variables.get("HOME", "/root")
    if target == "-":
        target = shell.variables.get("OLDPWD", shell.folder)
        await streams.stdout.write(f"{target}\n".encode())
    path = posixpath.normpath(posixpath.join(shell.folder, target))
    try:
        shell.call.box.files.entries(path)
    except OSError as why:
        await shell._complain(streams, f"cd: can't cd to {target}: {why.strerror}")
        return 2
    shell.variables["OLDPWD"], shell.folder = shell.folder, path
    shell.variables["PWD"] = path
    return 0


async def _export(shell: Shell, words: list[str], streams: Streams) -> int:
    for word in words[1:]:
        name, equals, value = word.partition("=")
        if equals:
            shell.variables[name] = value
        shell.exported.add(name)
    if len(words) == 1:
        for name in sorted(shell.exported & shell.variables.keys()):
            await streams.stdout.write(f"export {name}='{shell.variables[name]}'\n".encode())
    return 0


async def _unset(shell: Shell, words: list[str], streams: Streams) -> int:
    for name in words[1:]:
        shell.variables.pop(name, None)
        shell.exported.discard(name)
    return 0


async def _set(shell: Shell, words: list[str], streams: Streams) -> int:
    for place, word in enumerate(words[1:], 1):
        if word == "--":
            shell.arguments = words[place + 1 :]
            return 0
        if word[:1] in ("-", "+") and len(word) > 1:
            if "e" in word:
                shell.stops_on_error = word[0] == "-"
        else:
            shell.arguments = words[place:]
            return 0
    if len(words) == 1:
        for name, value in sorted(shell.variables.items()):
            await streams.stdout.write(f"{name}='{value}'\n".encode())
    return 0


async def _exit(shell: Shell, words: list[str], streams: Streams) -> int:
    if len(words) > 1 and not words[1].lstrip("-").isdigit():
        await shell._complain(streams, f"exit: Illegal number: {words[1]}")
        raise _Leave(2)
    raise _Leave(int(words[1]) & 0xFF if len(words) > 1 else shell.code)


async def _jump(shell: Shell, words: list[str], streams: Streams) -> int:
    raise _Jump(words[0], int(words[1]) if len(words) > 1 and words[1].isdigit() else 1)


async def _read(shell: Shell, words: list[str], streams: Streams) -> int:
    names = [word for word in words[1:] if not word.startswith("-")] or ["REPLY"]
    source = streams.stdin if isinstance(streams.stdin, Lines) else Lines(streams.stdin)
    line = (await source.line()).decode("utf-8", "replace")
    values = line.rstrip("\n").split(None, len(names) - 1) if len(names) > 1 else [line.strip()]
    for place, name in enumerate(names):
        shell.variables[name] = values[place] if place < len(values) else ""
    return 0 if line else 1


async def _eval(shell: Shell, words: list[str], streams: Streams) -> int:
    try:
        await shell._body(parse(" ".join(words[1:])), streams)
    except SyntaxMistake as why:
        await shell._complain(streams, f"syntax error: {why}")
        return 2
    return shell.code


async def _source(shell: Shell, words: list[str], streams: Streams) -> int:
    if len(words) < 2:
        return 2
    path = posixpath.normpath(posixpath.join(shell.folder, words[1]))
    try:
        script = shell.call.box.files.read(path).decode("utf-8", "replace")
    except OSError as why:
        await shell._complain(streams, f".: can't open '{words[1]}': {why.strerror}")
        return 2
    return await _eval(shell, ["eval", script], streams)


async def _exec(shell: Shell, words: list[str], streams: Streams) -> int:
    if len(words) == 1:
        return 0
    exported = {name: value for name, value in shell.variables.items() if name in shell.exported}
    raise _Leave(await shell.start(tuple(words[1:]), exported, streams))


async def _wait(shell: Shell, words: list[str], streams: Streams) -> int:
    if shell.background:
        await asyncio.wait(set(shell.background))
    return 0


async def _shift(shell: Shell, words: list[str], streams: Streams) -> int:
    count = int(words[1]) if len(words) > 1 and words[1].isdigit() else 1
    if count > len(shell.arguments):
        return 1
    del shell.arguments[:count]
    return 0


async def _type(shell: Shell, words: list[str], streams: Streams) -> int:
    asked = [word for word in words[1:] if not word.startswith("-")]
    short = words[0] == "command"
    if short and "-v" not in words and asked:
        exported = {name: value for name, value in shell.variables.items() if name in shell.exported}
        return await shell.start(tuple(words[1:]), exported, streams)
    code = 0
    for name in asked:
        if name in BUILT_IN:
            told = name if short else f"{name} is a shell builtin"
        elif name in shell.call.box.programs:
            told = f"/bin/{name}" if short else f"{name} is /bin/{name}"
        else:
            code = 127
            if not short:
                await streams.stderr.write(f"{name}: not found\n".encode())
            continue
        await streams.stdout.write(f"{told}\n".encode())
    return code


async def _nothing(shell: Shell, words: list[str], streams: Streams) -> int:
    return 0


BUILT_IN: dict[str, BuiltIn] = {
    ".": _source,
    ":": _nothing,
    "break": _jump,
    "cd": _cd,
    "command": _type,
    "continue": _jump,
    "eval": _eval,
    "exec": _exec,
    "exit": _exit,
    "export": _export,
    "read": _read,
    "set": _set,
    "shift": _shift,
    "source": _source,
    "trap": _nothing,
    "type": _type,
    "umask": _nothing,
    "unset": _unset,
    "wait": _wait,
}
