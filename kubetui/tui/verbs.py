"""From a key to a deed: which verb a key means for the kind in focus, what it asks, and what came of it."""

import asyncio
import logging
from collections.abc import Sequence

from textual.app import App
from textual.binding import Binding, BindingType
from textual.content import Content

from kubetui.actions.action import Action, Answers, Risk, Target
from kubetui.actions.registry import ACTIONS, applicable
from kubetui.client.api import Api
from kubetui.client.errors import ApiError
from kubetui.text import sanitise_lines
from kubetui.tui.dialog import Dialog
from kubetui.tui.session import Session
from kubetui.tui.ways.keys import spelled
from kubetui.tui.ways.menu import Menu

log = logging.getLogger(__name__)

AT_ONCE = 10
"""Requests under way at once where many objects are marked."""


def bindings() -> list[BindingType]:
    """One binding for each key of a verb; which verb it means is found when it is pressed."""
    keys = dict.fromkeys(action.key for action in ACTIONS)
    names = {key: next(action.name for action in ACTIONS if action.key == key) for key in keys}
    return [Binding(key, f"verb({key!r})", names[key], show=False, id=f"verb.{key}") for key in keys]


class Verbs:
    """Does verbs on targets, for any screen that has some."""

    def __init__(self, app: App[int], session: Session) -> None:
        self._app = app
        self._session = session

    def meant(self, key: str, targets: Sequence[Target]) -> Action | None:
        """The verb of a key for these targets; None where it has none, or read-only mode took it away."""
        if not targets:
            return None
        known = applicable(targets[0].kind, readonly=bool(self._session.readonly))
        return next((action for action in known if action.key == key), None)

    async def menu(self, targets: Sequence[Target], at: tuple[int, int]) -> Action | None:
        """Lets a verb be chosen."""
        actions = applicable(targets[0].kind, readonly=bool(self._session.readonly))
        return await self._app.push_screen_wait(Menu(str(targets[0]), actions, at))

    async def do(self, action: Action, targets: Sequence[Target]) -> bool:
        """Asks what is to be asked, acts on each target, tells what came of it; false where it was cancelled."""
        cluster = self._session.cluster
        if cluster is None:
            return False
        targets = targets if action.many else targets[:1]
        question = action.asks(targets)
        answers: Answers | None = {}
        if question is not None:
            answers = await self._app.push_screen_wait(Dialog(action, targets, question, self._session.context))
        if answers is None:
            return False
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(target: Target) -> tuple[bool, str]:
            async with gate:
                self._session.announce(target.uid, action.name)
                return await attempt(action, cluster.api, target, answers)

        outcomes = await asyncio.gather(*map(one, targets))
        self._tell(action, outcomes)
        return True

    def _tell(self, action: Action, outcomes: Sequence[tuple[bool, str]]) -> None:
        failed = [said for well, said in outcomes if not well]
        if failed:
            more = f"\n… and {len(failed) - 3} more" if len(failed) > 3 else ""
            text = sanitise_lines("\n".join(failed[:3]) + more)
            self._app.notify(text, title=f"{action.name} failed", severity="error", markup=False, timeout=12)
        done = [said for well, said in outcomes if well]
        if done:
            text = done[0] if len(done) == 1 else f"{done[0]}, and {len(done) - 1} more"
            self._app.notify(sanitise_lines(text), markup=False, timeout=4)


async def attempt(action: Action, api: Api, target: Target, answers: Answers) -> tuple[bool, str]:
    """One deed on one object: whether it went well, and a sentence; what the server refuses is told as it says it."""
    try:
        said = await action.run(api, target, answers)
        log.info("%s %s in %s: %s", action.name, target, target.namespace or "the cluster", said)
        return True, said
    except ApiError as why:
        log.warning("%s %s in %s: %s", action.name, target, target.namespace or "the cluster", why)
        return False, f"{target}: {why.message}"


def hint(action: Action) -> Content:
    """A verb in a line of keys."""
    style = "$text-error" if action.risk is Risk.DESTROYS else "$text"
    return Content.assemble((spelled(action.key), "bold $primary"), " ", (action.name, style))
