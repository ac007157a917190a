"""The journal: what was done is on disk, for its owner alone, and nothing else is."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec.structs import replace as changed

from kubetui.actions.action import Target
from kubetui.actions.deed import Outcome, Result
from kubetui.actions.delete import Delete
from kubetui.actions.journal import LARGEST, Entry, Journal, entries
from kubetui.client.access import Access, AuthOptions, Impersonation
from kubetui.client.tls import TlsOptions
from kubetui.kinds.pod import POD, Pod
from kubetui.read import ObjectMeta
from kubetui.tui.ways.journal import told

CANARY = "s3cr3t-c4n4ry"
ACCESS = Access(
    context="talk",
    cluster="talk",
    user="me",
    namespace="default",
    server="https://10.0.0.1:6443",
    tls=TlsOptions(),
    proxy_url=f"http://me:{CANARY}@proxy",
    auth=AuthOptions(token=CANARY, password=CANARY, impersonation=Impersonation("you")),
)
POD_WEB = Target(
    POD, Pod(metadata=ObjectMeta(name="web\x1b[2J\n\u202e", namespace="shop", uid="1", labels={"a": CANARY}))
)


def some(count: int = 1) -> list[Entry]:
    outcome = Outcome(POD_WEB, Result.REFUSED, f"web: the webhook says {CANARY}", "Forbidden")
    return entries(ACCESS, Delete(), {"grace": 0, "force": True}, [outcome] * count, 1_700_000_000.0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def test_a_line_says_when_where_as_whom_what_and_how_it_ended(path: Path) -> None:
    Journal(lambda: path).write(some())
    assert json.loads(path.read_text()) == {
        "time": "2023-11-14T22:13:20Z",
        "context": "talk",
        "server": "https://10.0.0.1:6443",
        "user": "me as you",
        "verb": "delete",
        "kind": "pods",
        "namespace": "shop",
        "name": "web\x1b[2J\n\u202e",
        "uid": "1",
        "result": "refused",
        "reason": "Forbidden",
        "answers": {"grace": 0, "force": True},
    }


def test_nothing_of_the_object_of_a_credential_or_of_what_the_server_says_is_in_it(path: Path) -> None:
    Journal(lambda: path).write(some())
    assert CANARY not in path.read_text()


def test_it_does_nothing_to_the_terminal_of_who_reads_it(path: Path) -> None:
    Journal(lambda: path).write(some())
    raw = path.read_bytes()
    assert raw.isascii() and raw[:-1].decode().isprintable() and raw.count(b"\n") == 1
    assert told(some()[0]).plain.isprintable()


def test_only_its_owner_may_read_it(path: Path) -> None:
    path.touch(0o666)
    Journal(lambda: path).write(some())
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_newest_come_first_and_what_is_no_line_is_passed_over(path: Path) -> None:
    journal = Journal(lambda: path)
    first, second = some(2)
    second = changed(second, name="api")
    journal.write([first])
    path.write_bytes(path.read_bytes() + b'{"half\n\xff\n')
    journal.write([second])
    assert journal.last(5) == [second, first] and journal.last(1) == [second]


def test_it_is_turned_over_and_never_grows_beyond_two_files(path: Path) -> None:
    journal = Journal(lambda: path)
    many = some(2000)
    for _ in range(6):
        journal.write(many)
    assert {each.name for each in path.parent.iterdir()} == {"journal.jsonl", "journal.jsonl.1"}
    assert all(each.stat().st_size < LARGEST + 1_000_000 for each in path.parent.iterdir())
    assert len(journal.last(10**6)) >= 2000


def test_nothing_is_there_before_the_first_change(path: Path) -> None:
    assert Journal(lambda: path).last(10) == []


def test_a_link_in_its_place_is_not_followed(path: Path, tmp_path: Path) -> None:
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError):
        Journal(lambda: path).write(some())
    assert not (tmp_path / "elsewhere").exists()


def test_a_full_disk_is_an_error_that_can_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fchmod", lambda file, mode: None)  # of a device of this machine's
    with pytest.raises(OSError, match="No space left"):
        Journal(lambda: Path("/dev/full")).write(some())


def test_access_without_a_user_is_nobody(path: Path) -> None:
    [entry] = entries(
        replace(ACCESS, user="", auth=AuthOptions()), Delete(), {}, [Outcome(POD_WEB, Result.DONE, "")], 0
    )
    assert "as nobody" in told(entry).plain
