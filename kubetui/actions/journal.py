"""The journal: a line on disk for each change made through kubetui. Never the contents of an object, nor a secret."""

import json
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from kubetui.actions.action import Action, Answers
from kubetui.actions.deed import Outcome
from kubetui.client.access import Access

log = logging.getLogger(__name__)

LARGEST = 1 << 20
"""Bytes after which the file is turned over; one older one is kept beside it."""


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line: what was done to one object, and how it ended."""

    time: str
    """When it ended, in UTC: `2026-01-31T12:00:00Z`."""
    context: str
    server: str
    user: str
    """The user of the kubeconfig, and whom they acted as."""
    verb: str
    kind: str
    """As kubectl names it: `deployments.apps`."""
    name: str
    uid: str
    result: str
    namespace: str = ""
    answers: dict[str, bool | int | str | None] = {}
    """What was entered in the dialog: `{"replicas": 3}`."""
    reason: str = ""


def entries(access: Access, action: Action, answers: Answers, outcomes: Iterable[Outcome], now: float) -> list[Entry]:
    """What is written of a verb that was done; now: seconds since the epoch."""
    who = access.auth.impersonation
    user = " as ".join(filter(None, (access.user, who.user if who else "")))
    time = f"{datetime.fromtimestamp(now, UTC):%Y-%m-%dT%H:%M:%SZ}"
    return [
        Entry(
            time=time,
            context=access.context,
            server=access.server,
            user=user,
            verb=action.name,
            kind=target.kind.resource.qualified,
            name=target.name,
            uid=target.uid,
            result=result.value,
            namespace=target.namespace,
            answers=dict(answers),
            reason=reason,
        )
        for target, result, _, reason in outcomes
    ]


class Journal:
    """The file. Writing raises OSError; who writes decides what to make of that."""

    def __init__(self, place: Callable[[], Path]) -> None:
        """place: where the file is; asked when it is first needed, as it may make a folder."""
        self._place = place

    def write(self, lines: Iterable[Entry]) -> None:
        """Adds these lines in one piece, so that two who write at once do not mix theirs."""
        path = self._place()
        _turn_over(path)
        # ASCII: whatever a name is made of, the file does nothing to the terminal of who reads it.
        text = "".join(json.dumps(msgspec.to_builtins(line)) + "\n" for line in lines)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
        file = os.open(path, flags, 0o600)
        try:
            os.fchmod(file, 0o600)
            written = os.write(file, raw := text.encode("ascii"))
            if written < len(raw):
                os.write(file, b"\n")
                raise OSError(28, os.strerror(28), str(path))
        finally:
            os.close(file)

    def last(self, count: int) -> list[Entry]:
        """The last lines, the newest first; of what is no line of a journal, nothing."""
        path = self._place()
        found: list[Entry] = []
        for each in (path, _older(path)):
            found += list(_read(each))[::-1]
            if len(found) >= count:
                break
        return found[:count]


def _read(path: Path) -> Iterator[Entry]:
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        try:
            yield msgspec.json.decode(line, type=Entry)
        except (msgspec.DecodeError, UnicodeDecodeError):
            log.warning("a line of %s is no entry of a journal", path)


def _turn_over(path: Path) -> None:
    try:
        if path.stat().st_size >= LARGEST:
            os.replace(path, _older(path))
    except FileNotFoundError:
        return


def _older(path: Path) -> Path:
    return path.with_name(f"{path.name}.1")
