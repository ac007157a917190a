"""Paints the first picture as its rows come, until Textual is there, which then paints the same cells over it.

It takes no keys: what is typed meanwhile waits for Textual.
"""

import asyncio
import os
import sys
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from kubetui.kinds.builtin import find
from kubetui.live.change import Change
from kubetui.live.state import Phase
from kubetui.live.store import Store
from kubetui.tui.first.brush import Brush, brush_for
from kubetui.tui.first.look import DEFAULT
from kubetui.tui.first.picture import ListScene, Scene, lines
from kubetui.tui.session import Session

ENTER, LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"
TOGETHER = 0.03
"""Seconds for which rows that came first wait for those of the other panes."""
_LEAST = (40, 8)
"""Cells and lines below which Textual's layout is not that simple."""


class FirstPicture:
    """Waits for the first rows of a scene. Without one it paints nothing."""

    def __init__(self, session: Session, scene: Scene | None, brush: Brush | None, size: tuple[int, int]) -> None:
        """`size` is that of the terminal: cells and lines."""
        self.done = threading.Event()
        """Set when all there is to wait for has been painted."""
        self.is_painted = False
        self._session = session
        self._scene = scene
        self._brush = brush
        self._size = size
        self._shown = [""] * size[1]
        """The lines as they were painted."""
        self._due: asyncio.TimerHandle | None = None
        self._stores = tuple(scene.stores) if scene is not None else ()
        for store in self._stores:
            store.listeners.append(self)
            store.state_listeners.append(self)
        if scene is None or brush is None or size[0] < _LEAST[0] or size[1] < _LEAST[1]:
            self.over()

    def changed(self, changes: list[Change]) -> None:
        """There are rows."""
        self._look()

    def state_changed(self, store: Store[Any]) -> None:
        """There may be none, or none that one may read."""
        self._look()

    def over(self) -> None:
        """Nothing is painted from here on."""
        self.done.set()
        if self._due is not None:
            self._due.cancel()
            self._due = None
        for store in self._stores:
            store.listeners.remove(self)
            store.state_listeners.remove(self)
        self._stores = ()

    def _look(self) -> None:
        """Paints now if all have answered, else soon."""
        if all(_answered(store, self._size[1]) for store in self._stores):
            self._paint()
            self.over()
        elif self._due is None and len(self._stores[0]):
            self._due = asyncio.get_running_loop().call_later(TOGETHER, self._paint)

    def _paint(self) -> None:
        self._due = None
        if self._scene is None or self._brush is None or not any(map(len, self._stores)):
            return
        now = lines(self._scene, self._session, self._brush, *self._size)
        fresh = [
            f"\x1b[{at}H{line}" for at, (line, old) in enumerate(zip(now, self._shown, strict=True), 1) if line != old
        ]
        sys.stdout.write(("" if self.is_painted else ENTER) + "".join(fresh) + "\x1b[0m")
        sys.stdout.flush()
        self.is_painted, self._shown = True, now


def _answered(store: Store[Any], height: int) -> bool:
    """Whether it is known what stands on the first lines of a list, as many as there are on the screen."""
    return len(store) >= height or store.state.phase not in (Phase.CONNECTING, Phase.SYNCING)


def first_picture(session: Session) -> FirstPicture:
    """The picture of what a session starts with, on the terminal of this process."""
    brush = brush_for(session.options.theme or session.settings.theme or DEFAULT, os.environ)
    return FirstPicture(session, scene_of(session), brush, os.get_terminal_size(sys.stdout.fileno()))


def scene_of(session: Session) -> Scene | None:
    """The list that is asked for, or the board; None where Textual has to be there first."""
    cluster, word = session.cluster, session.options.kind
    if cluster is None:
        return None
    if not word:
        from kubetui.tui.board.firstscene import BoardScene

        return BoardScene(cluster, session.scope)
    kind = find(word)
    store = cluster.peek(kind, session.scope) if kind else None
    return ListScene(kind, store, namespaces=len(session.scope) != 1) if kind and store is not None else None


@contextmanager
def quiet_terminal() -> Iterator[None]:
    """What is typed is not echoed into the picture. At the end the terminal is as it was."""
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    quiet = termios.tcgetattr(descriptor)
    quiet[3] &= ~(termios.ECHO | termios.ICANON)
    termios.tcsetattr(descriptor, termios.TCSANOW, quiet)
    try:
        yield
    finally:
        with suppress(termios.error):  # it may be gone by now
            termios.tcsetattr(descriptor, termios.TCSANOW, before)
