"""Programs that need nothing but their words: echo, printf, test, true, false, seq, sleep, yes, basename, dirname …"""

import asyncio
import posixpath
import re
from collections.abc import Sequence
from math import isfinite

from kubetui.demo.kubelet.inside.box import Call, NotRunnable, Program
from kubetui.demo.kubelet.inside.files import File, Folder
from kubetui.demo.kubelet.inside.lines import everything
from kubetui.demo.kubelet.script import duration

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "v": "\v", "\\": "\\"}
_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{1,2}|0?[0-7]{1,3}|.)")
_FORMAT = re.compile(r"%(%|[-0 +#]*\d*(?:\.\d+)?[sdiouxXcfb])")
_MOST = 1024 * 1024


async def echo(call: Call) -> int:
    words, newline, escapes = list(call.words), True, False
    while words and re.fullmatch(r"-[neE]+", words[0]):
        flags = words.pop(0)
        newline &= "n" not in flags
        escapes |= "e" in flags
    text = " ".join(words)
    await call.out((_unescaped(text) if escapes else text) + ("\n" if newline else ""))
    return 0


async def printf(call: Call) -> int:
    if not call.words:
        return await call.complain("usage: printf FORMAT [ARG]...")
    form, *arguments = call.words
    while True:
        before = len(arguments)
        await call.out(_formatted(_unescaped(form), arguments))
        if not arguments or len(arguments) == before:
            return 0


async def test(call: Call) -> int:
    words = list(call.words)
    if call.name in ("[", "[["):
        if words[-1:] not in (["]"], ["]]"]):
            await call.complain("missing ]")
            return 2
        words.pop()
    try:
        return int(not _holds(call, words))
    except ValueError as why:
        await call.complain(str(why))
        return 2


async def true(call: Call) -> int:
    return 0


async def false(call: Call) -> int:
    return 1


async def sleep(call: Call) -> int:
    """Sleeps on the cluster's clock."""
    if not call.words:
        return await call.complain("missing operand")
    for word in call.words:
        if word in ("infinity", "inf"):
            await asyncio.get_running_loop().create_future()
        seconds = duration(word)
        if seconds is None:
            return await call.complain(f"invalid number '{word}'")
        await call.box.clock.sleep(seconds)
    return 0


async def seq(call: Call) -> int:
    words = [word for word in call.words if re.fullmatch(r"-?\d{1,9}", word)]
    if not words or len(words) != len(call.words) or len(words) > 3:
        return await call.complain("usage: seq [FIRST [INC]] LAST")
    numbers = [int(word) for word in words]
    first = numbers[0] if len(numbers) > 1 else 1
    step = numbers[1] if len(numbers) == 3 else 1
    if not step:
        return await call.complain("increment is zero")
    lines = list(range(first, numbers[-1] + (1 if step > 0 else -1), step)[: _MOST // 8])
    await call.out("".join(f"{number}\n" for number in lines))
    return 0


async def yes(call: Call) -> int:
    line = f"{' '.join(call.words) or 'y'}\n"
    text = line * max(1, 65_536 // len(line))
    while True:
        await call.out(text)
        await call.box.breathe()


async def basename(call: Call) -> int:
    if not call.words:
        return await call.complain("missing operand")
    name = posixpath.basename(call.words[0].rstrip("/")) or "/"
    await call.out(f"{name.removesuffix(call.words[1]) if len(call.words) > 1 else name}\n")
    return 0


async def dirname(call: Call) -> int:
    if not call.words:
        return await call.complain("missing operand")
    await call.out(f"{posixpath.dirname(call.words[0].rstrip('/')) or '.'}\n")
    return 0


async def xargs(call: Call) -> int:
    words = list(call.words)
    most = 0
    if words[:1] == ["-n"] and len(words) > 1 and words[1].isdigit():
        most, words = int(words[1]), words[2:]
    data = await everything(call.stdin, _MOST + 1)
    if len(data) > _MOST:
        return await call.complain("argument list too long")
    given = data.decode("utf-8", "replace").split()
    for start in range(0, max(1, len(given)), most or max(1, len(given))):
        argv = (*(words or ["echo"]), *given[start : start + (most or len(given))])
        try:
            code = await call.run(argv)
        except NotRunnable:
            await call.complain(f"{argv[0]}: No such file or directory")
            return 127
        if code:
            return 123
    return 0


async def env(call: Call) -> int:
    """The environment, or a program in another one."""
    words = list(call.words)
    variables = dict(call.variables)
    if words[:1] in (["-i"], ["-"]):
        words.pop(0)
        variables.clear()
    while words and "=" in words[0]:
        name, _, value = words.pop(0).partition("=")
        variables[name] = value
    if not words:
        await call.out("".join(f"{name}={value}\n" for name, value in variables.items()))
        return 0
    call.variables.clear()
    call.variables.update(variables)
    try:
        return await call.run(tuple(words))
    except NotRunnable as why:
        await call.complain(f"can't execute '{words[0]}': No such file or directory")
        return why.code


async def printenv(call: Call) -> int:
    if not call.words:
        return await env(call)
    code = 0
    for name in call.words:
        if name in call.variables:
            await call.out(f"{call.variables[name]}\n")
        else:
            code = 1
    return code


async def timeout(call: Call) -> int:
    words = [word for word in call.words if not word.startswith("-")]
    seconds = duration(words[0]) if words else None
    if seconds is None or len(words) < 2:
        return await call.complain("usage: timeout SECS PROG ARGS")
    work = asyncio.ensure_future(call.run(tuple(words[1:])))
    clock = asyncio.ensure_future(call.box.clock.sleep(seconds))
    try:
        await asyncio.wait((work, clock), return_when=asyncio.FIRST_COMPLETED)
        return work.result() if work.done() else 143
    except NotRunnable:
        await call.complain(f"can't execute '{words[1]}': No such file or directory")
        return 127
    finally:
        for task in (work, clock):
            task.cancel()
        await asyncio.gather(work, clock, return_exceptions=True)


def _unescaped(text: str) -> str:
    def put(found: re.Match[str]) -> str:
        mark = found[1]
        if mark[0] == "x" and len(mark) > 1:
            return chr(int(mark[1:], 16))
        if mark[0].isdigit():
            return chr(int(mark, 8) & 0xFF)
        return _ESCAPES.get(mark, found[0])

    return _ESCAPE.sub(put, text)


def _formatted(form: str, arguments: list[str]) -> str:
    def put(found: re.Match[str]) -> str:
        how = found[1]
        if how == "%":
            return "%"
        value = arguments.pop(0) if arguments else ""
        wide = re.search(r"\d+", how)
        if wide is not None and int(wide[0]) > 1_000:
            return value
        if how[-1] == "b":
            return _unescaped(value)
        if how[-1] == "c":
            return value[:1]
        if how[-1] == "s":
            return f"%{how}" % value
        try:
            number = float(value or 0)
        except ValueError:
            number = 0.0
        if not isfinite(number):
            return value
        kind = how.replace("u", "d").replace("i", "d")
        return f"%{kind}" % (number if kind[-1] == "f" else int(number))

    return _FORMAT.sub(put, form)


def _holds(call: Call, words: Sequence[str]) -> bool:
    """What `test` says of an expression. ValueError where it is none."""
    if "-o" in words:
        place = list(words).index("-o")
        return _holds(call, words[:place]) or _holds(call, words[place + 1 :])
    if "-a" in words and len(words) > 3:
        place = list(words).index("-a")
        return _holds(call, words[:place]) and _holds(call, words[place + 1 :])
    match list(words):
        case []:
            return False
        case [one]:
            return bool(one)
        case ["!", *rest]:
            return not _holds(call, rest)
        case ["-n", one]:
            return bool(one)
        case ["-z", one]:
            return not one
        case ["-e" | "-f" | "-d" | "-s" | "-r" | "-w" | "-x" as kind, name]:
            return _is(call, kind, name)
        case ["-t", number]:
            return call.terminal is not None and number in ("0", "1", "2")
        case [left, "=" | "==", right]:
            return left == right
        case [left, "!=", right]:
            return left != right
        case [left, "-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge" as how, right]:
            for one in (left, right):
                if not re.fullmatch(r"[-+]?\d{1,18}", one.strip()):
                    raise ValueError(f"{one}: bad number")
            a, b = int(left), int(right)
            return {"-eq": a == b, "-ne": a != b, "-lt": a < b, "-le": a <= b, "-gt": a > b, "-ge": a >= b}[how]
    raise ValueError(f"{words[0]}: unknown operand")


def _is(call: Call, kind: str, name: str) -> bool:
    try:
        node = call.box.files.find(call.path(name))
    except OSError:
        return False
    match kind:
        case "-f":
            return isinstance(node, File)
        case "-d":
            return isinstance(node, Folder)
        case "-s":
            return isinstance(node, File) and bool(node.read())
        case "-x":
            return bool(node.mode & 0o111)
        case "-w":
            return call.box.who.may_write(node)
    return True


PROGRAMS: dict[str, Program] = {
    "[": test,
    "[[": test,
    "basename": basename,
    "dirname": dirname,
    "echo": echo,
    "env": env,
    "false": false,
    "printenv": printenv,
    "printf": printf,
    "seq": seq,
    "sleep": sleep,
    "test": test,
    "timeout": timeout,
    "true": true,
    "xargs": xargs,
    "yes": yes,
}
