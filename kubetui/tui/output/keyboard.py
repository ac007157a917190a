"""What is typed into a terminal: waited for without waking up in between. Notices at once when the terminal is gone."""

import os
import select
import threading
import time
from codecs import getincrementaldecoder
from collections.abc import Callable

from textual import constants
from textual._xterm_parser import XTermParser
from textual.message import Message

_SIZE = 4096
"""Bytes read at a time."""
_BEAT = 0.05
"""Seconds between two looks whether a sequence that has begun goes on, or was the escape key."""
_AWAKE = constants.ESCAPE_DELAY + 2 * _BEAT
"""Seconds after something was typed for which it is looked at that."""


class Keyboard:
    """Reads in a thread of its own. Textual's own reader wakes ten times a second for as long as a program runs."""

    def __init__(self, descriptor: int, heard: Callable[[Message], None], gone: Callable[[], None]) -> None:
        """`heard` is told each key and answer of the terminal, `gone` once when there is no terminal any more."""
        self._descriptor = descriptor
        self._heard = heard
        self._gone = gone
        self._roused, self._rouses = os.pipe()

    def rouse(self) -> None:
        """Has the reader look whether it is to end."""
        os.write(self._rouses, b"!")

    def close(self) -> None:
        """Once no reader runs any more."""
        os.close(self._roused)
        os.close(self._rouses)

    def read(self, ended: threading.Event) -> None:
        """Until the event is set, of which `rouse` tells, or the terminal is gone."""
        parser = XTermParser()
        decode = getincrementaldecoder("utf-8")(errors="replace").decode
        awake_until = 0.0
        while select.select([self._roused], [], [], 0)[0]:  # meant for the reader before
            os.read(self._roused, _SIZE)
        while not ended.is_set():
            rest = _BEAT if time.monotonic() < awake_until else None
            ready, _, _ = select.select([self._descriptor, self._roused], [], [], rest)
            if self._roused in ready:
                ended.wait()
            elif ready:
                if not (data := self._typed()):
                    self._gone()
                    return
                awake_until = time.monotonic() + _AWAKE
                for event in parser.feed(decode(data)):
                    self._heard(event)
            for event in parser.tick():
                self._heard(event)

    def _typed(self) -> bytes:
        """What has come; nothing where there is no terminal any more."""
        try:
            return os.read(self._descriptor, _SIZE)
        except OSError:
            return b""
