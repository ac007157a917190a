"""An episode that accounts for pods going: a scaling down, a rollout, an owner's removal. Knows not why they go."""

from collections.abc import Callable

from kubetui.kinds.pod import Pod
from kubetui.story.plot import Plot
from kubetui.story.signs import controller
from kubetui.story.wording import tail


class Shedding(Plot):
    """Keeps who was told to go and who is gone, and has its narrator settle it at each step."""

    def __init__(self, at: float, settle: Callable[[float], None]) -> None:
        super().__init__(at)
        self.leaving: dict[str, str] = {}
        """Short names of the pods that go or went, by uid, in the order in which they were told to."""
        self.gone = 0
        self._settle = settle

    def took(self, pod: Pod, at: float) -> None:
        """This pod goes on its account."""
        owner = controller(pod)
        self.leaving[pod.metadata.uid] = tail(pod.metadata.name, owner.name if owner is not None else "")
        self._settle(at)

    def went(self, at: float) -> None:
        """One of those is gone."""
        self.gone += 1
        self._settle(at)
