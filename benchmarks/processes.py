"""What a process and all that it started use, out of /proc."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def tree(root: int) -> list[int]:
    """The process and its descendants, as they are now."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def memory(root: int) -> float:
    """Resident memory of the tree, in MB (10^6 bytes)."""
    return sum(int(_fields(pid, "statm")[1]) for pid in tree(root)) * _PAGE / 1e6


def cpu(root: int) -> float:
    """CPU time of the tree so far, in seconds, with its children that have ended."""
    used = 0
    for pid in tree(root):
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        used += sum(map(int, after_name[11:15]))
    return used / _TICKS


def _fields(pid: int, file: str) -> list[str]:
    return Path(f"/proc/{pid}/{file}").read_text().split()
