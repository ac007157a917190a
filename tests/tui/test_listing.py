"""A list: what is done with the table of it."""

from pathlib import Path

import pytest

from tests.tui.exploring import Person, exploring
from tests.tui.shop import pod, shop, stamp


async def listed(person: Person, line: str, title: str) -> None:
    await person.live()
    await person.press("colon")
    await person.type(line)
    await person.press("enter")
    await person.sees(title)


async def test_ctrl_s_saves_what_is_shown_as_kubectl_prints_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with exploring(shop(), tmp_path) as person:
        await listed(person, "pods shop /web", "Pods 3 of 5")
        await person.press("ctrl+s")
        await person.sees("Saved 3 rows")
    assert (tmp_path / "pods.txt").read_text() == (
        "NAME               READY   STATUS    RESTARTS   AGE\n"
        "web-7d4b9c-lm4vd   1/1     Running   0          4h\n"
        "web-7d4b9c-q8zzl   1/1     Running   0          4h\n"
        "web-7d4b9c-x2k1p   1/1     Running   0          4h\n"
    )


async def test_ages_are_counted_by_the_clock_of_the_cluster(tmp_path: Path) -> None:
    server = shop()
    server.holds(pod("web", "young", "node-1", created=stamp(3590)), pod("web", "yet", "node-1", created=stamp(3700)))
    server.answers("/version", 200, {"date": "Sun, 22 Nov 2026 13:00:00 GMT"}, {"major": "1"}, None)
    async with exploring(server, tmp_path) as person:
        await listed(person, "pods /web", "Pods 5 of 7")
        await person.sees("0  10s", "0  5h", "0  0s")


async def test_ctrl_r_reads_everything_anew(tmp_path: Path) -> None:
    server = shop()
    async with exploring(server, tmp_path) as person:
        await listed(person, "pods", "Pods 5")
        before = len(server.asked("/api/v1/pods"))
        await person.press("ctrl+r")
        await person.until(lambda: len(server.asked("/api/v1/pods")) >= before + 2, "a list and a watch, on")
        server.adds(pod("web", "later", "node-1"))
        await person.sees("Pods 6", "web-7d4b9c-later")


async def test_ctrl_e_hides_the_head_line_on_every_screen(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path) as person:
        await listed(person, "pods", "Pods 5")
        await person.press("ctrl+e")
        await person.sees_no("kubetui  fake")
        await person.press("q")
        await person.sees("F4 Pods")
        await person.sees_no("kubetui  fake")
        await person.press("ctrl+e")
        await person.sees("kubetui  fake")


async def test_q_goes_back_one_step_at_a_time(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path) as person:
        await listed(person, "pods /web", "Pods 3 of 5")
        await person.press("q")
        await person.sees("Pods 5")
        await person.press("q")
        await person.sees("F4 Pods")
