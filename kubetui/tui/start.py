"""Starts the explorer: the first requests are on the wire, and what they bring is seen, before Textual is loaded."""

import asyncio
import gc
import importlib
import logging
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

from kubetui.kinds.kind import Kind
from kubetui.settings.file import Read, read_settings
from kubetui.settings.logfile import open_log
from kubetui.settings.options import Options
from kubetui.settings.paths import settings_file
from kubetui.tui.board.firstsight import seen_first
from kubetui.tui.session import Session

log = logging.getLogger(__name__)

HEAD_START = 0.12
"""Seconds at most for which Textual is not loaded yet, so that a server nearby is answered with a picture first."""
YOUNG = 10_000
"""Objects made, less those gone again, after which garbage is looked for: a list makes many and leaves none behind."""
SWITCH = 0.001
"""Seconds after which the thread that loads lets go, so that requests do not wait for it."""


def start(options: Options) -> int:
    """Runs the explorer until the person leaves; returns the exit code."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        print("kubetui needs a terminal to draw on; kubetui get KIND prints without one.", file=sys.stderr)
        return 2
    read = read_settings(settings_file())
    open_log(read.settings.log_size)
    try:
        return asyncio.run(_explore(options, read))
    except asyncio.CancelledError:
        return 0  # a signal, which the log file names, before there was anything to leave
    except Exception as error:
        log.error("ended by a fault of our own", exc_info=error)
        print("error: kubetui failed by a fault of its own. Its log file tells which.", file=sys.stderr)
        return 1


async def _explore(options: Options, read: Read) -> int:
    session = Session(options, read.settings)
    running = asyncio.current_task()
    assert running is not None
    asyncio.get_running_loop().set_exception_handler(_log_stray)
    _heed_signals(lambda code: running.cancel())
    try:
        await session.switch(options.context)
        session.warm(seen_first(options.kind))
        from kubetui.tui.first.painter import LEAVE, first_picture, quiet_terminal

        with quiet_terminal():
            picture = first_picture(session)
            try:
                module = await _load(session, picture.done)
            except BaseException:
                if picture.is_painted:
                    print(LEAVE, end="", flush=True)
                raise
        picture.over()
        gc.freeze()  # what has been loaded stays: no collection needs to look at it again
        gc.enable()
        gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
        app = module.Explorer(session, read.problems)
        app.takes_over = picture.is_painted
        _heed_signals(app.exit)
        await app.run_async()
        return int(app.return_code or 0)
    finally:
        await session.close()


def make_decoders(kinds: Iterable[Kind[Any]]) -> None:
    """Loads and builds what reads the first answers, while they are on their way."""
    protobuf = importlib.import_module("kubetui.client.protobuf")
    for kind in kinds:
        protobuf.decoder(kind.struct)


async def _load(session: Session, painted: threading.Event) -> ModuleType:
    """The module of the app, loaded in a thread: what reads the first answers before what is painted with."""

    def load() -> ModuleType:
        make_decoders(seen_first(session.options.kind))
        painted.wait(HEAD_START)
        return importlib.import_module("kubetui.tui.app")

    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH)
    try:
        return await asyncio.to_thread(load)
    finally:
        sys.setswitchinterval(before)


def _heed_signals(leave: Callable[[int], object]) -> None:
    """From now on a signal that asks the program to end leaves like that, and nothing stays as it must not."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, _end, leave, number)


def _end(leave: Callable[[int], object], number: signal.Signals) -> None:
    """Somebody else than the person ends it: the log file says who."""
    log.warning("ended by %s", number.name)
    leave(0)


def _log_stray(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """What nobody awaited goes to the log file, never to the screen."""
    error = context.get("exception")
    log.error("%s", context.get("message"), exc_info=error if isinstance(error, BaseException) else None)
