"""Describe: the object told on one page."""

from typing import Any

from kubetui.actions.action import Action, Answers, Show, Target, command, right_on
from kubetui.kinds.kind import Kind
from kubetui.live.rights import Right


class Describe(Action):
    """Open the object: overview, manifest, events, logs."""

    name, key, shows = "open", "d", Show("overview")

    def applies(self, kind: Kind[Any]) -> bool:
        return True

    def needs(self, kind: Kind[Any]) -> Right:
        return right_on(kind, "get")

    def kubectl(self, target: Target, answers: Answers) -> str:
        return command("describe", target)


class Events(Action):
    """Show what the cluster reported about the object."""

    name, key, shows = "events", "E", Show("events")
    minor = True

    def applies(self, kind: Kind[Any]) -> bool:
        return True

    def needs(self, kind: Kind[Any]) -> Right:
        return Right("list", "", "events")

    def kubectl(self, target: Target, answers: Answers) -> str:
        return command("events", target).replace("events ", "events --for=", 1)
