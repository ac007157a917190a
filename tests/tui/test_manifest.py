"""The manifest view: live, searched, copied and saved byte for byte; only what is seen costs; secrets are masked."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from kubetui.kinds.pod import POD
from kubetui.resource import Resource, resource
from kubetui.tui.logs.saving import MOST_COPIED
from kubetui.tui.object.manifest import ManifestPane
from kubetui.tui.object.manifestview import ManifestView
from kubetui.yamltext import dump
from tests.tui.test_logs import HOSTILE

SECRET = resource("v1", "secrets", "Secret")
CONFIGMAP = resource("v1", "configmaps", "ConfigMap")


class Holder(App[None]):
    def __init__(self, res: Resource) -> None:
        super().__init__()
        self.pane = ManifestPane(res, "thing-web")
        self.copied: str | None = None

    def compose(self) -> ComposeResult:
        yield self.pane

    def on_mount(self) -> None:
        self.pane.view.focus()

    def copy_to_clipboard(self, text: str) -> None:
        self.copied = text


class Reader:
    """Someone who reads a manifest."""

    def __init__(self, app: Holder, pilot: Pilot[None]) -> None:
        self.app, self.pilot, self.pane, self.view = app, pilot, app.pane, app.pane.view

    async def tell(self, body: dict[str, Any], **how: Any) -> None:
        """The object as it is now; waits until its text is shown."""
        self.pane.tell(body, **how)
        await self.made()

    async def made(self) -> None:
        await self.app.workers.wait_for_complete()
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.made()

    @property
    def lines(self) -> list[str]:
        return [self.view.render_line(y).text.rstrip() for y in range(self.view.size.height)]

    @property
    def status(self) -> str:
        return str(self.pane.query_one("#manifest-status").render())

    @property
    def told(self) -> str:
        """The last notification."""
        return [each.message for each in self.app._notifications][-1]

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                await self.pilot.pause(0.02)

    def backgrounds(self, y: int) -> set[object]:
        return {segment.style.bgcolor for segment in self.view.render_line(y) if segment.style}


@asynccontextmanager
async def reading(
    body: dict[str, Any] | None = None, res: Resource = POD.resource, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Reader]:
    app = Holder(res)
    async with app.run_test(size=size, notifications=True) as pilot:
        reader = Reader(app, pilot)
        if body is not None:
            await reader.tell(body)
        yield reader


def thing(**parts: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Thing", "metadata": {"name": "web"}, **parts}


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_the_manifest_is_yaml_as_kubectl_writes_it(size: tuple[int, int]) -> None:
    async with reading(thing(spec={"replicas": 3}), size=size) as reader:
        assert reader.lines[:6] == [
            "apiVersion: v1", "kind: Thing", "metadata:", "  name: web", "spec:", "  replicas: 3",
        ]  # fmt: skip


async def test_managed_fields_are_folded_away_until_they_are_asked_for() -> None:
    body = thing()
    body["metadata"]["managedFields"] = [{"manager": "kubectl"}]
    async with reading(body) as reader:
        assert not any("manage" in line for line in reader.lines)
        await reader.press("f")
        assert "  - manager: kubectl" in reader.lines
        assert "managedFields shown" in reader.status


async def test_a_change_is_shown_and_glows_and_one_stays_where_one_is() -> None:
    spec = {f"field{at:03}": at for at in range(200)}
    async with reading(thing(spec=spec)) as reader:
        await reader.press(*["pagedown"] * 3)
        top = reader.lines[0]
        await reader.tell(thing(spec={**spec, "aaa": 1, "field068": -1}))
        assert reader.lines[0] == top
        changed = next(y for y, line in enumerate(reader.lines) if line == "  field068: -1")
        assert reader.backgrounds(changed) != reader.backgrounds(changed + 1)
        await reader.until(lambda: reader.backgrounds(changed) == reader.backgrounds(changed + 1))


async def test_search_goes_from_match_to_match_and_round_the_end() -> None:
    async with reading(thing(spec={f"field{at:03}": at for at in range(200)})) as reader:
        await reader.press("slash", *"field15", "enter")
        assert any("field150" in line for line in reader.lines)
        await reader.press("n", "N", "N")
        assert any("field159" in line for line in reader.lines)
        assert "/field15" in reader.status


async def test_a_search_without_a_match_says_so() -> None:
    async with reading(thing()) as reader:
        await reader.press("slash", *"zebra", "enter")
        assert reader.told.startswith("Nothing found")


async def test_what_is_copied_and_saved_is_the_text_byte_for_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    body = thing(data={"hostile": "\x1b]0;x\x07 \u202e \u200b 日本", "crlf": "a\r\nb\n"})
    async with reading(body) as reader:
        await reader.press("c")
        assert reader.app.copied == dump(body)
        await reader.press("ctrl+s")
        await reader.until(lambda: (tmp_path / "thing-web.yaml").exists())
    assert (tmp_path / "thing-web.yaml").read_bytes() == dump(body).encode()


async def test_what_is_too_large_for_a_terminal_is_not_copied() -> None:
    async with reading(thing(data={"a": "x" * (MOST_COPIED + 1)})) as reader:
        await reader.press("c")
        assert reader.app.copied is None
        assert "Too large to copy" in reader.told


async def test_what_cannot_be_saved_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with reading(thing()) as reader:
        monkeypatch.setattr("kubetui.tui.object.manifest.saved", lambda name: tmp_path / "missing" / name)
        await reader.press("ctrl+s")
        await reader.until(lambda: len(reader.app._notifications) > 0)
        assert "could not be saved" in reader.told


async def test_a_secrets_values_are_masked_on_the_screen_and_in_the_copy_until_asked_for() -> None:
    encoded = base64.b64encode(b"hush").decode()
    body = thing(data={"password": encoded, "pin": base64.b64encode(b"4711").decode()})
    async with reading(body, SECRET) as reader:
        await reader.press("c")
        assert encoded not in (reader.app.copied or "") and "password" in (reader.app.copied or "")
        assert not any(encoded in line for line in reader.lines)
        assert "masked" in reader.told and "masked" in reader.status
        await reader.press("x", "home", "enter")
        assert "  password: hush" in reader.lines and "  pin: '**** 4 bytes'" in reader.lines
        await reader.press("x", "end", "up", "enter")
        assert f"  password: {encoded}" in reader.lines
        await reader.press("x", "end", "enter")
        assert not any(word in line for line in reader.lines for word in (encoded, "hush"))


async def test_nothing_is_revealed_by_the_glow_of_another_look() -> None:
    async with reading(thing(data={"password": "aHVzaA=="}), SECRET) as reader:
        await reader.press("x", "enter")
        assert len({frozenset(reader.backgrounds(y)) for y in range(5)}) == 1


async def test_long_lines_are_seen_by_going_sideways_or_wrapped() -> None:
    async with reading(thing(value="x" * 100 + "END")) as reader:
        assert not any("END" in line for line in reader.lines)
        await reader.press("right", "right", "right")
        assert any("END" in line for line in reader.lines)
        await reader.press("w")
        assert any("END" in line for line in reader.lines)
        assert "wrap" in reader.status


async def test_wrapped_one_stays_at_the_same_line() -> None:
    body = thing(spec={f"field{at:03}": "x" * 150 for at in range(100)})
    async with reading(body) as reader:
        await reader.press(*["pagedown"] * 2)
        top = reader.lines[0][:12]
        await reader.press("w")
        assert reader.lines[0][:12] == top
        await reader.press("w")
        assert reader.lines[0][:12] == top


async def test_a_long_manifest_costs_what_is_seen_of_it() -> None:
    async with reading(thing(spec={f"field{at:05}": at for at in range(10_000)})) as reader:
        before = reader.view.painted
        await reader.press("pagedown", "end", "home", "pagedown")
        assert reader.view.painted - before <= 5 * reader.view.size.height


async def test_a_configmap_of_megabytes_opens_while_keys_are_answered() -> None:
    body = thing(data={f"key{at}": "some: text\n" * 2000 for at in range(70)})
    async with reading(res=CONFIGMAP) as reader:
        reader.pane.tell(body, notice="")
        loop = asyncio.get_running_loop()
        slowest, began = 0.0, loop.time()
        while not reader.view.shown.lines:
            tick = loop.time()
            await asyncio.sleep(0.005)
            slowest = max(slowest, loop.time() - tick)
            assert loop.time() - began < 20
        assert len(reader.view.shown.lines) > 140_000
        assert slowest < 1.0


async def test_only_the_last_of_many_changes_is_waited_for() -> None:
    async with reading() as reader:
        for count in range(50):
            reader.pane.tell(thing(count=count))
        await reader.made()
        assert reader.lines[1] == "count: 49"


async def test_while_there_is_nothing_it_says_why() -> None:
    async with reading() as reader:
        reader.pane.tell({}, notice="secrets is forbidden: [@click=app.quit]no[/]\x1b[2J")
        await reader.pilot.pause()
        assert reader.lines[1].strip() == "secrets is forbidden: [@click=app.quit]no[/][2J"


@pytest.mark.parametrize("wrap", [False, True])
async def test_nothing_hostile_reaches_the_terminal(wrap: bool) -> None:
    hostile = [text.encode("utf-8", "replace").decode() for text in HOSTILE]
    body = thing(data={f"key{at}{text}": text * 3 for at, text in enumerate(hostile)}, text="\n".join(hostile))
    async with reading(body, size=(60, 30)) as reader:
        if wrap:
            await reader.press("w")
        for _ in range(4):
            for y in range(reader.view.size.height):
                strip = reader.view.render_line(y)
                assert strip.text.isprintable()
                assert strip.cell_length == reader.view.scrollable_content_region.width
            await reader.press("pagedown", "right")


async def test_wide_characters_take_two_cells() -> None:
    async with reading(thing(value="日本語" * 30)) as reader:
        line = next(strip for y in range(6) if "日" in (strip := reader.view.render_line(y)).text)
        assert line.cell_length == reader.view.scrollable_content_region.width
        await reader.press("right")
        assert any("語" in text for text in reader.lines)


def test_the_view_takes_the_keys_that_move_and_no_others() -> None:
    keys = {binding.key for binding in ManifestView.BINDINGS if not isinstance(binding, tuple)}
    assert not keys & {"escape", "tab", "enter", "slash"}
