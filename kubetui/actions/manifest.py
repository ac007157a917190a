"""Manifest: the object as the server has it."""

from typing import Any

from kubetui.actions.action import Action, Answers, Show, Target, command, right_on
from kubetui.kinds.kind import Kind
from kubetui.live.rights import Right


class Manifest(Action):
    """Read the manifest, live."""

    name, key, shows = "manifest", "y", Show("manifest")

    def applies(self, kind: Kind[Any]) -> bool:
        return True

    def needs(self, kind: Kind[Any]) -> Right:
        return right_on(kind, "get")

    def kubectl(self, target: Target, answers: Answers) -> str:
        return command("get", target, "-o", "yaml")
