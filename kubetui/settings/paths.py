"""Where kubetui keeps its files: the log, and what a person saves."""

from pathlib import Path

import platformdirs


def log_file() -> Path:
    """The log file; its folder is made, readable by its owner alone."""
    folder = platformdirs.user_log_path("kubetui")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / "kubetui.log"


def saved(name: str) -> Path:
    """A path of that name, in the working folder, that does not exist yet: `web.log`, `web-2.log`."""
    path = Path(name)
    number = 2
    while path.exists():
        path = Path(name).with_stem(f"{Path(name).stem}-{number}")
        number += 1
    return path.absolute()
