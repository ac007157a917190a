"""A small file system in memory: folders, files, and mounts with a size and a say whether they may be written to.

Errors are OSErrors with the number that a kernel gives. Knows nothing of Kubernetes.
"""

import errno
import posixpath
from collections.abc import Callable, Iterator
from os import strerror

import msgspec

NODE = 256
"""Bytes that a file or a folder counts beside what is in it."""
NAME_MAX, PATH_MAX = 255, 4_096
"""Bytes of a name, and of a path."""


class Mount:
    """A part of the tree that is a volume of its own."""

    __slots__ = ("device", "kind", "path", "size", "used", "writable")

    def __init__(
        self, path: str, device: str, kind: str = "ext4", *, writable: bool = True, size: int = 16 * 1024 * 1024
    ) -> None:
        self.path = path
        self.device = device
        self.kind = kind
        self.writable = writable
        self.size = size
        """Bytes that it has room for."""
        self.used = 0

    def take(self, size: int) -> None:
        """Counts bytes that are used from now on. ENOSPC where there are not so many, EROFS where none may be."""
        if not self.writable:
            raise failure(errno.EROFS)
        if self.used + size > self.size:
            raise failure(errno.ENOSPC)
        self.used += size


class File:
    """A file: bytes that are there, or that are made whenever it is read."""

    __slots__ = ("_data", "_made", "mode", "modified")

    def __init__(
        self, data: bytes | Callable[[], bytes] = b"", mode: int = 0o644, modified: float | None = None
    ) -> None:
        self._made = data if callable(data) else None
        self._data = bytearray() if callable(data) else bytearray(data)
        self.mode = mode
        self.modified = modified
        """Seconds since 1970; None for what is always fresh."""

    @property
    def is_made(self) -> bool:
        """Whether it can't be written to."""
        return self._made is not None

    def read(self) -> bytes:
        return bytes(self._data) if self._made is None else self._made()

    @property
    def size(self) -> int:
        """Bytes in it."""
        return len(self._data) if self._made is None else len(self._made())

    def append(self, data: bytes) -> None:
        self._data += data

    def replace(self, data: bytes) -> None:
        self._data = bytearray(data)


class Folder:
    """A folder: entries that are there, or that are made whenever it is looked at."""

    __slots__ = ("_entries", "_made", "mode", "modified", "mount")

    def __init__(
        self,
        mount: Mount,
        made: "Callable[[], dict[str, Node]] | None" = None,
        mode: int = 0o755,
        modified: float | None = None,
    ) -> None:
        self.mount = mount
        self._made = made
        self._entries: dict[str, Node] = {}
        self.mode = mode
        self.modified = modified

    @property
    def entries(self) -> "dict[str, Node]":
        """By name; in a folder that is made, a fresh one each time."""
        return self._entries if self._made is None else self._made()

    @property
    def is_made(self) -> bool:
        """Whether its entries can't be changed."""
        return self._made is not None


Node = File | Folder


class Who(msgspec.Struct, frozen=True):
    """Whose rights count."""

    uid: int = 0
    gid: int = 0

    def may_write(self, node: Node) -> bool:
        return self.uid == 0 or bool(node.mode & 0o002)

    def may_read(self, node: Node) -> bool:
        return self.uid == 0 or bool(node.mode & 0o004)


class FileSystem:
    """A tree of files as one user sees it. Paths are absolute."""

    def __init__(self, root: Folder, who: Who, now: Callable[[], float]) -> None:
        self.root = root
        self._who = who
        self._now = now

    def find(self, path: str) -> Node:
        """ENOENT, ENOTDIR or EACCES where there is nothing for this user."""
        node: Node = self.root
        for part in _parts(path):
            if not isinstance(node, Folder):
                raise failure(errno.ENOTDIR)
            entry = node.entries.get(part)
            if entry is None:
                raise failure(errno.ENOENT)
            node = entry
        return node

    def exists(self, path: str) -> bool:
        try:
            self.find(path)
        except OSError:
            return False
        return True

    def read(self, path: str) -> bytes:
        """EISDIR for a folder."""
        node = self.find(path)
        if isinstance(node, Folder):
            raise failure(errno.EISDIR)
        if not self._who.may_read(node):
            raise failure(errno.EACCES)
        return node.read()

    def entries(self, path: str) -> dict[str, Node]:
        """What is in a folder, by name in order. ENOTDIR for a file."""
        node = self.find(path)
        if not isinstance(node, Folder):
            raise failure(errno.ENOTDIR)
        return dict(sorted(node.entries.items()))

    def write(self, path: str, data: bytes, *, append: bool = False, mode: int = 0o644) -> None:
        """Writes a file whole, or on at its end."""
        folder, name = self._place(path)
        entry = folder.entries.get(name) if name else folder
        if isinstance(entry, Folder):
            raise failure(errno.EISDIR)
        if entry is not None and entry.is_made:
            if path == "/dev/null":
                return
            raise failure(errno.EROFS if not folder.mount.writable else errno.EACCES)
        if entry is None:
            self._check(folder)
            folder.mount.take(NODE)
            entry = File(mode=mode)
            folder.entries[name] = entry
        elif not self._who.may_write(entry):
            raise failure(errno.EACCES)
        folder.mount.take(len(data) if append else len(data) - entry.size)
        if append:
            entry.append(data)
        else:
            entry.replace(data)
        entry.modified = self._now()

    def make_folder(self, path: str, *, parents: bool = False) -> None:
        """EEXIST where something is there, unless it is a folder and parents are made too."""
        if parents:
            above = posixpath.dirname(path)
            if above != path and not self.exists(above):
                self.make_folder(above, parents=True)
        folder, name = self._place(path)
        entry = folder.entries.get(name) if name else folder
        if entry is not None:
            if parents and isinstance(entry, Folder):
                return
            raise failure(errno.EEXIST)
        self._check(folder)
        folder.mount.take(NODE)
        folder.entries[name] = Folder(folder.mount, modified=self._now())

    def remove(self, path: str, *, recursive: bool = False, folder_too: bool = False) -> None:
        """Removes a file; a folder where it is empty and `folder_too`, or `recursive`."""
        folder, name = self._place(path)
        if not name:
            raise failure(errno.EBUSY)
        entry = folder.entries.get(name)
        if entry is None:
            raise failure(errno.ENOENT)
        if isinstance(entry, Folder):
            if not recursive and not folder_too:
                raise failure(errno.EISDIR)
            if entry.mount is not folder.mount:
                raise failure(errno.EBUSY)
            if entry.entries and not recursive:
                raise failure(errno.ENOTEMPTY)
        self._check(folder)
        del folder.entries[name]
        folder.mount.used -= _weight(entry)

    def touch(self, path: str) -> None:
        """Makes an empty file, or marks what is there as changed now."""
        if self.exists(path):
            node = self.find(path)
            if not self._who.may_write(node):
                raise failure(errno.EACCES)
            node.modified = self._now()
        else:
            self.write(path, b"")

    def set_mode(self, path: str, mode: int) -> None:
        """Changes the rights on a file or a folder."""
        folder, name = self._place(path)
        node = folder.entries.get(name) if name else folder
        if node is None:
            raise failure(errno.ENOENT)
        self._check(folder)
        node.mode = mode

    def walk(self, path: str) -> Iterator[tuple[str, Node]]:
        """The thing at a path and everything below it, folders first."""
        left: list[tuple[str, Node]] = [(path, self.find(path))]
        while left:
            path, node = left.pop()
            yield path, node
            if isinstance(node, Folder):
                left += [
                    (posixpath.join(path, name), entry) for name, entry in sorted(node.entries.items(), reverse=True)
                ]

    def mounts(self) -> list[Mount]:
        """The root's and all others, in the order of their paths."""
        return mounts_of(self.root)

    def _place(self, path: str) -> tuple[Folder, str]:
        """The folder that a path's last name is, or would be, in. An empty name for the root."""
        parts = _parts(path)
        if not parts:
            return self.root, ""
        if len(parts[-1].encode()) > NAME_MAX or len(path) > PATH_MAX:
            raise failure(errno.ENAMETOOLONG)
        folder = self.find("/" + "/".join(parts[:-1]))
        if not isinstance(folder, Folder):
            raise failure(errno.ENOTDIR)
        return folder, parts[-1]

    def _check(self, folder: Folder) -> None:
        if folder.is_made or not folder.mount.writable:
            raise failure(errno.EROFS)
        if not self._who.may_write(folder):
            raise failure(errno.EACCES)


def mounts_of(root: Folder) -> list[Mount]:
    """The mounts of a tree, in the order of their paths."""
    found: dict[str, Mount] = {}
    left: list[Node] = [root]
    while left:
        node = left.pop()
        if isinstance(node, Folder):
            found.setdefault(node.mount.path, node.mount)
            left += () if node.is_made else node.entries.values()
    return [found[path] for path in sorted(found)]


def place(root: Folder, path: str, node: Node) -> None:
    """Puts something into a tree that is being built; folders on the way are made."""
    folder = root
    *above, name = _parts(path)
    for part in above:
        entry = folder.entries.get(part)
        if not isinstance(entry, Folder):
            entry = Folder(folder.mount)
            folder.entries[part] = entry
        folder = entry
    folder.entries[name] = node


def failure(number: int) -> OSError:
    """An OSError with the kernel's words."""
    return OSError(number, strerror(number))


def _parts(path: str) -> list[str]:
    return [part for part in posixpath.normpath(path).split("/") if part]


def _weight(node: Node) -> int:
    """The bytes that a thing and everything below it have taken of its mount."""
    whole = 0
    left = [node]
    while left:
        one = left.pop()
        whole += NODE
        if isinstance(one, Folder):
            left += one.entries.values()
        else:
            whole += one.size
    return whole
