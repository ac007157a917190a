"""How a wide screen is shared by a list and the drawer beside it."""

WIDE = 180
"""Columns of a terminal that has room for the drawer."""
SHARE, MOST = 42, 90
"""Of a hundred columns those that the drawer takes, and how many at most."""


def drawer(width: int) -> int:
    """Columns of the drawer on a screen of that width; 0 where it is not drawn."""
    return min(width * SHARE // 100, MOST) if width >= WIDE else 0
