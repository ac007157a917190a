"""What is typed is heard at once, and nothing wakes up while nothing is typed."""

import os
import pty
import select
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Queue
from typing import Any

import pytest
from textual.events import Key, Paste
from textual.message import Message

from kubetui.tui.output.keyboard import Keyboard


class Typist:
    """A terminal, and who reads it."""

    def __init__(self) -> None:
        self.terminal, inside = pty.openpty()
        tty.setraw(inside)
        self.heard: Queue[Message] = Queue()
        self.gone = threading.Event()
        self.ended = threading.Event()
        self.keyboard = Keyboard(inside, self.heard.put, self.gone.set)
        self.reader = threading.Thread(target=self.keyboard.read, args=(self.ended,))

    def types(self, text: bytes) -> Message:
        """What is heard of it first."""
        os.write(self.terminal, text)
        return self.heard.get(timeout=10)

    def ends(self) -> None:
        self.keyboard.rouse()
        self.ended.set()
        self.reader.join(10)
        assert not self.reader.is_alive()


@contextmanager
def typing() -> Iterator[Typist]:
    typist = Typist()
    typist.reader.start()
    try:
        yield typist
    finally:
        if typist.reader.is_alive():
            typist.ends()
        typist.keyboard.close()


def test_a_key_is_heard() -> None:
    with typing() as typist:
        heard = [typist.types(text) for text in (b"x", b"\x1b[A", "é".encode())]
    assert [each.key for each in heard if isinstance(each, Key)] == ["x", "up", "é"]


def test_the_escape_key_is_told_from_the_begin_of_a_sequence() -> None:
    with typing() as typist:
        heard = typist.types(b"\x1b")
    assert isinstance(heard, Key) and heard.key == "escape"


def test_bytes_that_are_no_text_end_nothing() -> None:
    with typing() as typist:
        typist.types(b"\xff\xfe")
        heard = typist.types(b"\x1b[200~later\x1b[201~")
        while not isinstance(heard, Paste):
            heard = typist.heard.get(timeout=10)
    assert heard.text == "later"


def test_nothing_wakes_up_until_something_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    rests: list[float | None] = []
    really = select.select

    def watched(*given: Any) -> Any:
        rests.append(given[3])
        return really(*given)

    monkeypatch.setattr(select, "select", watched)
    with typing() as typist:
        typist.types(b"\x1b")
        while rests[-1] is not None:
            really([], [], [], 0.01)
        typist.types(b"x")
    assert rests[:2] == [0, None], "asleep from the start"


def test_a_terminal_that_is_gone_is_noticed_at_once() -> None:
    with typing() as typist:
        os.close(typist.terminal)
        assert typist.gone.wait(10)
        typist.reader.join(10)
        assert not typist.reader.is_alive()


def test_who_was_told_to_end_twice_is_read_again_by_the_next() -> None:
    with typing() as typist:
        typist.ends()
        typist.keyboard.rouse()
        typist.ended.clear()
        typist.reader = threading.Thread(target=typist.keyboard.read, args=(typist.ended,))
        typist.reader.start()
        heard = typist.types(b"x")
    assert isinstance(heard, Key)
