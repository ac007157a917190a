"""Recordings of real watches, given back as changes: the story is told what happened on a real control plane."""

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec

from kubetui.kinds.builtin import by_name
from kubetui.live.change import Change
from kubetui.read import Object

FOLDER = Path(__file__).parent / "recordings"


def changes(name: str) -> Iterator[Change]:
    """The changes that a store would make of the recording, in the order in which they were read."""
    known: dict[tuple[str, str], Object] = {}
    for line in (FOLDER / f"{name}.jsonl").read_text().splitlines():
        event = json.loads(line)
        kind = by_name(event["plural"])
        obj: Object = msgspec.convert(event["object"], kind.struct)
        key = (event["plural"], obj.metadata.uid)
        old = known.pop(key, None)
        if event["type"] == "DELETED":
            yield Change(kind, old or obj, None, event["at"])
            continue
        known[key] = obj
        yield Change(kind, old, obj, event["at"], event.get("initial", False))
