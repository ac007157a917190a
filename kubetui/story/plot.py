"""An episode while it is being told, and the book that numbers, bounds and freezes episodes. Knows no kind."""

from abc import ABC, abstractmethod
from collections.abc import Callable

from kubetui.kinds.kind import Health
from kubetui.story.episode import Episode
from kubetui.story.part import Part, Role, Step, outcome
from kubetui.story.wording import duration


class Plot(ABC):
    """One episode in the making: mutable, owned by the narrator that began it."""

    patience = 600.0
    """Seconds without news after which it is no longer waited for."""

    def __init__(self, at: float) -> None:
        self.began = at
        """Seconds since the epoch, when the cause was read from the wire."""
        self.news = at
        """When it last grew."""
        self.ended: float | None = None
        self.has_lapsed = False
        """Whether it ended since there was no news for too long."""
        self.id = 0
        """Given by the book."""

    @abstractmethod
    def steps(self) -> tuple[Step, ...]:
        """From the cause to what is known of its effects."""

    @abstractmethod
    def judge(self) -> Health:
        """How it stands, or how it ended."""

    def span(self) -> Part:
        """How long it took, from the cause to its end or to the latest news."""
        return Part(duration((self.ended or self.news) - self.began), Role.TIME)

    def freeze(self) -> Episode:
        """What is known of it now; asked for when somebody looks, not at each change."""
        steps, mood = self.steps(), self.judge()
        if self.has_lapsed:
            steps = (*steps, (outcome(f"no news for {duration(self.patience)}"),))
            mood = Health.UNKNOWN if mood is Health.PROGRESS else mood
        return Episode(self.id, self.began, steps, mood, self.ended)


class Told(Plot):
    """An episode that is whole when it is told."""

    def __init__(self, at: float, mood: Health, *steps: Step) -> None:
        super().__init__(at)
        self._mood = mood
        self._steps = steps

    def judge(self) -> Health:
        return self._mood

    def steps(self) -> tuple[Step, ...]:
        return self._steps


class Book:
    """The episodes, oldest first and never more than `most`; the oldest makes room, open or not."""

    def __init__(self, most: int = 200) -> None:
        self.version = 0
        """Grows with every change of what `episodes` answers."""
        self._most = most
        self._next = 1
        self._plots: dict[int, Plot] = {}
        self._open: dict[int, Callable[[], object]] = {}
        """What releases a plot from its narrator, by id, while it is open."""
        self._frozen: dict[int, Episode] = {}

    def begin(self, plot: Plot, release: Callable[[], object]) -> None:
        """Take in a plot that goes on; `release` is called once, when it ends or makes room."""
        self._open[self._add(plot)] = release

    def tell(self, at: float, mood: Health, *steps: Step) -> None:
        """Take in an episode that is over as soon as it is told."""
        plot = Told(at, mood, *steps)
        plot.ended = at
        self._add(plot)

    def grow(self, plot: Plot, at: float) -> None:
        """The plot has something new to say."""
        plot.news = max(plot.news, at)
        self._touch(plot)

    def end(self, plot: Plot, at: float) -> None:
        """Nothing is to follow; does nothing to a plot that has ended already."""
        release = self._open.pop(plot.id, None)
        if release is None:
            return
        plot.ended = at
        self.grow(plot, at)
        release()

    def withdraw(self, plot: Plot) -> None:
        """It was no episode of its own after all."""
        if plot.id in self._plots:
            self._drop(plot.id)
            self.version += 1

    def tick(self, now: float) -> None:
        """End what has had no news for longer than its patience."""
        for plot in [self._plots[id_] for id_ in self._open]:
            if now - plot.news > plot.patience:
                plot.has_lapsed = True
                self.end(plot, now)

    def episodes(self) -> tuple[Episode, ...]:
        """Snapshots, oldest first; those that did not change are the same objects as before."""
        for id_, plot in self._plots.items():
            if id_ not in self._frozen:
                self._frozen[id_] = plot.freeze()
        return tuple(self._frozen[id_] for id_ in self._plots)

    @property
    def open_plots(self) -> int:
        return len(self._open)

    def _add(self, plot: Plot) -> int:
        plot.id = self._next
        self._next += 1
        self._plots[plot.id] = plot
        if len(self._plots) > self._most:
            self._drop(next(iter(self._plots)))
        self._touch(plot)
        return plot.id

    def _drop(self, id_: int) -> None:
        plot = self._plots.pop(id_)
        plot.ended = plot.ended or plot.news
        self._frozen.pop(id_, None)
        release = self._open.pop(id_, None)
        if release is not None:
            release()

    def _touch(self, plot: Plot) -> None:
        self._frozen.pop(plot.id, None)
        self.version += 1
