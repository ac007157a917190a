"""Names and identifiers that the server makes up: uids, random suffixes, and the hash of a pod template. Pure."""

import random
import uuid
from typing import Any

import msgspec

ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
"""Letters and digits that can't make words (apimachinery's util/rand)."""
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
    """The pod-template-hash of a template: FNV-1a 32 of its canonical JSON, in decimal, safely encoded.

    The real server hashes Go's dump of the struct, so the hash of one template differs from the real one's;
    its form and its use are the same.
    """
    value = 0x811C9DC5
    data = msgspec.json.encode(template, order="deterministic")
    if collisions is not None:
        data += str(collisions).encode()
    for byte in data:
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return safe_encoded(str(value))
