"""From a key to a deed: which verb a key means for the kind in focus, what it asks, and what came of it."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from typing import Any

from textual.app import App
from textual.binding import Binding, BindingType
from textual.content import Content

from kubetui.actions.action import Action, Answers, Risk, Target
from kubetui.actions.deed import Deed, Outcome, Result
from kubetui.actions.guard import guarded, too_many
from kubetui.actions.journal import entries
from kubetui.actions.registry import ACTIONS, Offer, applicable, barred
from kubetui.kinds.kind import Kind
from kubetui.live.cluster import Cluster
from kubetui.text import sanitise, sanitise_lines
from kubetui.tui.dialog import Dialog
from kubetui.tui.session import Session
from kubetui.tui.ways.keys import spelled
from kubetui.tui.ways.menu import Menu

log = logging.getLogger(__name__)

SLOW = 3.0
"""Seconds without an answer after which a person is told that it is being waited for."""
PATIENCE = 2.0
"""Seconds that a verb waits to learn whether the user may do it, before it is tried all the same."""
BARRED = "⊘"
"""Stands with a verb that one may not use."""


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

    def offers(self, kind: Kind[Any], targets: Sequence[Target]) -> list[Offer]:
        """The verbs of a kind, each with what bars it from being used on these targets."""
        actions = applicable(kind, readonly=bool(self._session.readonly))
        return [Offer(action, self.barred(action, targets)) for action in actions]

    def barred(self, action: Action, targets: Sequence[Target]) -> str:
        """Why a verb may not be used on one of these; empty where it may, or that is not known."""
        cluster = self._session.cluster
        rights = cluster.rights if cluster else None
        reasons = (barred(action, each.kind, rights, each.namespace, each.name) for each in targets)
        return next(filter(None, reasons), "")

    async def menu(self, targets: Sequence[Target], at: tuple[int, int]) -> Action | None:
        """Lets a verb be chosen."""
        await self._learn(applicable(targets[0].kind, readonly=bool(self._session.readonly)), targets)
        return await self._app.push_screen_wait(Menu(str(targets[0]), self.offers(targets[0].kind, targets), at))

    async def may(self, action: Action, targets: Sequence[Target]) -> bool:
        """Whether nothing is known to bar the verb; what bars it is told. Waits a little to learn of new namespaces."""
        if action.risk is not Risk.READS:
            await self._learn([action], targets)
        why = self.barred(action, targets)
        if why:
            self._app.notify(sanitise(f"{BARRED} {why}"), severity="warning", markup=False, timeout=6)
        return not why

    async def _learn(self, actions: Iterable[Action], targets: Sequence[Target]) -> None:
        """Waits a little to learn whether these verbs may be used on these targets."""
        if (cluster := self._session.cluster) is None:
            return
        try:
            async with asyncio.timeout(PATIENCE):
                rights = {action.needs(targets[0].kind) for action in actions}
                await cluster.rights.learn(*{each.namespace for each in targets}, rights=rights)
        except TimeoutError:
            log.info("it is not known in time what is allowed of %s", targets[0].kind.resource.plural)

    async def do(self, action: Action, targets: Sequence[Target]) -> bool:
        """Asks what is to be asked, acts on each target, tells what came of it; false where it was not done at all."""
        cluster = self._session.cluster
        if cluster is None:
            return False
        targets = targets if action.many else targets[:1]
        if why := too_many(action, targets, self._session.settings.bulk_cap):
            self._app.notify(why, severity="warning", markup=False, timeout=8)
            return False
        if not await self.may(action, targets):
            return False
        production = self._session.is_production and action.risk is not Risk.READS
        question = guarded(action, targets, self._session.context) if production else action.asks(targets)
        answers: Answers | None = {}
        if question is not None:
            answers = await self._app.push_screen_wait(Dialog(action, targets, question, self._session.context))
        if answers is None:
            return False
        if cluster is not self._session.cluster:
            self._app.notify("Nothing was done: this cluster was left meanwhile.", severity="warning")
            return False
        await self._act(cluster, action, targets, answers)
        return True

    async def _act(self, cluster: Cluster, action: Action, targets: Sequence[Target], answers: Answers) -> None:
        """Does it, and writes down what came of it; also where it is given up in the middle."""
        deed = Deed(
            action,
            cluster.api,
            answers,
            about=lambda target: self._session.announce(target.uid, action.name),
            lost=lambda why: self._warn(f"No answer to {action.name}: {why}. Looking whether it was done …"),
        )
        waiting = asyncio.get_running_loop().call_later(SLOW, self._warn, f"No answer to {action.name} yet …")
        try:
            outcomes = await deed.done(targets)
        except asyncio.CancelledError:
            self._write(cluster, action, answers, deed.open)
            raise
        finally:
            waiting.cancel()
        self._tell(action, outcomes)
        if any(outcome.reason == "Forbidden" for outcome in outcomes):
            cluster.rights.doubt()
        self._write(cluster, action, answers, outcomes)

    def _write(self, cluster: Cluster, action: Action, answers: Answers, outcomes: Sequence[Outcome]) -> None:
        """To the journal; one that can't be written ends nothing, and is told once."""
        try:
            self._session.journal.write(entries(cluster.api.access, action, answers, outcomes, self._session.clock()))
        except OSError as why:
            log.warning("the journal can't be written: %s", why)
            if not self._session.journal_failed:
                self._session.journal_failed = True
                self._warn(f"The journal of changes can't be written: {why.strerror}. Changes are made all the same.")

    def _warn(self, sentence: str) -> None:
        self._app.notify(sanitise(sentence), severity="warning", markup=False, timeout=10)

    def _tell(self, action: Action, outcomes: Sequence[Outcome]) -> None:
        for results, title in (
            ((Result.REFUSED, Result.NOT_DONE), f"{action.name} failed"),
            ((Result.UNKNOWN,), f"{action.name}: not known"),
        ):
            if failed := [outcome.said for outcome in outcomes if outcome.result in results]:
                more = f"\n… and {len(failed) - 3} more" if len(failed) > 3 else ""
                text = sanitise_lines("\n".join(failed[:3]) + more)
                self._app.notify(text, title=title, severity="error", markup=False, timeout=12)
        done = [outcome.said for outcome in outcomes if outcome.result is Result.DONE]
        if done:
            text = done[0] if len(done) == 1 else f"{done[0]}, and {len(done) - 1} more"
            self._app.notify(sanitise_lines(text), markup=False, timeout=4)


def hint(offer: Offer) -> Content:
    """A verb in a line of keys; one that may not be used is dimmed, and has its sign."""
    action = offer.action
    if offer.barred:
        return Content.styled(f"{BARRED}{spelled(action.key)} {action.name}", "$text-disabled")
    style = "$text-error" if action.risk is Risk.DESTROYS else "$text"
    return Content.assemble((spelled(action.key), "bold $primary"), " ", (action.name, style))
