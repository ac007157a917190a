"""How a program is started in a container from outside: with a terminal or without, until it ends or is ended."""

import asyncio
from contextlib import nullcontext, suppress

from kubetui.demo.kubelet.inside.box import KILLED, SIGINT, Box, Call, Process, Program
from kubetui.demo.kubelet.inside.terminal import Terminal
from kubetui.demo.streams import Exited, Sink, Source, Stdio


async def enter(
    box: Box, program: Program, words: tuple[str, ...], stdio: Stdio, process: Process | None = None
) -> None:
    """Runs a program from outside, on a terminal where there is one. Exited where it ends with a code but zero.

    `process` is what it runs as; a new one where there is none.
    """
    if stdio.window is None:
        await _run(box, program, words, stdio.stdin, stdio.stdout, stdio.stderr, None, process)
        return
    terminal = Terminal(stdio.stdin, stdio.stdout, stdio.window)
    typing = asyncio.ensure_future(terminal.run())
    try:
        await _run(box, program, words, terminal, terminal, terminal, terminal, process)
    finally:
        typing.cancel()
        with suppress(asyncio.CancelledError):
            await typing


async def _run(
    box: Box,
    program: Program,
    words: tuple[str, ...],
    stdin: Source,
    stdout: Sink,
    stderr: Sink,
    terminal: Terminal | None,
    listed: Process | None,
) -> None:
    variables = {**box.variables, "TERM": "xterm"} if terminal is not None else dict(box.variables)
    known = nullcontext(listed) if listed is not None else box.process(words, 0, terminal=terminal is not None)
    with known as process:
        call = Call(box, words, stdin, stdout, stderr, variables, box.folder, process, terminal)
        process.task = working = asyncio.ensure_future(program(call))
        if terminal is not None:
            terminal.interrupt = lambda: process.signal(SIGINT)
        try:
            code = await working
        except asyncio.CancelledError:
            if not process.killed_by:
                working.cancel()
                with suppress(asyncio.CancelledError):
                    await working
                raise
            code = KILLED + process.killed_by
        except BrokenPipeError:
            code = KILLED + 13
        except OSError as why:
            # A disk that is full, a file of the system's own that somebody has removed.
            await stderr.write(f"{words[0]}: {why.strerror}\n".encode())
            code = 1
    if code:
        raise Exited(code)
