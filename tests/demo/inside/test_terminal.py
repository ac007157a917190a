"""A terminal in a container: what is typed, and what is shown."""

import asyncio
from collections.abc import Callable

import pytest

from kubetui.demo.streams import Conduit, Stdio, Window
from tests.demo.inside.container import Inside, Typist


async def _until(holds: Callable[[], bool]) -> None:
    for _ in range(1_000):
        if holds():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came to be")


def keys(text: str) -> Conduit:
    return Conduit.holding(text.encode())


async def test_a_shell_shows_a_prompt_and_what_is_typed(inside: Inside) -> None:
    done = await inside.session("echo hi\r", "exit 4\r")
    assert (done.code, done.out) == (4, "/ # echo hi\r\nhi\r\n/ # exit 4\r\n")


async def test_the_prompt_tells_where_one_is(inside: Inside) -> None:
    assert (await inside.session("cd /etc\r", "exit\r")).out.endswith("/etc # exit\r\n")


STARTS = [
    "command -v bash >/dev/null && exec bash || exec sh",
    "clear; (bash || ash || sh)",
    "TERM=xterm-256color; export TERM; [ -x /bin/bash ] && exec /bin/bash || exec /bin/sh",
]


@pytest.mark.parametrize("script", STARTS)
async def test_the_ways_in_which_tools_find_a_shell_lead_to_one(inside: Inside, script: str) -> None:
    done = await inside.session("echo in $0\r", "exit\r", command=("sh", "-c", script))
    assert "root@p:/# echo in $0\r\nin " in done.out
    assert done.code == 0


async def test_ctrl_d_on_an_empty_line_ends_the_shell(inside: Inside) -> None:
    assert (await inside.session("echo x\r", "\x04")).code == 0


EDITED = [
    ("ecox\x7f\x7fho a\r", "a\r\n"),
    ("cho b\x01e\r", "b\r\n"),
    ("echo x\x15echo c\r", "c\r\n"),
    ("echo wrong\x17d\r", "d\r\n"),
    ("echo ef\x1b[Dx\r", "exf\r\n"),
    ("echo gone\x01\x0becho h\r", "h\r\n"),
    ("echo ij\x1b[D\x1b[3~k\r", "ik\r\n"),
]


@pytest.mark.parametrize(("typed", "shown"), EDITED, ids=[repr(typed) for typed, _ in EDITED])
async def test_a_line_can_be_edited(inside: Inside, typed: str, shown: str) -> None:
    done = await inside.session(typed, "exit\r")
    assert done.out.endswith(f"\r\n{shown}/ # exit\r\n")


async def test_a_line_that_is_not_whole_goes_on_in_the_next(inside: Inside) -> None:
    assert "\r\n> lines'\r\ntwo\r\nlines\r\n" in (await inside.session("echo 'two\r", "lines'\r", "exit\r")).out


async def test_a_line_can_be_called_back(inside: Inside) -> None:
    done = await inside.session("echo again\r", "echo other\r", "\x1b[A\x1b[A\r", "exit\r")
    assert done.out.count("\r\nagain\r\n") == 2


async def test_ctrl_c_ends_what_runs_and_not_the_shell(inside: Inside) -> None:
    person = Typist("sleep 100000\r", "echo code $?\r", "exit\r")
    process = inside.fleet.execute(inside.pod, "c", ["sh"])
    ended = asyncio.ensure_future(process(Stdio(person.keys, person, person, Window())))
    await _until(lambda: "sleep 100000\r\n" in person.screen)
    await person.keys.write(b"\x03")
    await inside.passing(ended)
    assert "^C\r\n/ # echo code $?\r\ncode 130\r\n" in person.screen


async def test_ctrl_c_ends_a_program_that_was_started_alone(inside: Inside) -> None:
    typed = Conduit()
    ended = asyncio.ensure_future(inside.typed(typed, "sleep", "100000"))
    for _ in range(20):
        await asyncio.sleep(0)
    await typed.write(b"\x03")
    assert (await ended).code == 130


async def test_a_program_knows_the_size_of_the_terminal(inside: Inside) -> None:
    assert (await inside.typed(keys(""), "stty", "size", window=Window(132, 43))).out == "43 132\r\n"


async def test_a_terminal_shows_names_in_columns(inside: Inside) -> None:
    shown = (await inside.typed(keys(""), "ls", "/", window=Window(200, 43))).out
    assert (len(shown.splitlines()), shown.split()[:2]) == (1, ["bin", "dev"])


async def test_a_terminal_whose_size_nobody_told_has_eighty_columns(inside: Inside) -> None:
    assert len((await inside.typed(keys(""), "ls", "/", window=Window(0, 0))).out.splitlines()) == 1
