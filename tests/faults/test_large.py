"""More than anyone wants: objects of megabytes, logs of a million lines, lists in pages whose rest is gone."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kubetui.demo.http.message import Answer, Request, Stream
from kubetui.demo.http.streaming.pipe import Upgrade
from kubetui.demo.objects import name_of
from kubetui.demo.refusals import expired
from kubetui.demo.resources import PODS
from kubetui.tui.logs.pane import LogPane
from kubetui.tui.object.screen import ObjectScreen
from tests.faults.scene import scene

pytestmark = pytest.mark.looptime(noop_cycles=4)


async def test_a_list_whose_continue_token_has_expired_begins_anew_and_keeps_its_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lists(request: Request) -> bool:
        return request.query.get("watch") != "true" and bool(
            {"limit", "resourceVersion", "continue"} & {*request.query}
        )

    async def in_small_pages(request: Request) -> Answer | Stream | Upgrade:
        if "continue" in request.query:
            told = expired("The provided continue parameter is too old to display a consistent list result.")
            return Answer(msgspec.json.encode(told.status), 410)
        return await it.gate.handler(msgspec.structs.replace(request, query={**request.query, "limit": "4"}))

    async with scene(tmp_path, monkeypatch) as it:
        await it.open_everything()
        rows, asked = len(it.table.rows), len(it.gate.asked)
        it.gate.instead(lists, in_small_pages)
        it.stirs()
        it.registry.storage.compact()
        await it.person.until(
            lambda: any("continue parameter is too old" in why for why in it.differences()), "why", seconds=12
        )
        await asyncio.sleep(10)
        assert len(it.table.rows) == rows
        it.gate.open()
        await it.live_again(within=35)
        assert len(it.gate.asked) - asked < 200
        assert any("continue" in request.query for request in it.gate.asked)


async def test_objects_of_twenty_megabytes_come_by_list_and_by_watch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def grown(pod: dict[str, Any], text: str) -> None:
        metadata = pod["metadata"] | {"annotations": {"note": text * (20 << 20)}}
        it.registry.storage.put(PODS, pod | {"metadata": metadata})

    async with scene(tmp_path, monkeypatch) as it:
        await it.open_everything()
        first, second, *_ = (one for one in it.registry.list(PODS, "shop") if name_of(one).startswith("storefront"))
        asked = len(it.gate.asked)
        grown(first, "a")
        await it.live_again(within=10)
        grown(second, "b")
        await it.live_again(within=10)
        it.line.reset()
        it.registry.storage.compact()
        it.stirs()
        await it.live_again(within=35)
        assert len(it.gate.asked) - asked < 60
        await it.told("● live", within=5)
        log = next(screen for screen in it.person.app.screen_stack if isinstance(screen, ObjectScreen))
        assert not any("does not speak" in entry.text for entry in log.query_one(LogPane).book.ring)
        await it.person.sees("Cancel")


LINES = 1_000_000


async def test_a_log_of_a_million_lines_is_followed_filtered_and_scrolled_and_what_is_dropped_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def flood() -> AsyncGenerator[bytes, None]:
        some = b"".join(b"2026-11-22T12:00:00Z request=%d\n" % number for number in range(5_000))
        for _ in range(LINES // 5_000):
            yield some
            await asyncio.sleep(0.02)
        await asyncio.Event().wait()

    async def log(request: Request) -> Stream:
        return Stream(flood(), "text/plain")

    async with scene(tmp_path, monkeypatch) as it:
        it.person.blink = 0.02
        it.gate.instead(lambda request: request.path.endswith("/log"), log)
        await it.person.live()
        await it.person.type(":pods /storefront")
        await it.person.press("enter")
        await it.person.sees("Pods", "storefront")
        await it.person.live()
        await it.person.press("l")
        await it.person.sees("request=")
        book = it.person.app.screen.query_one(LogPane).book
        await it.person.press("s", "home")
        await it.person.sees("‖ paused")
        assert 0 < book.received < LINES
        await it.person.until(lambda: book.received >= LINES, "all of it", 60)
        await it.person.type("/4999")
        await it.person.sees("900,000 dropped", "20 of 100,000 lines", "request=4999", seconds=20)
        assert len(book.ring) == 100_000
