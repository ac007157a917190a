"""tar: packs files into a stream and unpacks them, as `kubectl cp` needs it."""

import io
import posixpath
import tarfile

from kubetui.demo.kubelet.inside.box import Call, Program
from kubetui.demo.kubelet.inside.files import Folder
from kubetui.demo.kubelet.inside.lines import everything
from kubetui.demo.kubelet.inside.programs.words import Wrong, given

MOST = 32 * 1024 * 1024
"""Bytes of an archive."""
_LONG = ("no-same-permissions", "no-same-owner", "no-overwrite-dir", "warning=")


async def tar(call: Call) -> int:
    words = list(call.words)
    if words and not words[0].startswith("-"):
        words[0] = f"-{words[0]}"
    try:
        asked = given(words, "cxtmpzvhoOP", "fC", long=_LONG)
    except Wrong as why:
        return await call.complain(str(why))
    base = call.path(asked.values.get("C", "."))
    if not call.box.files.exists(base):
        return await call.complain(f"can't change directory to '{asked.values.get('C')}': No such file or directory")
    if "c" in asked.flags:
        return await _pack(call, base, asked.rest, asked.values.get("f", "-"), packed="z" in asked.flags)
    if asked.flags & {"x", "t"}:
        return await _unpack(call, base, asked.values.get("f", "-"), asked.flags)
    return await call.complain("need at least one option: c, x, t")


async def _pack(call: Call, base: str, names: tuple[str, ...], target: str, *, packed: bool) -> int:
    code = 0
    archive = io.BytesIO()
    now = call.box.clock.now()
    with tarfile.open(fileobj=archive, mode="w:gz" if packed else "w", format=tarfile.GNU_FORMAT) as made:
        for name in names:
            path = posixpath.normpath(posixpath.join(base, name))
            try:
                found = list(call.box.files.walk(path))
            except OSError as why:
                code = await call.complain(f"{name}: {why.strerror}")
                continue
            for place, node in found:
                shown = posixpath.normpath(name).lstrip("/") + place[len(path) :]
                entry = tarfile.TarInfo(shown or ".")
                entry.mode, entry.mtime = node.mode, int(node.modified or now)
                if isinstance(node, Folder):
                    entry.type = tarfile.DIRTYPE
                    made.addfile(entry)
                else:
                    data = node.read()
                    entry.size = len(data)
                    made.addfile(entry, io.BytesIO(data))
    if code:
        await call.complain("error exit delayed from previous errors")
    if target == "-":
        await call.stdout.write(archive.getvalue())
        return code
    try:
        call.box.files.write(call.path(target), archive.getvalue())
    except OSError as why:
        return await call.complain(f"can't open '{target}': {why.strerror}")
    return code


async def _unpack(call: Call, base: str, source: str, flags: frozenset[str]) -> int:
    if source == "-":
        data = await everything(call.stdin, MOST + 1)
        if len(data) > MOST:
            return await call.complain("archive too large")
    else:
        try:
            data = call.box.files.read(call.path(source))
        except OSError as why:
            return await call.complain(f"can't open '{source}': {why.strerror}")
    code = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:*") as archive:
            for entry in archive:
                if "t" in flags:
                    await call.out(f"{entry.name}\n")
                    continue
                code |= await _place(call, archive, entry, base)
    except (tarfile.TarError, EOFError, OSError) as why:
        if not data:
            return await call.complain("short read")
        return await call.complain(f"invalid tar magic: {why}" if isinstance(why, tarfile.ReadError) else str(why))
    return code


async def _place(call: Call, archive: tarfile.TarFile, entry: tarfile.TarInfo, base: str) -> int:
    """Writes one thing out of an archive. Whatever its name says, it stays inside the container."""
    path = posixpath.normpath(posixpath.join(base, entry.name.lstrip("/")))
    files = call.box.files
    try:
        if entry.isdir():
            files.make_folder(path, parents=True)
        elif entry.isfile() and entry.size > MOST:
            return await call.complain(f"can't open '{entry.name}': File too large")
        elif entry.isfile():
            above = posixpath.dirname(path)
            if not files.exists(above):
                files.make_folder(above, parents=True)
            content = archive.extractfile(entry)
            files.write(path, content.read() if content is not None else b"", mode=entry.mode & 0o7777)
    except OSError as why:
        return await call.complain(f"can't open '{entry.name}': {why.strerror}")
    return 0


PROGRAMS: dict[str, Program] = {"tar": tar}
