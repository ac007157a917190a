"""The differences that are known and let be: a short file, each with its reason."""

from collections.abc import Iterable
from pathlib import Path

import msgspec
import yaml

MOST = 10
_FILE = Path(__file__).parent / "differences.yaml"


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a difference shows."""

    session: str
    about: str
    """The command, or `left: objects PLURAL` or `left: events KIND/NAME`."""


class Known(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One difference that is let be."""

    difference: str
    reason: str
    places: tuple[Place, ...] = ()
    alike: str = ""
    """What `alike` leaves out, of a difference that shows everywhere."""


def known() -> list[Known]:
    """All of them."""
    return msgspec.convert(yaml.safe_load(_FILE.read_text()), list[Known])


def unknown(session: str, found: Iterable[tuple[str, str]]) -> list[str]:
    """The differences (what they are about, how they show) of a session that nobody has given a reason for."""
    excused = {place.about for one in known() for place in one.places if place.session == session}
    return [f"{about}\n{text}" for about, text in found if about not in excused]
