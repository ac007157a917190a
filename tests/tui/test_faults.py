"""A fault of our own: told in a sentence, and the person goes on."""

from pathlib import Path

import pytest
from textual._node_list import NodeList
from textual.widget import Widget

from kubetui.tui.app import Explorer
from kubetui.tui.board.screen import Board
from kubetui.tui.pane import Pane
from kubetui.tui.verbs import Verbs
from tests.tui.exploring import exploring
from tests.tui.shop import shop


class OnATerminal(Explorer):
    """Takes its own faults as it does for a person: a test's app would end with them."""

    @property
    def is_headless(self) -> bool:
        return False


def faulty(*_: object) -> None:
    raise ZeroDivisionError


async def test_a_key_whose_action_fails_is_told_and_the_next_one_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Board, "action_owner", faulty)
    async with exploring(shop(), tmp_path, explorer=OnATerminal) as person:
        await person.live()
        await person.press("J")
        await person.sees("Something went wrong here: ZeroDivisionError")
        await person.press("z")
        await person.sees_no("Deployments 2")


async def test_a_screen_whose_handler_fails_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with exploring(shop(), tmp_path, explorer=OnATerminal) as person:
        await person.live()
        board = person.app.screen
        assert isinstance(board, Board)
        with monkeypatch.context() as broken:
            broken.setattr(Board, "_link", faulty)
            broken.setattr(person.app.frames, "ask", faulty)
            board.post_message(Pane.StateChanged())
            await person.until(lambda: len(person.app._notifications) > 0, "a notice on")
        await person.press("f2")
        await person.sees("VERSION")


async def test_a_worker_that_fails_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Verbs, "do", faulty)
    async with exploring(shop(), tmp_path, explorer=OnATerminal) as person:
        await person.live()
        await person.press("f4", "ctrl+d")
        await person.sees("Something went wrong here: ZeroDivisionError")


async def test_a_frame_that_falls_due_while_the_app_ends_paints_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove, left = NodeList._remove, list[str]()

    def leave(nodes: NodeList, widget: Widget) -> None:
        remove(nodes, widget)
        if isinstance(board, Board) and nodes is board._nodes:
            left.append(type(widget).__name__)
            board.paint()

    async with exploring(shop(), tmp_path) as person:
        await person.live()
        board = person.app.screen
        monkeypatch.setattr(NodeList, "_remove", leave)
    assert {"Headline", "KeyBar"} <= set(left)
