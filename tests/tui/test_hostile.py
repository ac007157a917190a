"""Text of a cluster is shown, never obeyed: neither by the terminal nor as markup, on every screen there is."""

import logging
import time
from pathlib import Path
from typing import Any

import pytest

from kubetui.settings import logfile
from tests.fake.apiserver import FakeApiServer, an_object
from tests.fake.front import kubeconfig
from tests.tui.corpus import CONTROLS, DECEPTIONS, ESCAPES, HANDFULS, LONG, MARKUP, SEQUENCES, UNENDED
from tests.tui.exploring import Person, exploring
from tests.tui.shop import deployment, made, node, pod, service, shop, stamp
from tests.tui.terminal import Recorded, obeyed, shown

SHORT = HANDFULS[:-1]
TARGETS = ("".join(SEQUENCES)[:3000], "".join(DECEPTIONS)[:3000], "".join(MARKUP), "[/", MARKUP[0], *LONG)
"""Names of objects that are looked at one by one."""
SIZE = (120, 40)


def hostile_pod(at: int, text: str) -> dict[str, Any]:
    """A pod with the text wherever a pod has some."""
    obj = pod("web", f"{at}", f"node-{text}", phase="Running")
    obj["metadata"] |= {
        "name": f"a{at}{text}",
        "uid": f"hostile-{at}",
        "labels": {f"l{text}": text},
        "annotations": {f"a{text}": text},
    }
    obj["status"] |= {"podIP": text, "message": text, "reason": text if at % 2 else ""}
    obj["status"]["containerStatuses"][0] |= {
        "name": text,
        "image": text,
        "ready": False,
        "state": {"waiting": {"reason": text, "message": text}},
    }
    obj["spec"]["containers"] = [{"name": text, "image": text, "env": [{"name": text, "value": text}]}]
    return obj


def hostile_event(at: int, text: str) -> dict[str, Any]:
    about = {"kind": "Pod", "name": f"a0{TARGETS[0]}", "namespace": "shop", "uid": "hostile-0", "apiVersion": "v1"}
    return made(
        an_object(
            "v1",
            "Event",
            f"e{at}",
            "shop",
            uid=f"event-{at}",
            type="Warning",
            reason=text,
            message=text,
            involvedObject=about,
            source={"component": text},
            lastTimestamp=stamp(),
        )
    )


def hostile_shop() -> FakeApiServer:
    """A shop whose every text is out to do harm."""
    server = shop()
    server.holds(*(hostile_pod(at, text) for at, text in enumerate(HANDFULS)))
    for at, text in enumerate(HANDFULS):
        app = deployment(f"a{at}{text}", 1)
        app["metadata"]["labels"] = {text: text}
        extra = service(f"a{at}{text}", text)
        extra["spec"]["type"] = text
        machine = node(f"a{at}{text}")
        machine["status"]["nodeInfo"]["kubeletVersion"] = text
        machine["metadata"]["labels"] = {f"node-role.kubernetes.io/{text}": ""}
        machine["status"]["conditions"][0]["message"] = text
        space = made(an_object("v1", "Namespace", f"a{at}{text}", "", uid=f"ns-{at}", status={"phase": text}))
        server.holds(app, extra, machine, space, hostile_event(at, text))
    return server


def targets() -> FakeApiServer:
    """A shop of a few pods, each with all of a class."""
    server = shop()
    server.holds(*(hostile_pod(at, text) for at, text in enumerate(TARGETS)))
    server.holds(*(hostile_event(at, text) for at, text in enumerate(HANDFULS)))
    return server


class Victim(Person):
    """Someone who looks at all of it."""

    @property
    def terminal(self) -> Recorded:
        assert isinstance(self.app, Recorded)
        return self.app

    async def is_unharmed(self) -> None:
        """Nothing was obeyed, the app runs, and another terminal has every line in its place."""
        assert self.app.is_running and self.app.return_code is None
        written = self.terminal.written
        assert obeyed(written) == []
        assert not any(text in written for text in SEQUENCES)
        self.app.repaint_terminal()
        await self.pilot.pause()
        drawn = shown(self.terminal.written[len(written) :], (self.app.size.width, self.app.size.height))
        assert "PWNED" not in drawn.title + drawn.icon_name
        assert any(line.rstrip().endswith("help") for line in drawn.display) or self.app.screen.is_modal

    async def command(self, line: str) -> None:
        await self.press("colon")
        await self.type(line)
        await self.press("enter")


@pytest.fixture(autouse=True)
def no_faults(caplog: pytest.LogCaptureFixture) -> Any:
    """Nothing is logged as a fault of our own meanwhile."""
    yield
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_a_sequence_in_what_is_written_would_be_noticed() -> None:
    noticed = (*CONTROLS, *ESCAPES, *SEQUENCES, *UNENDED)
    # Those that the app writes itself are noticed by what stands behind them.
    mine = [text for text in noticed if not obeyed(text) and "PWNED" not in text]
    assert mine == ["a\nb", "\x1b[31mred"]
    assert obeyed("\x1b[1;38;2;1;2;3mfine\x1b[0m\x1b[12;40H") == []


async def test_the_board_and_every_row_of_its_panes(tmp_path: Path) -> None:
    async with exploring(hostile_shop(), tmp_path, size=SIZE, explorer=Recorded) as someone:
        person = Victim(someone.app, someone.pilot)
        await person.live()
        for pane in ("f1", "f2", "f3", "f4"):
            await person.press(pane, "end", "home", "z", "ctrl+w", "end", "right", "right", "home", "z")
            await person.pilot.pause()
        await person.is_unharmed()


async def test_lists_drawers_and_filters(tmp_path: Path) -> None:
    async with exploring(hostile_shop(), tmp_path, size=(200, 50), explorer=Recorded) as someone:
        person = Victim(someone.app, someone.pilot)
        for word in ("pods", "events", "namespaces"):
            await person.live()
            await person.command(word)
            await person.sees(word.capitalize())
            await person.live()
            await person.press("down", "down", "down", "end", "slash", "left_square_bracket", "at")
            await person.sees("/[@")
            await person.press("enter", "escape")
        await person.is_unharmed()


@pytest.mark.parametrize("keys", (("m",), ("ctrl+d",)), ids=("menu", "dialog"))
async def test_menus_and_dialogs_name_their_target(keys: tuple[str, ...], tmp_path: Path) -> None:
    async with exploring(targets(), tmp_path, size=SIZE, explorer=Recorded) as someone:
        person = Victim(someone.app, someone.pilot)
        await person.live()
        await person.command("pods")
        await person.sees("Pods ")
        await person.live()
        await person.press("home")
        for _ in TARGETS:
            await person.press(*keys)
            await person.pilot.pause()
            await person.press("escape", "down")
        await person.is_unharmed()


async def test_a_dialog_names_many_targets_and_asks_for_a_word(tmp_path: Path) -> None:
    async with exploring(hostile_shop(), tmp_path, size=SIZE, explorer=Recorded) as someone:
        person = Victim(someone.app, someone.pilot)
        await person.live()
        await person.command("namespaces")
        await person.sees("Namespaces ")
        await person.live()
        await person.press("home", "ctrl+d")
        await person.sees("confirm")
        await person.press("escape", "home", *("space" for _ in range(6)), "ctrl+d")
        await person.sees("Delete 6 namespaces")
        await person.is_unharmed()


async def test_what_the_server_says_is_told_in_toasts_and_titles(tmp_path: Path) -> None:
    server = hostile_shop()
    for at in range(15):
        server.refuses("DELETE *", 403, SHORT[at][:60])
    server.refuses("*/services", 403, "".join(SHORT)[:4000], times=None)
    async with exploring(server, tmp_path, size=SIZE, explorer=Recorded) as someone:
        person = Victim(someone.app, someone.pilot)
        await person.sees("⊘ forbidden", "Pods ")
        await person.press("f4")
        for _ in range(3):
            await person.press(*("space" for _ in range(5)), "ctrl+d")
            await person.sees("Delete 5 pods")
            await person.press("right", "enter")
            await person.sees("delete failed")
        await person.is_unharmed()


async def test_an_answer_that_is_no_answer(tmp_path: Path) -> None:
    server = shop()
    server.answers("*/pods", 500, {"content-type": "text/html"}, "".join(SHORT).encode(), times=None)
    async with exploring(server, tmp_path, size=SIZE, explorer=Recorded) as someone:
        person = Victim(someone.app, someone.pilot)
        await person.sees("Services 2", "⚠")
        await person.is_unharmed()


async def test_the_story_tells_hostile_names(tmp_path: Path) -> None:
    server = hostile_shop()
    async with exploring(server, tmp_path, size=SIZE, explorer=Recorded, clock=time.time) as someone:
        person = Victim(someone.app, someone.pilot)
        await person.live()
        for at, text in enumerate(SHORT):
            server.removes(hostile_pod(HANDFULS.index(text), text))
            late = hostile_pod(HANDFULS.index(text), text)
            late["metadata"] |= {"uid": f"again-{at}", "name": f"b{at}{text}"}
            server.adds(late)
            if at % 10 == 0:
                await person.pilot.pause(0.02)
        await person.sees("→")
        await person.is_unharmed()


async def test_the_palette_suggestions_and_help(tmp_path: Path) -> None:
    server = hostile_shop()
    async with exploring(server, tmp_path, size=SIZE, explorer=Recorded) as someone:
        person = Victim(someone.app, someone.pilot)
        await person.live()
        for query in ("", "a1", "namespace a", "click", "delete"):
            await person.press("ctrl+p")
            await person.type(query)
            await person.pilot.pause(0.3)
            await person.press("end", "pagedown", "escape")
        for line in ("pod a", "ns a1", "ctx "):
            await person.press("colon")
            await person.type(line)
            await person.pilot.pause(0.1)
            await person.press("escape")
        for text in SHORT[::10]:
            person.app.look_at((f"a{text}",))
        await person.press("question_mark")
        await person.sees("Namespaces of this session")
        await person.press("pagedown", "end")
        await person.is_unharmed()


def hostile_kubeconfig(url: str) -> str:
    """The same server in contexts of every name."""
    config = kubeconfig(url)
    names = ['"' + "".join(f"\\U{ord(char):08x}" for char in text) + '"' for text in SHORT]
    more = [f"- {{name: {name}, context: {{cluster: fake, user: fake, namespace: {name}}}}}" for name in names]
    return config.replace("current-context", "\n".join(more) + "\ncurrent-context")


async def test_contexts_in_the_list_and_in_the_head_line(tmp_path: Path) -> None:
    async with exploring(shop(), tmp_path, size=SIZE, explorer=Recorded, config=hostile_kubeconfig) as someone:
        person = Victim(someone.app, someone.pilot)
        await person.live()
        await person.command("ctx")
        await person.sees("Contexts")
        await person.press("end", "home")
        await person.press("escape")
        for text in SHORT[::30]:
            person.app.go_to(text)
            await person.until(lambda text=text: person.app.session.context == text, "that context on")  # type: ignore[misc]
            await person.pilot.pause()
        await person.is_unharmed()


async def test_a_kubeconfig_that_is_none_is_named_with_its_path(tmp_path: Path) -> None:
    folder = tmp_path / "[@click=app.quit]x\x1b]0;PWNED\x07\u202e[\n"
    folder.mkdir()
    async with exploring(shop(), folder, size=SIZE, explorer=Recorded, config=lambda url: "a: [") as someone:
        person = Victim(someone.app, someone.pilot)
        await person.sees("no cluster")
        await person.is_unharmed()


async def test_an_object_in_all_its_tabs(tmp_path: Path) -> None:
    server = targets()
    text = "\n".join(f"{stamp()} {text}".replace("\n", " ") for text in SHORT)
    server.answers("*/log", 200, {"content-type": "text/plain"}, text.encode(), times=None)
    async with exploring(server, tmp_path, size=SIZE, explorer=Recorded) as someone:
        person = Victim(someone.app, someone.pilot)
        await person.live()
        await person.command("pods")
        await person.sees("Pods ")
        await person.live()
        await person.press("home")
        for _ in TARGETS:
            await person.press("enter")
            await person.sees("Overview")
            await person.pilot.pause(0.05)
            for _ in range(3):
                await person.press("tab")
                await person.pilot.pause(0.02)
            await person.press("escape", "down")
        await person.is_unharmed()


def test_the_log_file_does_nothing_to_who_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logfile, "log_file", lambda: tmp_path / "log")
    root = logging.getLogger()
    before, level, loud = root.handlers[:], root.level, logging.raiseExceptions
    try:
        logfile.open_log(2)
        logging.getLogger("kubetui").info("%s", "".join(HANDFULS))
    finally:
        for handler in root.handlers:
            handler.close()
        root.handlers[:], root.level, logging.raiseExceptions = before, level, loud
    written = (tmp_path / "log").read_text("utf-8")
    assert "PWNED" in written and obeyed(written) == []


async def test_a_click_on_hostile_text_runs_nothing(tmp_path: Path) -> None:
    server = shop()
    server.holds(*(hostile_pod(at, text) for at, text in enumerate(MARKUP)))
    server.refuses("*/services", 403, MARKUP[0] * 20, times=None)
    async with exploring(server, tmp_path, size=SIZE, explorer=Recorded) as someone:
        person = Victim(someone.app, someone.pilot)
        await person.sees("⊘ forbidden", "Pods ")
        await person.press("f4")
        before = person.app.screen
        for y in (*range(1, 14), SIZE[1] // 2, SIZE[1] - 1):
            for x in (40, 70):
                await person.pilot.click(offset=(x, y))
        assert person.app.screen is before
        await person.is_unharmed()


async def test_a_megabyte_without_a_blank_is_a_name_and_a_line_of_a_log_like_any(tmp_path: Path) -> None:
    server = shop()
    huge = "w" * 1_000_000
    late = hostile_pod(0, "x")
    late["metadata"]["name"] = huge
    server.holds(late)
    server.answers("*/log", 200, {"content-type": "text/plain"}, f"{stamp()} {huge}\n".encode(), times=None)
    async with exploring(server, tmp_path, size=SIZE, explorer=Recorded) as someone:
        person = Victim(someone.app, someone.pilot)
        await person.live()
        await person.press("f4", "end", "ctrl+d")
        await person.sees("Delete pod/www")
        await person.press("escape", "enter")
        await person.sees("Overview")
        for _ in range(3):
            await person.press("tab")
            await person.pilot.pause(0.05)
        await person.is_unharmed()
        assert len(person.terminal.written) < 4_000_000
