"""What one change costs among ten thousand objects: work for what changed and what is in sight, never for all rows."""

from collections import Counter
from collections.abc import Hashable, Mapping
from datetime import UTC, datetime

from kubetui.kinds.kind import Column, Health, Kind, Link
from kubetui.kinds.pod import POD, Pod
from kubetui.live.filter import parse_filter
from kubetui.live.gauges import Gauge
from kubetui.live.order import Order
from kubetui.live.relations import Relations
from kubetui.live.store import Store
from kubetui.live.tally import Tally
from kubetui.live.view import View
from kubetui.read import ObjectMeta
from kubetui.tui.table.viewport import Moment, Viewport
from tests.tui.things import THINGS, Thing, health, thing

MANY, IN_SIGHT = 10_000, 40


class Asked:
    """A kind that counts how often something was asked of one of its objects."""

    def __init__(self) -> None:
        self.count = 0
        self.uids: set[str] = set()
        columns: tuple[Column[Thing], ...] = (
            Column("NAME", lambda obj: self._of(obj).metadata.name),
            Column("SIZE", lambda obj: str(self._of(obj).size), by=lambda obj: self._of(obj).size),
        )
        self.kind = Kind(Thing, THINGS.resource, columns, health=lambda obj: health(self._of(obj)), links=self._links)

    def _of(self, obj: Thing) -> Thing:
        self.count += 1
        self.uids.add(obj.metadata.uid)
        return obj

    def _links(self, obj: Thing) -> tuple[Link, ...]:
        return (Link(f"owner-{self._of(obj).size % 100}"),)

    def owner(self, obj: Thing) -> tuple[Hashable, Mapping[Health, int]]:
        """For a gauge: whose it is."""
        return self._of(obj).size % 100, Counter((Health.WELL,))


def test_a_change_asks_of_the_changed_object_and_of_the_rows_in_sight_alone() -> None:
    asked = Asked()
    store: Store[Thing] = Store(asked.kind)
    view = View(asked.kind, order=Order("SIZE", descending=True), filter=parse_filter("t-|x"), ghost_seconds=4.0)
    relations = Relations()
    store.listeners += [view, Tally(asked.kind), relations, Gauge(asked.owner, lambda owner: None)]
    store.put((thing(f"t-{number}", size=number) for number in range(MANY)), 0.0, initial=True)
    linked: frozenset[str] = relations.related("owner-7")
    port = Viewport(view, linked.__contains__, glow=1.0)
    port.resize(80, IN_SIGHT)
    port.arrange(Moment(0.0, focused=True, stale=False))
    for number, changed in enumerate((thing("t-77", size=20_000), thing("t-500", size=1), thing("new", size=5_000))):
        asked.count, asked.uids = 0, set()
        store.put([changed], 1.0 + number)
        port.arrange(Moment(1.0 + number, focused=True, stale=False))
        assert changed.metadata.uid in asked.uids
        assert len(asked.uids) <= 2
        assert asked.count < 20
    asked.count = 0
    store.drop([thing("t-9000", size=9_000)], 9.0)
    port.arrange(Moment(9.0, focused=True, stale=False))
    view.expire(20.0)
    port.arrange(Moment(20.0, focused=True, stale=False))
    assert asked.count < 20


def test_an_age_that_ticks_asks_nothing_of_any_object() -> None:
    asked = Asked()
    view = View(asked.kind)
    view.load(thing(f"t-{number}", size=number) for number in range(MANY))
    port = Viewport(view, lambda uid: False, glow=1.0)
    port.resize(80, IN_SIGHT)
    port.arrange(Moment(0.0, focused=True, stale=False))
    asked.count = 0
    port.arrange(Moment(1.0, focused=True, stale=False))
    assert asked.count == 0


def test_a_list_is_looked_at_again_only_when_an_age_in_sight_is_another_one() -> None:
    view = View(POD)
    began = datetime.fromtimestamp(0.0, UTC)
    view.load(Pod(metadata=ObjectMeta(name=f"p-{at}", uid=f"{at}", creation_timestamp=began)) for at in range(99))
    port = Viewport(view, lambda uid: False, glow=1.0)
    port.resize(160, IN_SIGHT)
    looked: list[float] = []
    for age in range(1, 24 * 60):
        if not port.is_still(age, age):
            looked.append(age)
            before = [line.texts for line in port.lines]
            port.arrange(Moment(age, focused=True, stale=False))
            assert [line.texts for line in port.lines] != before
    assert looked == [*range(1, 60), *range(60, 600, 10), *range(600, 24 * 60, 60)]
