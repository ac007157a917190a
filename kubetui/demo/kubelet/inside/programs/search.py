"""Programs that look for patterns: grep and sed."""

import re
from collections import deque
from collections.abc import Callable

import msgspec

from kubetui.demo.kubelet.inside.box import Call, Program
from kubetui.demo.kubelet.inside.files import File
from kubetui.demo.kubelet.inside.lines import Lines
from kubetui.demo.kubelet.inside.programs.patterns import LONGEST_LINE, BadPattern, compiled
from kubetui.demo.kubelet.inside.programs.reading import MOST, Unreadable, all_lines, contents
from kubetui.demo.kubelet.inside.programs.words import Given, Wrong, given
from kubetui.demo.streams import Conduit


class _Wanted(msgspec.Struct, frozen=True):
    """What a grep looks for, and how it shows what it finds."""

    rule: re.Pattern[str]
    flags: frozenset[str]
    most: int
    before: int
    after: int


async def grep(call: Call) -> int:
    try:
        asked = given(call.words, "ivncEFqlwohHrRsx", "emABC")
        pattern, names = (asked.values["e"], asked.rest) if "e" in asked.values else (asked.rest[0], asked.rest[1:])
        wanted = _wanted(call, pattern, asked)
    except (Wrong, BadPattern) as why:
        await call.complain(str(why))
        return 2
    except IndexError:
        await call.complain("usage: grep [-ivncEFqlwohHrsx] [-m N] [-A N] [-B N] [-C N] PATTERN [FILE]...")
        return 2
    recursive = bool(asked.flags & {"r", "R"})
    if recursive:
        names = tuple(path for name in names or (".",) for path in _below(call, name))
    named = (len(names) > 1 or recursive or "H" in asked.flags) and "h" not in asked.flags
    found, code = 0, 0
    for name in names or ("-",):
        try:
            source = call.stdin if name == "-" else Conduit.holding(await contents(call, name))
        except Unreadable as why:
            if "s" not in asked.flags:
                await call.complain(str(why))
            code = 2
            continue
        here = await _grep(call, wanted, Lines(source), f"{name}:" if named else "")
        found += here
        if here and "q" in asked.flags:
            return 0
        if "c" in asked.flags:
            await call.out(f"{name + ':' if named else ''}{here}\n")
        if "l" in asked.flags and here:
            await call.out(f"{name}\n")
    return code or int(not found)


def _wanted(call: Call, pattern: str, asked: Given) -> _Wanted:
    flags = asked.flags
    rule = compiled(
        pattern,
        extended="E" in flags or call.name == "egrep",
        fixed="F" in flags,
        words="w" in flags,
        lines="x" in flags,
        ignore_case="i" in flags,
    )
    around = asked.number("C", 0)
    return _Wanted(rule, flags, asked.number("m", MOST), asked.number("B", around), asked.number("A", around))


async def _grep(call: Call, wanted: _Wanted, lines: Lines, prefix: str) -> int:
    """Looks through one source and shows what it finds there; how many lines that were."""
    flags = wanted.flags
    silent = bool(flags & {"c", "l", "q"})
    found = number = 0
    owed = 0
    before: deque[tuple[int, str]] = deque(maxlen=max(0, wanted.before))
    while raw := await lines.line():
        number += 1
        line = raw.decode("utf-8", "replace").rstrip("\n")
        hit = wanted.rule.search(line[:LONGEST_LINE])
        if bool(hit) == ("v" in flags):
            if owed and not silent:
                await call.out(_row(wanted, prefix.replace(":", "-"), number, "-", line))
            owed = max(0, owed - 1)
            before.append((number, line))
            if not owed and found >= wanted.most:
                break
            continue
        if found >= wanted.most:
            break
        found += 1
        owed = wanted.after
        if "q" in flags or (found >= wanted.most and silent):
            break
        if not silent:
            for place, earlier in before:
                await call.out(_row(wanted, prefix.replace(":", "-"), place, "-", earlier))
            await call.out(_row(wanted, prefix, number, ":", hit[0] if hit and "o" in flags else line))
        before.clear()
        if found >= wanted.most and not owed:
            break
    return found


def _row(wanted: _Wanted, prefix: str, number: int, mark: str, text: str) -> str:
    return f"{prefix}{f'{number}{mark}' if 'n' in wanted.flags else ''}{text}\n"


def _below(call: Call, name: str) -> list[str]:
    base = call.path(name)
    try:
        found = list(call.box.files.walk(base))
    except OSError:
        return [name]
    return [name.rstrip("/") + path[len(base) :] for path, node in found if isinstance(node, File)]


async def sed(call: Call) -> int:
    """`s/old/new/gi`, `5p`, `5d`, `/text/p`, `/text/d` and `-n`: one such command."""
    try:
        asked = given(call.words, "nrEi", "e")
        script = asked.values.get("e") or asked.rest[0]
        names = asked.rest if "e" in asked.values else asked.rest[1:]
        act = _edit(script, extended=bool(asked.flags & {"r", "E"}))
    except (Wrong, IndexError, BadPattern) as why:
        return await call.complain(str(why) if isinstance(why, BadPattern) else "unsupported command")
    try:
        lines = await all_lines(call, names)
    except Unreadable as why:
        return await call.complain(str(why))
    quiet = "n" in asked.flags
    out: list[str] = []
    size = 0
    for number, line in enumerate(lines, 1):
        text, printed, deleted = act(number, line, number == len(lines))
        times = int(printed) + int(not quiet and not deleted)
        out += [text] * times
        size += len(text) * times
        if size > MOST:
            return await call.complain("too much to hold")
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
    """What a command does. Wrong for one that is not known, BadPattern for what can't be looked for."""
    found = _EDIT.fullmatch(script.strip()) if len(script) <= LONGEST_LINE else None
    if found is None:
        raise Wrong("unsupported command")
    where = compiled(found["match"], extended=extended) if found["match"] is not None else None
    flags = found["flags"] or ""
    old = None
    new = ""
    if found["mark"]:
        old = compiled(found["old"], extended=extended, ignore_case="i" in flags)
        new = re.sub(r"(?<!\\)&", r"\\g<0>", found["new"].replace(f"\\{found['mark']}", found["mark"]))
        try:
            old.sub(new, "")
        except (re.error, IndexError) as why:
            raise BadPattern(str(why)) from why

    def act(number: int, line: str, last: bool) -> tuple[str, bool, bool]:
        named = found["line"]
        applies = (named is None or named == str(number) or (named == "$" and last)) and (
            where is None or where.search(line[:LONGEST_LINE]) is not None
        )
        if not applies:
            return line, False, False
        if old is None:
            return line, found["word"] == "p", found["word"] == "d"
        text, count = old.subn(new, line[:LONGEST_LINE], count=0 if "g" in flags else 1)
        return text + line[LONGEST_LINE:], "p" in flags and count > 0, False

    return act


PROGRAMS: dict[str, Program] = {"egrep": grep, "grep": grep, "sed": sed}
