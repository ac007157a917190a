"""Quantities of Kubernetes as numbers: `250m` cores, `64Mi` bytes. Pure.

The rules are those of apimachinery's resource.Quantity, as far as pods and nodes use them.
"""

from functools import lru_cache

_FACTORS = {
    "n": 1e-9, "u": 1e-6, "m": 1e-3, "": 1.0,
    "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
    "Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40, "Pi": 2.0**50, "Ei": 2.0**60,
}  # fmt: skip
_MOST = 2.0**63
"""More than any quantity is: larger ones count as this."""


@lru_cache(maxsize=4096)
def number(text: str | int | float) -> float:
    """A quantity as a plain number (cores, bytes, pieces). Raises ValueError for what is no quantity."""
    written = str(text).strip()
    digits = written.rstrip("numkKMGTPEi")
    suffix = written[len(digits) :]
    if suffix not in _FACTORS:
        raise ValueError(f"{written!r} is not a quantity")
    return max(-_MOST, min(float(digits) * _FACTORS[suffix], _MOST))


@lru_cache(maxsize=4096)
def milli(text: str | int | float) -> int:
    """A quantity in thousandths, rounded up: cores as the scheduler counts them."""
    return -int(-number(text) * 1000 // 1)


@lru_cache(maxsize=4096)
def whole(text: str | int | float) -> int:
    """A quantity in whole units, rounded up: bytes, pods."""
    return -int(-number(text) // 1)


def in_bytes(count: int) -> str:
    """A number of bytes as a quantity with the largest binary suffix that fits: `64Mi`, `1536Ki`."""
    for suffix, size in (("Ti", 1 << 40), ("Gi", 1 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10)):
        if count and count % size == 0:
            return f"{count // size}{suffix}"
    return str(count)
