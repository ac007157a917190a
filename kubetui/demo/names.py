"""Names and identifiers that the server makes up: uids, random suffixes, and the hash of a pod template. Pure."""

import json
import random
import uuid
from typing import Any

from kubetui.demo.schema.godump import dumped

ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
"""Letters and digits that can't make words (apimachinery's util/rand)."""
_OFFSET, _PRIME = 0x811C9DC5, 0x01000193
"""Of FNV, 32 bits."""

BASE_LENGTH = 58
"""What is kept of a generateName: with five more characters it is a DNS label."""


def uid(rng: random.Random) -> str:
    """A version 4 UUID out of a seeded generator."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def suffixed(base: str, rng: random.Random) -> str:
    """A name made of a generateName and five random characters."""
    return base[:BASE_LENGTH] + "".join(rng.choices(ALPHABET, k=5))


def safe_encoded(text: str) -> str:
    """Digits mapped into the alphabet that can't make words (rand.SafeEncodeString)."""
    return "".join(ALPHABET[ord(letter) % len(ALPHABET)] for letter in text)


def template_hash(template: dict[str, Any], collisions: int | None = None) -> str:
    """The pod-template-hash of a template: FNV-1a 32 of Go's dump of it, in decimal, safely encoded.

    `collisions` is how often a hash of its owner was taken already (ComputeHash of controller_utils.go).
    """
    data = dumped(template).encode()
    if collisions is not None:
        data += collisions.to_bytes(8, "little")
    value = _OFFSET
    for byte in data:
        value = ((value ^ byte) * _PRIME) & 0xFFFFFFFF
    return safe_encoded(str(value))


def data_hash(data: dict[str, Any], collisions: int = 0) -> str:
    """The hash of a StatefulSet's revision: FNV-1 32 of its data as Go writes JSON (HashControllerRevision)."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    value = _OFFSET
    for byte in f"{text}{collisions}".encode():
        value = ((value * _PRIME) & 0xFFFFFFFF) ^ byte
    return safe_encoded(str(value))
