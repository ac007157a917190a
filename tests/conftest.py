"""What every test stands on."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings

# How long an example takes says how busy the machine is, and nothing else.
settings.register_profile("kubetui", deadline=None)
settings.load_profile("kubetui")

# Round a plain fixture of an async test, pytest-asyncio saves the current event loop; where none was ever set, Python
# makes one just for that, which nobody closes: a ResourceWarning in whatever test runs when it is collected.
asyncio.set_event_loop(None)


@pytest.fixture(autouse=True, scope="session")
def own_folders() -> Iterator[None]:
    """No test reads the settings of whoever runs it, nor writes into their journal or log file."""
    before = {name: os.environ.get(name) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME")}
    with TemporaryDirectory(prefix="kubetui-tests-") as folder:
        os.environ |= {name: str(Path(folder, name)) for name in before}
        yield
    for name, value in before.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value
