"""Where kubetui keeps its files: the settings, the log, the journal, and what a person saves."""

import os
from pathlib import Path

import platformdirs

LONGEST = 240
"""Bytes of a name that are kept, from its end: file systems take 255, some for the number and what follows the dot."""


def settings_file() -> Path:
    """The settings file, which a person writes; it need not be there."""
    return platformdirs.user_config_path("kubetui") / "settings.toml"


def log_file() -> Path:
    """The log file; its folder is made, readable by its owner alone."""
    return _private(platformdirs.user_log_path("kubetui")) / "kubetui.log"


def journal_file() -> Path:
    """The journal of what was changed; its folder is made, readable by its owner alone."""
    return _private(platformdirs.user_state_path("kubetui")) / "journal.jsonl"


def demo_clusters() -> Path:
    """The folder in which each running built-in cluster has one of its own; it need not be there."""
    return platformdirs.user_state_path("kubetui") / "demo"


def saved(name: str) -> Path:
    """A path of that name, in the working folder, that does not exist yet: `web.log`, `web-2.log`.

    Names come from the cluster: whatever leads out of the folder, or can't be a file's name, is written otherwise.
    """
    stem, dot, suffix = "".join(char if char.isprintable() and char != "/" else "-" for char in name).rpartition(".")
    stem = stem.encode()[-LONGEST:].decode(errors="ignore")
    path = Path(f"{stem}{dot}{suffix}")
    number = 2
    while path.exists():
        path = Path(f"{stem}-{number}{dot}{suffix}")
        number += 1
    return path.absolute()


def write_new(path: Path, raw: bytes) -> None:
    """Makes a file that only its owner may read, in one piece: where it can't be written whole, there is none.

    Raises OSError; FileExistsError where something has the name by now, which is never overwritten nor followed.
    """
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        try:
            file.write(raw)
            file.flush()
        except OSError:
            path.unlink(missing_ok=True)
            raise


def _private(folder: Path) -> Path:
    for each in reversed([each for each in (folder, *folder.parents) if not each.exists()]):
        each.mkdir(mode=0o700, exist_ok=True)
    return folder
