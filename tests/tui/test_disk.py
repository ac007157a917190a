"""A disk that is full: whatever was to be written is told as not written, and nothing half of it stays behind."""

import asyncio
import logging
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from kubetui.settings import logfile
from kubetui.tui import session
from kubetui.tui.listing import Listing
from tests.tui.exploring import Person, exploring
from tests.tui.shop import shop, stamp


@pytest.fixture
def full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on a disk that takes names and no bytes."""
    folder = tmp_path / "full"
    folder.mkdir()
    opened, moded = os.open, os.fchmod

    def open_full(path: Any, flags: int, mode: int = 0o777, **how: Any) -> int:
        file = opened(path, flags, mode, **how)
        if Path(os.fspath(path)).absolute().parent == folder and flags & os.O_WRONLY:
            os.close(file)
            return opened("/dev/full", os.O_WRONLY)
        return file

    monkeypatch.setattr(os, "open", open_full)
    # What is opened in the place of the file is not to change.
    monkeypatch.setattr(os, "fchmod", lambda file, mode: None if os.fstat(file).st_rdev else moded(file, mode))
    monkeypatch.chdir(folder)
    return folder


async def told(person: Person, *texts: str) -> None:
    """These are on the screen, wherever their lines break: that hangs on how long the folder's name is."""
    await person.until(
        lambda: all(text in " ".join(person.screen.replace("▌", " ").split()) for text in texts), f"{texts} on"
    )


async def test_a_table_a_manifest_a_log_and_the_journal_are_told_as_not_written(
    full: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "journal_file", lambda: full / "journal")
    server = shop()
    server.answers("*/log", 200, {"content-type": "text/plain"}, f"{stamp()} a line\n".encode(), times=None)
    async with exploring(server, tmp_path) as person:
        await person.live()
        person.app.obey("pods")
        await person.until(lambda: isinstance(person.app.screen, Listing), "a list")
        await person.sees("Pods 5")
        await person.live()
        await person.press("ctrl+s")
        await told(person, "Could not save", "No space left on device")
        await person.press("y")
        await person.sees("kind: Pod")
        await person.press("ctrl+s")
        await told(person, "The manifest could not be saved", "No space left on device")
        await person.press("escape", "l")
        await person.sees("a line")
        await person.press("ctrl+s")
        await told(person, "The log could not be saved", "No space left on device")
        await person.press("escape", "ctrl+d")
        await person.sees("Delete pod/")
        await person.press("right", "enter")
        await told(person, "The journal of changes can't be written: No space left on device", "Pods 4")
    assert await asyncio.to_thread(os.listdir, full) == ["journal"]


def test_a_log_file_that_cannot_be_written_ends_nothing_and_prints_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(logfile, "log_file", lambda: tmp_path / "log")
    (tmp_path / "log").symlink_to("/dev/full")
    monkeypatch.setattr(os, "chmod", lambda path, mode: None)
    root = logging.getLogger()
    before, level, loud = root.handlers[:], root.level, logging.raiseExceptions
    try:
        logfile.open_log(2)
        logging.getLogger("kubetui").error("a fault of our own")
    finally:
        for handler in root.handlers:
            with suppress(OSError):
                handler.close()
        root.handlers[:], root.level, logging.raiseExceptions = before, level, loud
    assert capsys.readouterr() == ("", "")
