"""Starts the explorer: the first requests are on the wire while Textual is still being loaded."""

import asyncio
import importlib
import logging
import signal
import sys

from kubetui.settings.file import Read, read_settings
from kubetui.settings.logfile import open_log
from kubetui.settings.options import Options
from kubetui.settings.paths import settings_file
from kubetui.tui.board.firstsight import first_kinds
from kubetui.tui.session import Session

log = logging.getLogger(__name__)


def start(options: Options) -> int:
    """Runs the explorer until the person leaves; returns the exit code."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        print("kubetui needs a terminal to draw on; kubetui get KIND prints without one.", file=sys.stderr)
        return 2
    read = read_settings(settings_file())
    open_log(read.settings.log_size)
    return asyncio.run(_explore(options, read))


async def _explore(options: Options, read: Read) -> int:
    session = Session(options, read.settings)
    asyncio.get_running_loop().set_exception_handler(_log_stray)
    try:
        await session.switch(options.context)
        session.warm(first_kinds(options.kind))
        module = await asyncio.to_thread(importlib.import_module, "kubetui.tui.app")
        app = module.Explorer(session, read.problems)
        for number in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, app.exit, 0)
        await app.run_async()
        return int(app.return_code or 0)
    finally:
        await session.close()


def _log_stray(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """What nobody awaited goes to the log file, never to the screen."""
    error = context.get("exception")
    log.error("%s", context.get("message"), exc_info=error if isinstance(error, BaseException) else None)
