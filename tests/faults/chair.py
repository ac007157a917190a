"""What a person with everything open sees, and how what the explorer has compares with what the cluster has."""

import re
from collections import Counter
from collections.abc import Mapping

from kubetui.kinds.builtin import by_name
from kubetui.tui.listing import Listing
from kubetui.tui.logs.pane import LogPane
from kubetui.tui.object.screen import ObjectScreen
from kubetui.tui.table.table import Table
from tests.tui.exploring import Person

SHOWN = ("pods", "nodes", "deployments", "replicasets", "services", "endpointslices")
"""What the board reads."""

Version = tuple[str, str]
"""The uid and the resourceVersion of an object."""

_REQUEST = re.compile(r" request=(\d+) ")


class Chair:
    """From where someone looks at a board, a list, a log and a question at the same time."""

    person: Person

    async def open_everything(self, workload: str = "storefront", says: str = "method=GET") -> None:
        """A list over the board, the log of a workload's pod over that, and over it whether to delete the pod."""
        await self.person.live()
        await self.person.type(":pods")
        await self.person.press("enter")
        await self.person.sees("Pods", "RESTARTS")
        await self.person.type(f"/{workload}")
        await self.person.press("enter")
        await self.person.sees(workload, "filter")
        await self.person.live()
        await self.person.press("l")
        await self.person.sees(says)
        await self.person.press("ctrl+d")
        await self.person.sees("Cancel")

    @property
    def head(self) -> str:
        """The head line."""
        return self.person.screen.partition("\n")[0]

    @property
    def is_silent(self) -> bool:
        """Whether the explorer takes the server for silent."""
        cluster = self.person.app.session.cluster
        return cluster is not None and bool(cluster.silent)

    @property
    def table(self) -> Table:
        """The list, below the log."""
        listing = next(screen for screen in self.person.app.screen_stack if isinstance(screen, Listing))
        return listing.query_one(Table)

    @property
    def requests_logged(self) -> list[int]:
        """The numbers of the requests that the pod's log tells of, in the order in which the book has them."""
        pane = next(screen for screen in self.person.app.screen_stack if isinstance(screen, ObjectScreen))
        lines = [entry.text for entry in pane.query_one(LogPane).book.ring]
        return [int(found[1]) for line in lines if (found := _REQUEST.search(line))]

    async def told(self, *texts: str, within: float) -> None:
        """The head line says one of these within so many seconds."""
        await self.person.until(lambda: any(text in self.head for text in texts), f"one of {texts} in the head", within)

    def differing(self, theirs: Mapping[str, Counter[Version]]) -> list[str]:
        """Where what the explorer has differs from what the cluster has, by plural, or is not called live."""
        cluster = self.person.app.session.cluster
        assert cluster is not None
        found = []
        for plural, wanted in theirs.items():
            store = cluster.peek(by_name(plural))
            if store is None:
                continue
            if store.state.phase.value != "live":
                found.append(f"{plural} are {store.state.phase.value}: {store.state.why}")
            ours = Counter((one.metadata.uid, one.metadata.resource_version) for one in store)
            found += [f"{plural}: ours alone {one}" for one in (ours - wanted)]
            found += [f"{plural}: theirs alone {one}" for one in (wanted - ours)]
        return found
