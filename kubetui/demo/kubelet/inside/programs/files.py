"""Programs that look at files and change them: ls, cat, pwd, mkdir, rm, cp, mv, touch, chmod, find, du, stat, which."""

import errno
import fnmatch
import posixpath
from datetime import UTC, datetime

from kubetui.demo.kubelet.inside.box import Call, Program
from kubetui.demo.kubelet.inside.files import File, Folder, Node
from kubetui.demo.kubelet.inside.programs.words import Wrong, given

_MOST = 10_000
"""Lines of a listing."""


async def ls(call: Call) -> int:
    try:
        asked = given(call.words, "la1AdRhtrFin", long=("color=", "color"))
    except Wrong as why:
        return await call.complain(str(why))
    code = 0
    files: list[tuple[str, Node]] = []
    folders: list[tuple[str, Folder]] = []
    for name in asked.rest or (".",):
        try:
            node = call.box.files.find(call.path(name))
        except OSError as why:
            code = await call.complain(f"{name}: {why.strerror}")
            continue
        if isinstance(node, Folder) and "d" not in asked.flags:
            folders.append((name, node))
        else:
            files.append((name, node))
    if files:
        await call.out(_listing(call, files, asked.flags))
    titled = len(folders) + bool(files) > 1 or "R" in asked.flags
    first = not files
    while folders:
        name, folder = folders.pop(0)
        entries = [(key, node) for key, node in sorted(folder.entries.items()) if _shown(key, asked.flags)]
        if "a" in asked.flags:
            entries = [(".", folder), ("..", folder), *entries]
        if titled:
            await call.out(f"{'' if first else chr(10)}{name}:\n")
        first = False
        await call.out(_listing(call, entries, asked.flags))
        if "R" in asked.flags:
            below = [(posixpath.join(name, key), node) for key, node in entries if key not in (".", "..")]
            folders = [(key, node) for key, node in below if isinstance(node, Folder)][:_MOST] + folders
    return code


async def cat(call: Call) -> int:
    code = 0
    for name in call.words or ("-",):
        if name == "-":
            while data := await call.stdin.read():
                await call.stdout.write(data)
            continue
        try:
            await call.stdout.write(call.box.files.read(call.path(name)))
        except OSError as why:
            told = (
                f"read error: {why.strerror}" if why.errno == errno.EISDIR else f"can't open '{name}': {why.strerror}"
            )
            code = await call.complain(told)
    return code


async def pwd(call: Call) -> int:
    await call.out(f"{call.folder}\n")
    return 0


async def mkdir(call: Call) -> int:
    try:
        asked = given(call.words, "pv", "m")
    except Wrong as why:
        return await call.complain(str(why))
    code = 0
    for name in asked.rest:
        try:
            call.box.files.make_folder(call.path(name), parents="p" in asked.flags)
        except OSError as why:
            code = await call.complain(f"can't create directory '{name}': {why.strerror}")
    return code


async def rm(call: Call) -> int:
    try:
        asked = given(call.words, "rRfvid")
    except Wrong as why:
        return await call.complain(str(why))
    code = 0
    recursive = bool(asked.flags & {"r", "R"})
    for name in asked.rest:
        try:
            call.box.files.remove(call.path(name), recursive=recursive, folder_too=call.name == "rmdir")
        except OSError as why:
            if "f" not in asked.flags or why.errno != errno.ENOENT:
                code = await call.complain(f"can't remove '{name}': {why.strerror}")
    return code


async def touch(call: Call) -> int:
    code = 0
    for name in (word for word in call.words if not word.startswith("-")):
        try:
            call.box.files.touch(call.path(name))
        except OSError as why:
            code = await call.complain(f"{name}: {why.strerror}")
    return code


async def copy(call: Call) -> int:
    """cp and mv: files and folders, into a folder or under another name."""
    try:
        asked = given(call.words, "rRafpinvT")
    except Wrong as why:
        return await call.complain(str(why))
    if len(asked.rest) < 2:
        return await call.complain("missing file operand")
    *sources, target = asked.rest
    files = call.box.files
    into = files.exists(call.path(target)) and isinstance(files.find(call.path(target)), Folder)
    if len(sources) > 1 and not into:
        return await call.complain(f"target '{target}': Not a directory")
    code = 0
    for name in sources:
        source = call.path(name)
        goal = posixpath.join(call.path(target), posixpath.basename(source)) if into else call.path(target)
        try:
            if call.name == "cp" and isinstance(files.find(source), Folder) and not asked.flags & {"r", "R", "a"}:
                code = await call.complain(f"omitting directory '{name}'")
                continue
            if goal == source or goal.startswith(f"{source}/"):
                code = await call.complain(f"can't copy '{name}' into itself")
                continue
            for path, node in list(files.walk(source)):
                place = goal + path[len(source) :]
                if isinstance(node, Folder):
                    files.make_folder(place, parents=True)
                else:
                    files.write(place, node.read(), mode=node.mode)
            if call.name == "mv":
                files.remove(source, recursive=True)
        except OSError as why:
            told = "can't stat" if why.errno == errno.ENOENT else "can't create"
            code = await call.complain(f"{told} '{name}': {why.strerror}")
    return code


async def chmod(call: Call) -> int:
    words = [word for word in call.words if word != "-R"]
    if len(words) < 2:
        return await call.complain("usage: chmod MODE FILE...")
    code = 0
    for name in words[1:]:
        path = call.path(name)
        try:
            mode = call.box.files.find(path).mode
            if words[0].isdigit():
                mode = int(words[0], 8) & 0o7777
            elif words[0] in ("+x", "a+x", "ugo+x", "u+x"):
                mode |= 0o100 if words[0][0] == "u" and words[0] != "ugo+x" else 0o111
            elif words[0] == "-x":
                mode &= ~0o111
            else:
                return await call.complain(f"invalid mode '{words[0]}'")
            call.box.files.set_mode(path, mode)
        except (OSError, ValueError) as why:
            told = why.strerror if isinstance(why, OSError) else "Invalid argument"
            code = await call.complain(f"{name}: {told}")
    return code


async def find(call: Call) -> int:
    words = list(call.words)
    starts = []
    while words and not words[0].startswith("-"):
        starts.append(words.pop(0))
    rules: dict[str, str] = {}
    while words:
        key = words.pop(0)
        if key == "-print":
            continue
        if key not in ("-name", "-type", "-maxdepth") or not words:
            return await call.complain(f"unrecognized: {key}")
        rules[key] = words.pop(0)
    deepest = int(rules["-maxdepth"]) if rules.get("-maxdepth", "").isdigit() else 99
    code = 0
    for start in starts or ["."]:
        base = call.path(start)
        try:
            found = list(call.box.files.walk(base))[:_MOST]
        except OSError as why:
            code = await call.complain(f"{start}: {why.strerror}")
            continue
        for path, node in found:
            rest = path[len(base) :].strip("/")
            kind = "d" if isinstance(node, Folder) else "f"
            name = posixpath.basename(path)
            if (
                (rest.count("/") + 1 if rest else 0) <= deepest
                and rules.get("-type", kind) == kind
                and fnmatch.fnmatchcase(name, rules.get("-name", "*"))
            ):
                await call.out(f"{posixpath.join(start, rest) if rest else start}\n")
    return code


async def du(call: Call) -> int:
    human = any("h" in word for word in call.words if word.startswith("-"))
    summed = any("s" in word for word in call.words if word.startswith("-"))
    code = 0
    for name in [word for word in call.words if not word.startswith("-")] or ["."]:
        try:
            found = list(call.box.files.walk(call.path(name)))
        except OSError as why:
            code = await call.complain(f"{name}: {why.strerror}")
            continue
        base = call.path(name)
        sizes = {path: -(-node.size // 4096) * 4 if isinstance(node, File) else 4 for path, node in found}
        for path, node in reversed(found):
            if path != base:
                sizes[posixpath.dirname(path)] += sizes[path]
            if path == base or (isinstance(node, Folder) and not summed):
                size = sizes[path]
                shown = f"{size / 1024:.1f}M" if human and size >= 1024 else f"{size}K" if human else str(size)
                await call.out(f"{shown}\t{posixpath.join(name, path[len(base) :].strip('/')).rstrip('/') or name}\n")
    return code


async def which(call: Call) -> int:
    code = 0
    for name in call.words:
        if name in call.box.programs:
            await call.out(f"/bin/{name}\n")
        else:
            code = 1
    return code


def _shown(name: str, flags: frozenset[str]) -> bool:
    return not name.startswith(".") or bool(flags & {"a", "A"})


def _listing(call: Call, entries: list[tuple[str, Node]], flags: frozenset[str]) -> str:
    entries = entries[:_MOST]
    if "t" in flags:
        entries = sorted(entries, key=lambda one: -(one[1].modified or call.box.clock.now()))
    if "r" in flags:
        entries.reverse()
    if "l" not in flags:
        names = [name + ("/" if "F" in flags and isinstance(node, Folder) else "") for name, node in entries]
        if call.terminal is None or "1" in flags:
            return "".join(f"{name}\n" for name in names)
        return _columns(names, call.terminal.window.columns or 80)
    lines = [f"total {4 * len(entries)}\n"]
    for name, node in entries:
        size = 4096 if isinstance(node, Folder) else node.size
        when = datetime.fromtimestamp(node.modified or call.box.clock.now(), UTC)
        owner = "root     root    "
        lines.append(
            f"{mode_text(node)} {2 if isinstance(node, Folder) else 1:>4} {owner} {size:>9} "
            f"{when.strftime('%b')} {when.day:>2} {when.strftime('%H:%M')} {name}\n"
        )
    return "".join(lines)


def mode_text(node: Node) -> str:
    """A file's rights as `ls -l` writes them."""
    kind = "d" if isinstance(node, Folder) else "-"
    bits = "".join(letter if node.mode >> (8 - place) & 1 else "-" for place, letter in enumerate("rwxrwxrwx"))
    return kind + (bits[:-1] + ("t" if bits[-1] == "x" else "T") if node.mode & 0o1000 else bits)


def _columns(names: list[str], width: int) -> str:
    if not names:
        return ""
    cell = max(map(len, names)) + 2
    across = max(1, width // cell)
    down = -(-len(names) // across)
    lines = ["".join(name.ljust(cell) for name in names[row::down]).rstrip() for row in range(down)]
    return "".join(f"{line}\n" for line in lines)


PROGRAMS: dict[str, Program] = {
    "cat": cat,
    "chmod": chmod,
    "cp": copy,
    "du": du,
    "find": find,
    "ls": ls,
    "mkdir": mkdir,
    "mv": copy,
    "pwd": pwd,
    "rm": rm,
    "rmdir": rm,
    "touch": touch,
    "which": which,
}
