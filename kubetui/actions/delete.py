"""Delete: one object or all marked, never a namesake that was born meanwhile."""

from collections.abc import Sequence
from typing import Any

import msgspec

from kubetui.actions.action import (
    LEFT_ALONE,
    Action,
    Answers,
    Choice,
    Number,
    Question,
    Risk,
    Target,
    Toggle,
    command,
    counted,
    is_namesake,
    right_on,
)
from kubetui.client.api import Api
from kubetui.client.errors import Conflict, NotFound
from kubetui.client.wirejson import decode_answer
from kubetui.kinds.kind import Kind
from kubetui.live.rights import Right
from kubetui.live.store import uid_of
from kubetui.read import Object

HANDFUL = 5
"""Objects above which the number must be typed."""

_CASCADE = {"background": "Background", "foreground": "Foreground", "orphan": "Orphan"}


class Delete(Action):
    """Delete the object, or all marked ones."""

    name, key, risk, many = "delete", "ctrl+d", Risk.DESTROYS, True

    def applies(self, kind: Kind[Any]) -> bool:
        return not kind.resource.verbs or "delete" in kind.resource.verbs

    def needs(self, kind: Kind[Any]) -> Right:
        return right_on(kind, "delete")

    def asks(self, targets: Sequence[Target]) -> Question:
        first = targets[0]
        fields = (
            Number("grace", "Grace, seconds", None, note="empty: as it asks itself"),
            Toggle("force", "Force, not waiting for the node"),
            Choice("cascade", "What it owns", tuple(_CASCADE), "background"),
        )
        typed = ""
        if first.kind.resource.qualified in ("namespaces", "nodes") and len(targets) == 1:
            typed = first.name
        elif len(targets) > HANDFUL:
            typed = str(len(targets))
        return Question(f"Delete {counted(targets)}", "Delete", fields, _warning(first.kind, len(targets)), typed)

    def kubectl(self, target: Target, answers: Answers) -> str:
        flags = []
        if answers["force"]:
            flags += ["--force", "--grace-period=0"]
        elif answers["grace"] is not None:
            flags.append(f"--grace-period={answers['grace']}")
        if answers["cascade"] != "background":
            flags.append(f"--cascade={answers['cascade']}")
        return command("delete", target, *flags)

    async def run(self, api: Api, target: Target, answers: Answers) -> str:
        options: dict[str, Any] = {
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "propagationPolicy": _CASCADE[answers["cascade"]],
            "preconditions": {"uid": target.uid},
        }
        grace = 0 if answers["force"] else answers["grace"]
        if grace is not None:
            options["gracePeriodSeconds"] = grace
        try:
            await api.send("DELETE", target.path, msgspec.json.encode(options))
        except NotFound:
            return f"{target} was gone already"
        except Conflict:
            if await is_namesake(api, target):
                return f"{target} {LEFT_ALONE}"
            raise
        return f"{target} deleted"

    async def happened(self, api: Api, target: Target, answers: Answers) -> bool:
        try:
            found = decode_answer(await api.get(target.path), Object, "an object")
        except NotFound:
            return True
        return uid_of(found) != target.uid or found.metadata.deletion_timestamp is not None


def _warning(kind: Kind[Any], count: int) -> str:
    match kind.resource.qualified:
        case "namespaces":
            return "Everything in it is deleted too."
        case "nodes":
            return "The machine goes on; its pods are evicted from the API." if count == 1 else "Their pods go too."
    return ""
