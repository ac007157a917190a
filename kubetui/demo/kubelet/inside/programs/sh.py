"""The program `sh`, by that and other names: a shell for a script, for a file, or for what is typed."""

import asyncio
from collections.abc import Awaitable

from kubetui.demo.kubelet.inside.box import Call
from kubetui.demo.kubelet.inside.flow import Streams
from kubetui.demo.kubelet.inside.lines import Lines
from kubetui.demo.kubelet.inside.shell import Shell


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

    shown = call.stderr if call.terminal is None else call.stdout

    async def ask(prompt: str) -> None:
        if interactive:
            await shown.write(prompt.encode())

    if call.terminal is not None:
        call.terminal.edits, call.terminal.interrupt = True, None
    return await _ended(one, one.read(lines, streams, ask))


async def _ended(one: Shell, work: Awaitable[int]) -> int:
    """The code of a shell; what it has left in the background ends with it."""
    try:
        return await work
    finally:
        for task in one.background:
            task.cancel()
        await asyncio.gather(*one.background, return_exceptions=True)
