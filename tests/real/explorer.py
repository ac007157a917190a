"""The explorer in front of a real control plane, driven by keys, with kubectl as the witness of what it shows."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from kubetui.client.transport import Transport
from kubetui.settings.options import Options
from kubetui.tui.app import Explorer
from kubetui.tui.pane import Pane
from kubetui.tui.session import Session
from kubetui.tui.workplace import Workplace
from tests.controlplane.plane import ControlPlane
from tests.tui.exploring import Person

TIMES = ("AGE", "LAST SEEN", "CREATED AT")
"""Columns that grow old between two looks; what they say is proved elsewhere."""

Row = dict[str, str]


@asynccontextmanager
async def exploring(
    plane: ControlPlane,
    *,
    namespace: str | None = None,
    context: str = "admin",
    kubeconfig: Path | None = None,
    size: tuple[int, int] = (200, 50),
) -> AsyncIterator[Person]:
    """A person in front of the explorer, which looks at that control plane in real time, its own way or another."""
    session = Session(Options(kubeconfig=kubeconfig or plane.kubeconfig, context=context, namespace=namespace))
    try:
        await session.switch()
        app = Explorer(session)
        async with app.run_test(size=size, notifications=True) as pilot:
            yield Person(app, pilot)
    finally:
        await session.close()


async def kubectl(plane: ControlPlane, *args: str, **how: Any) -> str:
    """What kubectl prints, while the explorer goes on."""
    return await asyncio.to_thread(plane.kubectl, *args, **how)


async def told(plane: ControlPlane, *args: str) -> Any:
    """What kubectl gets, as JSON."""
    return json.loads(await kubectl(plane, "get", *args, "-o", "json"))


async def command(person: Person, line: str) -> None:
    """A line on the command line."""
    await person.press("colon")
    await person.type(line)
    await person.press("enter")


def panes(person: Person) -> dict[str, Pane]:
    """The panes of the screen by the plural of their kind."""
    screen = person.app.screen
    assert isinstance(screen, Workplace), screen
    return {pane.kind.resource.plural: pane for pane in screen.panes}


def printed(text: str) -> list[Row]:
    """The rows of what kubectl prints or a list shows, by title, without the times. Two blanks part columns."""
    head, *lines = [re.split(r"\s{2,}", line.strip()) for line in text.splitlines() if line.strip()]
    assert all(len(line) == len(head) for line in lines), (head, lines)
    rows = [dict(zip(head, line, strict=True)) for line in lines]
    return sorted(({title: row[title] for title in head if title not in TIMES} for row in rows), key=str)


def painted(person: Person, plural: str) -> list[Row]:
    """The rows that a pane's table has on the screen."""
    region = panes(person)[plural].table.region
    lines = person.screen.splitlines()[region.y : region.bottom]
    return printed("\n".join(line[region.x + 3 : region.right] for line in lines))


async def shows_what_kubectl_prints(
    person: Person, plane: ControlPlane, plural: str, *scope: str, context: str = "admin"
) -> int:
    """Waits until a pane's rows are kubectl's own, on the screen; tells how many they are."""
    end = time.monotonic() + 20
    while True:
        wanted = printed(await kubectl(plane, "get", plural, *scope, context=context))
        shown = painted(person, plural)
        if wanted == shown:
            return len(wanted)
        assert time.monotonic() < end, f"kubectl prints {wanted}\nthe screen has {shown}\n{person.screen}"
        await person.pilot.pause(0.1)


def held(person: Person, plural: str) -> dict[str, str]:
    """The names that a pane holds as living objects, and their uids."""
    view = panes(person)[plural].view
    return {
        row.object.metadata.name: row.uid for row in (view.row(at) for at in range(len(view))) if row.gone_at is None
    }


def versions(person: Person, plural: str) -> dict[str, str]:
    """uid and version of all living objects that a pane holds."""
    view = panes(person)[plural].view
    held = [row.object.metadata for row in (view.row(at) for at in range(len(view))) if row.gone_at is None]
    return {each.uid: each.resource_version for each in held}


async def lists_what_kubectl_does(person: Person, plane: ControlPlane, plural: str, *scope: str) -> int:
    """Waits until a pane has the very objects, in the very versions, that kubectl has; tells how many they are."""
    end = time.monotonic() + 40
    while True:
        items = [each["metadata"] for each in (await told(plane, plural, *scope))["items"]]
        wanted = {each["uid"]: each["resourceVersion"] for each in items}
        if versions(person, plural) == wanted:
            return len(wanted)
        assert time.monotonic() < end, f"kubectl has {wanted}\n{plural}: {versions(person, plural)}\n{person.screen}"
        await person.pilot.pause(0.2)


class Asked(NamedTuple):
    """One request that went out."""

    at: float
    method: str
    path: str
    query: Mapping[str, str]

    @property
    def lists(self) -> bool:
        """Whether it read a collection, and not only its version."""
        is_read = self.method == "GET" and not self.watches and self.query.get("limit") != "1"
        return is_read and not {"limit", "resourceVersion"}.isdisjoint(self.query)

    @property
    def watches(self) -> bool:
        return "watch" in self.query


@contextmanager
def counting(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Asked]]:
    """Every request of every transport, those too that got no answer."""
    asked: list[Asked] = []
    ask = Transport.request

    async def counted(self: Transport, method: str, path: str, **how: Any) -> Any:
        asked.append(Asked(time.monotonic(), method, path, dict(how.get("query", ()))))
        return await ask(self, method, path, **how)

    with monkeypatch.context() as patch:
        patch.setattr(Transport, "request", counted)
        yield asked
