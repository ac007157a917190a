"""The explorer on the fake API server, driven by keys, with a clock that a test sets."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from kubetui.live.state import Phase
from kubetui.settings.options import Options
from kubetui.settings.settings import Settings
from kubetui.tui.app import Explorer
from kubetui.tui.session import DEFAULTS, Session
from kubetui.tui.workplace import Workplace
from tests.fake.apiserver import FakeApiServer
from tests.fake.front import kubeconfig, listening
from tests.tui.shop import NOW


class Person:
    """Someone at the keyboard who looks at the screen."""

    blink = 0.02
    """Seconds between two looks."""

    def __init__(self, app: Explorer, pilot: Pilot[int]) -> None:
        self.app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        await self.pilot.press(*("space" if char == " " else char for char in text))

    @property
    def screen(self) -> str:
        """What is on the screen, line by line."""
        width, height = self.app.size
        lines = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in lines[:height] if width)

    async def sees(self, *texts: str, seconds: float = 10.0) -> str:
        """Waits until all of these are on the screen."""
        return await self.until(lambda: all(text in self.screen for text in texts), f"{texts} on", seconds)

    async def sees_no(self, *texts: str, seconds: float = 10.0) -> str:
        """Waits until none of these is on the screen."""
        return await self.until(lambda: not any(text in self.screen for text in texts), f"no {texts} on", seconds)

    async def until(self, condition: Callable[[], bool], what: str, seconds: float = 10.0) -> str:
        try:
            async with asyncio.timeout(seconds):
                while not condition():
                    await self.pilot.pause(self.blink)
        except TimeoutError:
            raise AssertionError(f"Waited for {what} this screen:\n{self.screen}") from None
        return self.screen

    async def live(self) -> None:
        """Waits until every pane on the screen is live."""
        screen = self.app.screen
        assert isinstance(screen, Workplace)
        await self.until(
            lambda: bool(screen.panes) and all(pane.state.phase is Phase.LIVE for pane in screen.panes), "live panes on"
        )
        await self.pilot.pause()


@asynccontextmanager
async def exploring(
    server: FakeApiServer,
    folder: Path,
    *,
    size: tuple[int, int] = (120, 40),
    options: Options | None = None,
    settings: Settings = DEFAULTS,
    problems: Sequence[str] = (),
    clock: Callable[[], float] = NOW.timestamp,
    config: Callable[[str], str] = kubeconfig,
    explorer: type[Explorer] = Explorer,
) -> AsyncIterator[Person]:
    """A person in front of the explorer, which looks at that server; `config` makes the kubeconfig from its URL."""
    async with listening(server) as url:
        path = folder / "config"
        path.write_text(config(url))
        given = options or Options()
        session = Session(
            Options(
                kind=given.kind,
                namespace=given.namespace,
                readonly=given.readonly,
                context=given.context,
                kubeconfig=path,
                theme=given.theme,
            ),
            settings,
            clock=clock,
        )
        try:
            await session.switch()
            app = explorer(session, problems)
            async with app.run_test(size=size, notifications=True) as pilot:
                yield Person(app, pilot)
        finally:
            await session.close()
