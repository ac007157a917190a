"""The files of a running cluster: by them clients find it and are known to it. They go when it ends.

A folder of its own, for its owner alone, holds the kubeconfig and a file for each token. A lock in it says that the
cluster runs, also to other programs of the same user, and is gone however the cluster ends.
"""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

KUBECONFIG = "kubeconfig"
_LOCK = "lock"
_UNFINISHED = "."


class RunDirectory:
    """The folder of one running cluster."""

    def __init__(self, home: Path) -> None:
        """Makes a folder in `home`, where `newest` finds it; in the system's place for such files if that can't be.

        OSError where no folder can be made at all.
        """
        newest(home)
        try:
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=home))
        except OSError:
            draft = Path(tempfile.mkdtemp(prefix=f"{_UNFINISHED}kubetui-demo-"))
        self._lock = os.open(draft / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        os.write(self._lock, str(time.time_ns()).encode())
        # Nobody takes for a leftover what is locked before it has its name.
        self.path = draft.rename(draft.with_name(f"{draft.name.removeprefix(_UNFINISHED)}-{os.getpid()}"))
        """Readable by its owner alone."""
        self._elsewhere: Path | None = None

    @property
    def kubeconfig(self) -> Path:
        return self.path / KUBECONFIG

    def token_file(self, user: str) -> Path:
        """Where the token of a user stands."""
        return self.path / f"{user}.token"

    def publish(self, kubeconfig: str, tokens: Mapping[str, str], elsewhere: Path | None = None) -> None:
        """Writes the kubeconfig, to a second place too where one is named, and the tokens. OSError where it can't."""
        for user, token in tokens.items():
            write_private(self.token_file(user), token)
        write_private(self.kubeconfig, kubeconfig)
        if elsewhere is not None:
            write_private(elsewhere, kubeconfig)
            self._elsewhere = elsewhere

    def remove(self) -> None:
        """Takes everything away that was written; a file elsewhere only while it says what was written last."""
        if self._elsewhere is not None and _same(self._elsewhere, self.kubeconfig):
            self._elsewhere.unlink(missing_ok=True)
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)


def newest(home: Path) -> Path | None:
    """The kubeconfig of the cluster in `home` that was started last and runs; None where none does.

    What a cluster has left that did not end by itself is removed.
    """
    try:
        folders = [one for one in home.iterdir() if not one.name.startswith(_UNFINISHED)]
    except OSError:
        return None
    running = [(since, one / KUBECONFIG) for one in folders if (since := _running_since(one)) is not None]
    return max(running)[1] if running else None


def write_private(path: Path, text: str) -> None:
    """Writes a file that its owner alone can read, whole or not at all. OSError where it can't be written."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        os.replace(draft, path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def _running_since(folder: Path) -> int | None:
    """When the folder's cluster was started, as its lock says; None where it has ended, and the folder is removed."""
    try:
        lock = os.open(folder / _LOCK, os.O_RDWR)
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        # A cluster that writes nothing there is none of this version, and counts as the oldest.
        return int(os.read(lock, 32) or b"0")
    else:
        shutil.rmtree(folder, ignore_errors=True)
        return None
    finally:
        os.close(lock)


def _same(one: Path, other: Path) -> bool:
    try:
        return one.read_bytes() == other.read_bytes()
    except OSError:
        return False
