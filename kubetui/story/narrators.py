"""The registry: every sort of episode that is told, in the order in which they hear a change.

To add one, write its file and name its narrator here. What accounts for lost pods comes before healing, which tells
of those that are left over; scaling comes before rollouts, since it asks which of those still goes on.
"""

from kubetui.story.crash import CrashNarrator
from kubetui.story.healing import HealingNarrator
from kubetui.story.lone import LoneNarrator
from kubetui.story.narrator import Narrator
from kubetui.story.outage import OutageNarrator
from kubetui.story.removal import RemovalNarrator
from kubetui.story.rollout import RolloutNarrator
from kubetui.story.scaling import ScalingNarrator
from kubetui.story.unready import UnreadyNarrator

NARRATORS: tuple[type[Narrator], ...] = (
    RemovalNarrator,
    ScalingNarrator,
    RolloutNarrator,
    HealingNarrator,
    LoneNarrator,
    CrashNarrator,
    OutageNarrator,
    UnreadyNarrator,
)
