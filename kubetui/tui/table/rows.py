"""What a table shows: rows by index and by uid. `kubetui.live.view.View` is such a thing; the table knows no more."""

from collections.abc import Sequence
from typing import Protocol

from kubetui.kinds.kind import Cell, Health
from kubetui.tui.table.columns import Heading


class TableRow(Protocol):
    """One row. Times are seconds since the epoch."""

    @property
    def uid(self) -> str: ...

    @property
    def cells(self) -> Sequence[Cell]:
        """Sanitised texts, one a column."""
        ...

    @property
    def tints(self) -> tuple[Health | None, ...]: ...

    @property
    def health(self) -> Health: ...

    @property
    def changed_at(self) -> float | None: ...

    @property
    def born_at(self) -> float | None: ...

    @property
    def gone_at(self) -> float | None: ...


class Rows(Protocol):
    """A list that changes under the table; `version` grows when it does."""

    @property
    def version(self) -> int: ...

    @property
    def columns(self) -> Sequence[Heading]: ...

    @property
    def named_by(self) -> int:
        """The index of the column that stays in sight when the others are scrolled."""
        ...

    @property
    def sorted_by(self) -> tuple[int, bool] | None:
        """The column sorted by, and whether it falls."""
        ...

    def __len__(self) -> int: ...

    def index(self, uid: str) -> int | None:
        """Where the row stands now; None if it does not."""
        ...

    def row(self, index: int) -> TableRow: ...
