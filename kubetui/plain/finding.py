"""What `check` finds."""

from enum import Enum
from typing import NamedTuple


class Mark(Enum):
    """How a finding counts; the value is what is printed."""

    WELL = "ok"
    NOTE = "--"
    SHORT = "no"


class Finding(NamedTuple):
    """One thing that was looked at."""

    mark: Mark
    topic: str
    sentence: str
    """What was found and, where it falls short, what to do."""
