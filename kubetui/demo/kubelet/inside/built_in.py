"""What a shell does by itself, without a program: cd, export, exit, read, set, eval, break …"""

import asyncio
import posixpath
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from kubetui.demo.kubelet.inside.flow import Jump, Leave, Streams
from kubetui.demo.kubelet.inside.lines import Lines
from kubetui.demo.kubelet.inside.parser import parse
from kubetui.demo.kubelet.inside.syntax import SyntaxMistake

if TYPE_CHECKING:
    from kubetui.demo.kubelet.inside.shell import Shell

BuiltIn = Callable[["Shell", list[str], Streams], Awaitable[int]]


async def _cd(shell: "Shell", words: list[str], streams: Streams) -> int:
    target = words[1] if len(words) > 1 else shell.variables.get("HOME", "/root")
    if target == "-":
        target = shell.variables.get("OLDPWD", shell.folder)
        await streams.stdout.write(f"{target}\n".encode())
    path = posixpath.normpath(posixpath.join(shell.folder, target))
    try:
        shell.call.box.files.entries(path)
    except OSError as why:
        await shell.complain(streams, f"cd: can't cd to {target}: {why.strerror}")
        return 2
    shell.variables["OLDPWD"], shell.folder = shell.folder, path
    shell.variables["PWD"] = path
    return 0


async def _export(shell: "Shell", words: list[str], streams: Streams) -> int:
    for word in words[1:]:
        name, equals, value = word.partition("=")
        if equals:
            shell.variables[name] = value
        shell.exported.add(name)
    if len(words) == 1:
        for name in sorted(shell.exported & shell.variables.keys()):
            await streams.stdout.write(f"export {name}='{shell.variables[name]}'\n".encode())
    return 0


async def _unset(shell: "Shell", words: list[str], streams: Streams) -> int:
    for name in words[1:]:
        shell.variables.pop(name, None)
        shell.exported.discard(name)
    return 0


async def _set(shell: "Shell", words: list[str], streams: Streams) -> int:
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


async def _exit(shell: "Shell", words: list[str], streams: Streams) -> int:
    if len(words) > 1 and not words[1].lstrip("-").isdigit():
        await shell.complain(streams, f"exit: Illegal number: {words[1]}")
        raise Leave(2)
    raise Leave(int(words[1]) & 0xFF if len(words) > 1 else shell.code)


async def _jump(shell: "Shell", words: list[str], streams: Streams) -> int:
    raise Jump(words[0], int(words[1]) if len(words) > 1 and words[1].isdigit() else 1)


async def _read(shell: "Shell", words: list[str], streams: Streams) -> int:
    names = [word for word in words[1:] if not word.startswith("-")] or ["REPLY"]
    source = streams.stdin if isinstance(streams.stdin, Lines) else Lines(streams.stdin)
    line = (await source.line()).decode("utf-8", "replace")
    values = line.rstrip("\n").split(None, len(names) - 1) if len(names) > 1 else [line.strip()]
    for place, name in enumerate(names):
        shell.variables[name] = values[place] if place < len(values) else ""
    return 0 if line else 1


async def _eval(shell: "Shell", words: list[str], streams: Streams) -> int:
    try:
        await shell.carry_out(parse(" ".join(words[1:])), streams)
    except SyntaxMistake as why:
        await shell.complain(streams, f"syntax error: {why}")
        return 2
    return shell.code


async def _source(shell: "Shell", words: list[str], streams: Streams) -> int:
    if len(words) < 2:
        return 2
    path = posixpath.normpath(posixpath.join(shell.folder, words[1]))
    try:
        script = shell.call.box.files.read(path).decode("utf-8", "replace")
    except OSError as why:
        await shell.complain(streams, f".: can't open '{words[1]}': {why.strerror}")
        return 2
    return await _eval(shell, ["eval", script], streams)


async def _exec(shell: "Shell", words: list[str], streams: Streams) -> int:
    if len(words) == 1:
        return 0
    exported = {name: value for name, value in shell.variables.items() if name in shell.exported}
    raise Leave(await shell.start(tuple(words[1:]), exported, streams))


async def _wait(shell: "Shell", words: list[str], streams: Streams) -> int:
    if shell.background:
        await asyncio.wait(set(shell.background))
    return 0


async def _shift(shell: "Shell", words: list[str], streams: Streams) -> int:
    count = int(words[1]) if len(words) > 1 and words[1].isdigit() else 1
    if count > len(shell.arguments):
        return 1
    del shell.arguments[:count]
    return 0


async def _type(shell: "Shell", words: list[str], streams: Streams) -> int:
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


async def _nothing(shell: "Shell", words: list[str], streams: Streams) -> int:
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
