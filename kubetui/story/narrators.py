"""The registry: every sort of episode that is told, in the order in which they hear a change.

To add one, write its file and name its narrator here. What accounts for lost pods comes before healing, which tells
of those that are left over.
"""

from kubetui.story.healing import HealingNarrator
from kubetui.story.narrator import Narrator

NARRATORS: tuple[type[Narrator], ...] = (HealingNarrator,)
