"""What a scenario is, and the stage on which it happens. Knows none of them."""

from collections.abc import Callable
from typing import Protocol

import msgspec

from kubetui.demo.control_plane import ControlPlane


class Impossible(Exception):
    """A scenario can't begin; the message says why."""


class ApiServer(Protocol):
    """What can happen to the API server itself. All times are the client's seconds, whatever the speed of time."""

    def fall_silent(self, seconds: float) -> None:
        """Answers nothing for so long, on connections that stay open; then goes on."""
        ...

    def restart(self, seconds: float) -> None:
        """Cuts every connection, and serves again on the same port after so long."""
        ...

    def expire_tokens(self, seconds: float) -> None:
        """Makes the tokens of the kubeconfig worthless, and puts new ones in their place after so long."""
        ...


class Stage(msgspec.Struct, frozen=True):
    """What scenarios may lay hands on."""

    plane: ControlPlane
    api: ApiServer


class Scenario(msgspec.Struct, frozen=True):
    """Something that happens."""

    watch: str
    """One line of what to look at."""
    begin: Callable[[Stage, str], str]
    """Begins it with what was given to it, empty for its own choice; returns what it happens to. Raises Impossible
    where there is no such thing."""
    takes: str = ""
    """What may be given: NODE, ZONE, POD, DEPLOYMENT or SECONDS; nothing where it is empty."""


def seconds_of(given: str, usual: float) -> float:
    """A number of seconds, as `30` or `30s`; `usual` where nothing is given. Impossible where it is none."""
    if not given:
        return usual
    try:
        seconds = float(given.removesuffix("s"))
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= _LONGEST:
        raise Impossible(f"{given!r} is no number of seconds between 0 and {_LONGEST:g}")
    return seconds


_LONGEST = 3_600.0
