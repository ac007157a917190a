"""Programs that read text and write another: head, tail, wc, sort, uniq, cut, tr, tee, base64, checksums."""

import asyncio
import base64
import hashlib
import re
from binascii import Error as Base64Error
from collections import Counter, deque

from kubetui.demo.kubelet.inside.box import Call, Program
from kubetui.demo.kubelet.inside.lines import Lines
from kubetui.demo.kubelet.inside.programs.reading import MOST, Unreadable, all_lines, contents, source
from kubetui.demo.kubelet.inside.programs.words import Wrong, given
from kubetui.demo.streams import Source

_KEPT = 100_000
"""Lines that tail holds."""
_RANGE = 1_024
"""Characters of a set that tr is given."""
_FOLLOWED = 0.2
"""Seconds between two looks at a file that is followed."""


async def head(call: Call) -> int:
    words = [re.sub(r"^-(\d+)$", r"-n\1", word) for word in call.words]
    try:
        asked = given(words, "qv", "nc")
        lines, size = asked.number("n", 10), asked.number("c", -1)
    except Wrong as why:
        return await call.complain(str(why))
    code = 0
    for name in asked.rest or ("-",):
        try:
            pieces = source(call, name)
        except Unreadable as why:
            code = await call.complain(str(why))
            continue
        if len(asked.rest) > 1:
            await call.out(f"==> {name} <==\n")
        await _begin(call, Lines(pieces), lines, size)
    return code


async def _begin(call: Call, pieces: Lines, lines: int, size: int) -> None:
    """Writes the first bytes of what comes, or, where `size` is below zero, the first lines."""
    if size < 0:
        for _ in range(lines):
            line = await pieces.line()
            if not line:
                return
            await call.stdout.write(line)
        return
    while size > 0 and (data := await pieces.read()):
        await call.stdout.write(data[:size])
        size -= len(data)


async def tail(call: Call) -> int:
    words = [re.sub(r"^-(\d+)$", r"-n\1", word) for word in call.words]
    try:
        asked = given(words, "fFqv", "nc")
        text, size = asked.values.get("n", "10"), asked.number("c", -1)
        lines = int(text.lstrip("+-"))
    except (Wrong, ValueError):
        return await call.complain("invalid number")
    names = asked.rest or ("-",)
    try:
        for name in names:
            await _end(call, source(call, name), lines, size, from_start=text.startswith("+"))
    except Unreadable as why:
        return await call.complain(f"can't open {why}")
    if asked.flags & {"f", "F"} and names != ("-",):
        await _follow(call, names[0])
    return 0


async def _end(call: Call, pieces: Source, lines: int, size: int, *, from_start: bool) -> None:
    """Writes the last lines, or bytes, of what comes; or all from a line on."""
    if size > 0:
        kept = b""
        while data := await pieces.read():
            kept = (kept + data)[-min(size, MOST) :]
        await call.stdout.write(kept)
        return
    source_lines = Lines(pieces)
    last: deque[bytes] = deque(maxlen=min(lines, _KEPT))
    number = 0
    while line := await source_lines.line():
        number += 1
        if not from_start:
            last.append(line)
        elif number >= lines:
            await call.stdout.write(line)
    await call.stdout.write(b"".join(last))


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
            counts = await _counts(source(call, name))
        except Unreadable as why:
            code = await call.complain(str(why))
            continue
        total.update(counts)
        await call.out(_counted(counts, flags, "" if name == "-" else name))
    if len(asked.rest) > 1:
        await call.out(_counted(total, flags, "total"))
    return code


async def _counts(pieces: Source) -> dict[str, int]:
    """Lines, words and bytes of what comes."""
    counts = {"l": 0, "w": 0, "c": 0}
    inside_word = False
    while data := await pieces.read():
        # A word that goes on from the piece before is not one more.
        goes_on = inside_word and not data[:1].isspace()
        inside_word = not data[-1:].isspace()
        counts["l"] += data.count(b"\n")
        counts["w"] += len(data.split()) - int(goes_on)
        counts["c"] += len(data)
    return counts


def _counted(counts: dict[str, int], flags: list[str], name: str) -> str:
    wide = len(flags) > 1 or name
    numbers = " ".join(f"{counts[flag]:>9}" if len(flags) > 1 else str(counts[flag]) for flag in flags)
    return f"{numbers}{' ' + name if name and wide else ''}\n"


async def sort(call: Call) -> int:
    try:
        asked = given(call.words, "nruhfb", "kt")
        lines = await all_lines(call, asked.rest)
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
        lines = await all_lines(call, asked.rest[:1])
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
        lines = await all_lines(call, asked.rest)
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
    return re.sub(r"(.)-(.)", lambda one: "".join(map(chr, range(ord(one[1]), ord(one[2]) + 1)[:_RANGE])), text)[
        :_RANGE
    ]


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
        width = asked.number("w", 76)
        data = await contents(call, asked.rest[0] if asked.rest else "-")
        if asked.flags & {"d", "decode"}:
            await call.stdout.write(base64.b64decode(data))
            return 0
    except (Wrong, Unreadable) as why:
        return await call.complain(str(why))
    except (Base64Error, ValueError):
        return await call.complain("truncated base64 input")
    text = base64.b64encode(data).decode()
    lines = [text[start : start + width] for start in range(0, len(text), width)] if width > 0 else [text]
    await call.out("\n".join(lines) + ("\n" if width > 0 else ""))
    return 0


async def checksum(call: Call) -> int:
    kind = call.name.removesuffix("sum")
    code = 0
    for name in call.words or ("-",):
        digest = hashlib.new(kind, usedforsecurity=False)
        try:
            pieces = source(call, name)
        except Unreadable as why:
            code = await call.complain(f"can't open {why}")
            continue
        while data := await pieces.read():
            digest.update(data)
        await call.out(f"{digest.hexdigest()}  {name}\n")
    return code


PROGRAMS: dict[str, Program] = {
    "base64": coded,
    "cut": cut,
    "head": head,
    "md5sum": checksum,
    "sha256sum": checksum,
    "sort": sort,
    "tail": tail,
    "tee": tee,
    "tr": tr,
    "uniq": uniq,
    "wc": wc,
}
