"""The files by which a running cluster is found."""

import stat
import tempfile
from pathlib import Path

import pytest

from kubetui.demo.rundir import RunDirectory, newest


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_written_is_for_its_owner_alone_and_goes_when_the_cluster_ends(tmp_path: Path) -> None:
    files = RunDirectory(tmp_path / "clusters")
    elsewhere = tmp_path / "config"
    files.publish("kubeconfig", {"viewer": "token"}, elsewhere)
    assert _mode(files.path) == 0o700
    assert [_mode(one) for one in (files.kubeconfig, files.token_file("viewer"), elsewhere)] == [0o600] * 3
    files.remove()
    assert not files.path.exists()
    assert not elsewhere.exists()


def test_a_file_that_somebody_has_changed_since_is_left(tmp_path: Path) -> None:
    files = RunDirectory(tmp_path / "clusters")
    elsewhere = tmp_path / "config"
    files.publish("kubeconfig", {}, elsewhere)
    elsewhere.write_text("another")
    files.remove()
    assert elsewhere.read_text() == "another"


def test_the_cluster_that_was_started_last_is_found_while_it_runs(tmp_path: Path) -> None:
    assert newest(tmp_path / "clusters") is None
    older, newer = RunDirectory(tmp_path / "clusters"), RunDirectory(tmp_path / "clusters")
    assert newest(tmp_path / "clusters") == newer.kubeconfig
    newer.remove()
    assert newest(tmp_path / "clusters") == older.kubeconfig
    older.remove()
    assert newest(tmp_path / "clusters") is None


def test_where_there_is_no_home_the_files_go_where_such_files_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    files = RunDirectory(tmp_path / "file" / "clusters")
    files.publish("kubeconfig", {})
    assert files.kubeconfig.is_relative_to(tmp_path)
    assert _mode(files.path) == 0o700
    files.remove()
