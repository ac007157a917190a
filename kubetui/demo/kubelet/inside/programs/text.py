"""Programs that read text and write another: grep, head, tail, wc, sort, uniq, cut, tr, sed, tee, base64, checksums."""

import asyncio
import base64
import hashlib
import re
from binascii import Error as Base64Error
from collections import Counter
from collections.abc import Callable

from kubetui.demo.kubelet.inside.box import Call, Program
from kubetui.demo.kubelet.inside.lines import Lines, everything
from kubetui.demo.kubelet.inside.programs.words import Given, Wrong, given

_MOST = 8 * 1024 * 1024
"""Bytes that a program holds at a time."""
_FOLLOWED = 0.2
"""Seconds between two looks at a file that is followed."""


class Unreadable(Exception):
    """A file that can't be read; the text says why."""


async def _input(call: Call, name: str) -> bytes:
    """A file's bytes, or those piped in where the name is `-`."""
    if name == "-":
        return await everything(call.stdin, _MOST)
    try:
        return call.box.files.read(call.path(name))
    except OSError as why:
        raise Unreadable(f"{name}: {why.strerror}") from why


async def _all(call: Call, names: tuple[str, ...]) -> list[str]:
    """The lines of some files, or those piped in."""
    data = b"".join([await _input(call, name) for name in names or ("-",)])
    return data.decode("utf-8", "replace").splitlines()


async def grep(call: Call) -> int:
    try:
        asked = given(call.words, "ivncEFqlwohHrsxA", "emABC")
        pattern, names = (asked.values["e"], asked.rest) if "e" in asked.values else (asked.rest[0], asked.rest[1:])
        rule = _rule(pattern, asked)
        most = asked.number("m", _MOST)
    except (Wrong, IndexError, re.error) as why:
        await call.complain(str(why) if isinstance(why, Wrong) else f"bad regex: {why}")
        return 2
    if "r" in asked.flags:
        names = tuple(path for name in names or (".",) for path in _below(call, name))
    found_any, code = False, 0
    flags = asked.flags
    for name in names or ("-",):
        prefix = f"{name}:" if (len(names) > 1 or "H" in flags) and "h" not in flags else ""
        found = 0
        try:
            source = Lines(call.stdin) if name == "-" else _Kept(await _input(call, name))
        except Unreadable as why:
            if "s" not in flags:
                await call.complain(str(why))
            code = 2
            continue
        number = 0
        while found < most and (raw := await source.line()):
            number += 1
            line = raw.decode("utf-8", "replace").rstrip("\n")
            hit = rule.search(line)
            if bool(hit) == ("v" in flags):
                continue
            found += 1
            if "q" in flags:
                return 0
            if not flags & {"c", "l"}:
                shown = hit[0] if hit and "o" in flags else line
                await call.out(f"{prefix}{f'{number}:' if 'n' in flags else ''}{shown}\n")
        if "c" in flags:
            await call.out(f"{prefix}{found}\n")
        if "l" in flags and found:
            await call.out(f"{name}\n")
        found_any |= found > 0
    return code or int(not found_any)


class _Kept:
    """The lines of bytes that are all there."""

    def __init__(self, data: bytes) -> None:
        self._lines = iter(data.splitlines(keepends=True))

    async def line(self) -> bytes:
        return next(self._lines, b"")


def _rule(pattern: str, asked: Given) -> re.Pattern[str]:
    if "F" in asked.flags:
        pattern = re.escape(pattern)
    elif "E" not in asked.flags:
        # In a basic expression these mean themselves, and a backslash makes them special.
        pattern = re.sub(r"\\([|()+?{}])|([|()+?{}])", lambda one: one[1] or f"\\{one[2]}", pattern)
    pattern = pattern.replace("[[:space:]]", r"\s").replace("[[:digit:]]", r"\d").replace("[[:alpha:]]", "[A-Za-z]")
    if "w" in asked.flags:
        pattern = rf"\b(?:{pattern})\b"
    if "x" in asked.flags:
        pattern = rf"^(?:{pattern})$"
    return re.compile(pattern, re.IGNORECASE if "i" in asked.flags else 0)


def _below(call: Call, name: str) -> list[str]:
    base = call.path(name)
    try:
        found = list(call.box.files.walk(base))
    except OSError:
        return [name]
    return [name.rstrip("/") + path[len(base) :] for path, node in found if hasattr(node, "read")]


async def head(call: Call) -> int:
    words = [re.sub(r"^-(\d+)$", r"-n\1", word) for word in call.words]
    try:
        asked = given(words, "qv", "nc")
        lines, size = asked.number("n", 10), asked.number("c", -1)
    except Wrong as why:
        return await call.complain(str(why))
    if asked.rest and asked.rest != ("-",):
        code = 0
        for name in asked.rest:
            try:
                data = await _input(call, name)
            except Unreadable as why:
                code = await call.complain(str(why))
                continue
            if len(asked.rest) > 1:
                await call.out(f"==> {name} <==\n")
            await call.stdout.write(data[:size] if size >= 0 else b"".join(data.splitlines(keepends=True)[:lines]))
        return code
    source = Lines(call.stdin)
    if size >= 0:
        await call.stdout.write(await everything(source, size))
    for _ in range(lines if size < 0 else 0):
        line = await source.line()
        if not line:
            break
        await call.stdout.write(line)
    return 0


async def tail(call: Call) -> int:
    words = [re.sub(r"^-(\d+)$", r"-n\1", word) for word in call.words]
    try:
        asked = given(words, "fFqv", "nc")
        text, size = asked.values.get("n", "10"), asked.number("c", -1)
        lines = int(text.lstrip("+-"))
    except (Wrong, ValueError) as why:
        return await call.complain(str(why))
    names = asked.rest or ("-",)
    try:
        for name in names:
            data = await _input(call, name)
            rows = data.splitlines(keepends=True)
            kept = rows[lines - 1 :] if text.startswith("+") else rows[-lines:] if lines else []
            await call.stdout.write(data[-size:] if size > 0 else b"".join(kept))
    except Unreadable as why:
        return await call.complain(f"can't open {str(why).replace(':', ':', 1)}")
    if asked.flags & {"f", "F"} and names != ("-",):
        await _follow(call, names[0])
    return 0


async def _follow(call: Call, name: str) -> None:
    """Writes what comes to a file, for ever."""
    told = len(call.box.files.read(call.path(name))) if call.box.files.exists(call.path(name)) else 0
    while True:
        await asyncio.sleep(_FOLLOWED)
        data = call.box.files.read(call.path(name)) if call.box.files.exists(call.path(name)) else b""
        if len(data) > told:
            await call.stdout.write(data[told:])
        told = len(data)


async def wc(call: Call) -> int:
    try:
        asked = given(call.words, "lwcm")
    except Wrong as why:
        return await call.complain(str(why))
    flags = [flag for flag in "lwc" if not asked.flags or flag in asked.flags or (flag == "c" and "m" in asked.flags)]
    code, total = 0, Counter[str]()
    for name in asked.rest or ("-",):
        try:
            data = await _input(call, name)
        except Unreadable as why:
            code = await call.complain(str(why))
            continue
        counts = {"l": data.count(b"\n"), "w": len(data.split()), "c": len(data)}
        total.update(counts)
        await call.out(_counted(counts, flags, "" if name == "-" else name))
    if len(asked.rest) > 1:
        await call.out(_counted(total, flags, "total"))
    return code


def _counted(counts: dict[str, int], flags: list[str], name: str) -> str:
    wide = len(flags) > 1 or name
    numbers = " ".join(f"{counts[flag]:>9}" if len(flags) > 1 else str(counts[flag]) for flag in flags)
    return f"{numbers}{' ' + name if name and wide else ''}\n"


async def sort(call: Call) -> int:
    try:
        asked = given(call.words, "nruhfb", "kt")
        lines = await _all(call, asked.rest)
        column = asked.values.get("k", "").partition(",")[0].partition(".")[0]
        place = int(column) - 1 if column.isdigit() else -1
    except (Wrong, Unreadable) as why:
        return await call.complain(str(why))

    def key(line: str) -> tuple[float, str]:
        words = line.split(asked.values.get("t"))
        text = line if place < 0 else words[place] if place < len(words) else ""
        found = re.match(r"\s*(-?\d+(?:\.\d+)?)", text)
        return (float(found[1]) if found and "n" in asked.flags else 0.0, text)

    ordered = sorted(lines, key=key, reverse="r" in asked.flags)
    if "u" in asked.flags:
        ordered = list(dict.fromkeys(ordered))
    await call.out("".join(f"{line}\n" for line in ordered))
    return 0


async def uniq(call: Call) -> int:
    try:
        asked = given(call.words, "cdui")
        lines = await _all(call, asked.rest[:1])
    except (Wrong, Unreadable) as why:
        return await call.complain(str(why))
    runs: list[tuple[str, int]] = []
    for line in lines:
        if runs and runs[-1][0] == line:
            runs[-1] = (line, runs[-1][1] + 1)
        else:
            runs.append((line, 1))
    for line, count in runs:
        if ("d" in asked.flags and count < 2) or ("u" in asked.flags and count > 1):
            continue
        await call.out(f"{count:>7} {line}\n" if "c" in asked.flags else f"{line}\n")
    return 0


async def cut(call: Call) -> int:
    try:
        asked = given(call.words, "s", "dfc")
        lines = await _all(call, asked.rest)
    except (Wrong, Unreadable) as why:
        return await call.complain(str(why))
    columns = asked.values.get("f") or asked.values.get("c")
    if columns is None or not re.fullmatch(r"[\d,-]+", columns):
        return await call.complain("expected a list of bytes, characters, or fields")
    mark = asked.values.get("d", "\t")
    for line in lines:
        parts = line.split(mark) if "f" in asked.values else list(line)
        if "f" in asked.values and len(parts) == 1:
            if "s" not in asked.flags:
                await call.out(f"{line}\n")
            continue
        kept = [part for place, part in enumerate(parts, 1) if _in(place, columns)]
        await call.out((mark if "f" in asked.values else "").join(kept) + "\n")
    return 0


def _in(place: int, columns: str) -> bool:
    for one in columns.split(","):
        first, dash, last = one.partition("-")
        if (not dash and first == str(place)) or (dash and int(first or 1) <= place <= int(last or 10**9)):
            return True
    return False


async def tr(call: Call) -> int:
    words = list(call.words)
    flags = words.pop(0)[1:] if words and words[0].startswith("-") and len(words[0]) > 1 else ""
    if not words:
        return await call.complain("missing operand")
    first = _characters(words[0])
    second = _characters(words[1]) if len(words) > 1 else ""
    while data := await call.stdin.read():
        text = data.decode("utf-8", "replace")
        if "d" in flags:
            text = "".join(char for char in text if (char in first) == ("c" in flags))
        elif second:
            text = text.translate({ord(a): second[min(at, len(second) - 1)] for at, a in enumerate(first)})
        if "s" in flags:
            text = re.sub(f"([{re.escape(second or first)}])\\1+", r"\1", text)
        await call.out(text)
    return 0


def _characters(text: str) -> str:
    known = {"[:upper:]": "A-Z", "[:lower:]": "a-z", "[:digit:]": "0-9", "[:space:]": " \t\n\r"}
    for name, meaning in known.items():
        text = text.replace(name, meaning)
    text = text.replace("\\n", "\n").replace("\\t", "\t")
    return re.sub(r"(.)-(.)", lambda one: "".join(map(chr, range(ord(one[1]), ord(one[2]) + 1))), text)


async def sed(call: Call) -> int:
    """`s/old/new/gi`, `Np`, `Nd`, `/text/p`, `/text/d` and `-n`: one such command."""
    try:
        asked = given(call.words, "nrEi", "e")
        script = asked.values.get("e") or asked.rest[0]
        names = asked.rest if "e" in asked.values else asked.rest[1:]
        act = _edit(script, extended=bool(asked.flags & {"r", "E"}))
    except (Wrong, IndexError, re.error):
        return await call.complain("unsupported command")
    try:
        lines = await _all(call, names)
    except Unreadable as why:
        return await call.complain(str(why))
    quiet = "n" in asked.flags
    out = []
    for number, line in enumerate(lines, 1):
        text, printed, deleted = act(number, line, number == len(lines))
        out += [text] * (int(printed) + int(not quiet and not deleted))
    result = "".join(f"{line}\n" for line in out)
    if "i" in asked.flags and names:
        try:
            call.box.files.write(call.path(names[0]), result.encode())
        except OSError as why:
            return await call.complain(f"{names[0]}: {why.strerror}")
    else:
        await call.out(result)
    return 0


Edit = Callable[[int, str, bool], tuple[str, bool, bool]]
"""What becomes of a line (its number, its text, whether it is the last): its text, printed once more, deleted."""

_EDIT = re.compile(
    r"(?:(?P<line>\d+|\$)|/(?P<match>(?:[^/\\]|\\.)*)/)?\s*"
    r"(?:(?P<word>[pd])|s(?P<mark>[^\w\s])(?P<old>.*?)(?<!\\)(?P=mark)(?P<new>.*?)(?<!\\)(?P=mark)(?P<flags>[gip]*))"
)


def _edit(script: str, *, extended: bool) -> Edit:
    """What a command does. Wrong for one that is not known."""
    found = _EDIT.fullmatch(script.strip())
    if found is None:
        raise Wrong("unsupported command")
    basic = frozenset("E") if extended else frozenset("")
    where = _rule(found["match"], Given(basic, {}, ())) if found["match"] is not None else None
    flags = found["flags"] or ""
    old = None
    new = ""
    if found["mark"]:
        old = _rule(found["old"], Given(basic | ({"i"} if "i" in flags else set()), {}, ()))
        new = re.sub(r"(?<!\\)&", r"\\g<0>", found["new"].replace(f"\\{found['mark']}", found["mark"]))

    def act(number: int, line: str, last: bool) -> tuple[str, bool, bool]:
        named = found["line"]
        applies = (named is None or named == str(number) or (named == "$" and last)) and (
            where is None or where.search(line) is not None
        )
        if not applies:
            return line, False, False
        if old is None:
            return line, found["word"] == "p", found["word"] == "d"
        text, count = old.subn(new, line, count=0 if "g" in flags else 1)
        return text, "p" in flags and count > 0, False

    return act


async def tee(call: Call) -> int:
    append = "-a" in call.words
    names = [word for word in call.words if word != "-a"]
    code = 0
    for name in names:
        try:
            call.box.files.write(call.path(name), b"", append=append)
        except OSError as why:
            code = await call.complain(f"{name}: {why.strerror}")
    while data := await call.stdin.read():
        await call.stdout.write(data)
        for name in names:
            try:
                call.box.files.write(call.path(name), data, append=True)
            except OSError as why:
                code = await call.complain(f"{name}: {why.strerror}")
    return code


async def coded(call: Call) -> int:
    try:
        asked = given(call.words, "di", "w", long=("decode",))
        data = await _input(call, asked.rest[0] if asked.rest else "-")
        if asked.flags & {"d", "decode"}:
            await call.stdout.write(base64.b64decode(data))
            return 0
    except (Wrong, Unreadable) as why:
        return await call.complain(str(why))
    except (Base64Error, ValueError):
        return await call.complain("truncated base64 input")
    text = base64.b64encode(data).decode()
    width = asked.number("w", 76)
    lines = [text[start : start + width] for start in range(0, len(text), width)] if width > 0 else [text]
    await call.out("\n".join(lines) + ("\n" if width > 0 else ""))
    return 0


async def checksum(call: Call) -> int:
    kind = call.name.removesuffix("sum")
    code = 0
    for name in call.words or ("-",):
        try:
            data = await _input(call, name)
        except Unreadable as why:
            code = await call.complain(f"can't open {why}")
            continue
        await call.out(f"{hashlib.new(kind, data, usedforsecurity=False).hexdigest()}  {name}\n")
    return code


PROGRAMS: dict[str, Program] = {
    "base64": coded,
    "cut": cut,
    "egrep": grep,
    "grep": grep,
    "head": head,
    "md5sum": checksum,
    "sed": sed,
    "sha256sum": checksum,
    "sort": sort,
    "tail": tail,
    "tee": tee,
    "tr": tr,
    "uniq": uniq,
    "wc": wc,
}
