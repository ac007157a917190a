"""Mappings that forget: bounded memory, the oldest entry makes room."""

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


def keep(memory: dict[K, V], key: K, value: V, most: int) -> None:
    """Set it as the newest entry; beyond `most` entries the oldest is forgotten."""
    memory.pop(key, None)
    memory[key] = value
    if len(memory) > most:
        del memory[next(iter(memory))]
