"""The log file: what went wrong in full, for the one who mends it. Never credentials, never Secrets."""

import logging
import os
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler

from kubetui.settings.paths import log_file
from kubetui.text import sanitise_lines


class _Private(RotatingFileHandler):
    """A log file that only its owner may read."""

    def _open(self) -> TextIOWrapper:
        stream = super()._open()
        os.chmod(self.baseFilename, 0o600)
        return stream


class _Readable(logging.Formatter):
    """Lines that do nothing to the terminal of whoever reads the file: clusters may tell us anything."""

    def format(self, record: logging.LogRecord) -> str:
        return sanitise_lines(super().format(record))


def open_log(size: int) -> None:
    """Sends all logging to the log file; where it can't be written, nowhere: never to the screen.

    size: MiB after which it is turned over; one older one is kept.
    """
    try:
        handler: logging.Handler = _Private(log_file(), maxBytes=size << 20, backupCount=1, delay=True)
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(_Readable("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    logging.raiseExceptions = False
