"""Lifecycle hooks of a container (postStart, preStop): how long one takes, and whether it goes well. Pure."""

from math import inf

import msgspec

from kubetui.demo.kubelet.behaviour import command_behaviour
from kubetui.demo.kubelet.container import Container
from kubetui.demo.objects import Json

_AT_ONCE = 0.05
_FOREVER = ("while", "tail", "infinity")


class Hook(msgspec.Struct, frozen=True):
    """One run of a hook."""

    seconds: float
    """How long it takes; infinite where it never ends by itself."""
    succeeds: bool = True


def hook_of(one: Container, kind: str, age: float) -> Hook | None:
    """The container's hook `postStart` or `preStop`, run at that age of the container; None where it has none."""
    handler = (one.spec.get("lifecycle") or {}).get(kind)
    if not handler:
        return None
    if handler.get("sleep"):
        return Hook(float(handler["sleep"].get("seconds", 0)))
    if handler.get("exec"):
        return _command(handler["exec"])
    return Hook(_AT_ONCE, one.behaviour.serves(age))


def _command(handler: Json) -> Hook:
    command = [str(word) for word in handler.get("command") or ()]
    if not command:
        return Hook(_AT_ONCE, succeeds=False)
    does = command_behaviour(command)
    if does.ends_at is not None:
        return Hook(does.ends_at, does.code == 0)
    runs_on = any(word in _FOREVER for part in command for word in part.split())
    return Hook(inf if runs_on else _AT_ONCE)
