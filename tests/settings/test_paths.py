"""Where saved files go: beside what is there, and never elsewhere."""

from pathlib import Path

import pytest

from kubetui.settings.paths import journal_file, log_file, saved, write_new


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_file_is_saved_under_its_name_and_beside_one_that_has_it(folder: Path) -> None:
    assert saved("web.log") == folder / "web.log"
    (folder / "web.log").touch()
    assert saved("web.log") == folder / "web-2.log"
    (folder / "web-2.log").touch()
    assert saved("web.log") == folder / "web-3.log"


@pytest.mark.parametrize("name", ["../web.yaml", "/etc/web.yaml", "..", "a/../../b.yaml", "web\0.yaml", "we\nb.yaml"])
def test_no_name_leads_out_of_the_folder(folder: Path, name: str) -> None:
    path = saved(name)
    assert path.parent == folder
    path.write_text("fine")
    assert path.is_file()


@pytest.mark.parametrize("name", ["x" * 253 + ".yaml", "\N{CJK UNIFIED IDEOGRAPH-4E00}" * 253 + ".yaml"])
def test_the_longest_name_can_be_saved(folder: Path, name: str) -> None:
    path = saved(name)
    path.write_text("fine")
    assert path.suffix == ".yaml"


def test_folders_that_are_made_are_for_their_owner_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
    log, journal = log_file(), journal_file()
    made = {*log.parents, *journal.parents} - {folder, *folder.parents}
    assert len(made) >= 2 and all(each.stat().st_mode & 0o077 == 0 for each in made)


def test_a_file_that_is_there_is_never_overwritten_and_a_new_one_is_private(folder: Path) -> None:
    write_new(folder / "new", b"fine")
    assert (folder / "new").read_bytes() == b"fine" and (folder / "new").stat().st_mode & 0o777 == 0o600
    (folder / "link").symlink_to(folder / "elsewhere")
    for name in ("new", "link"):
        with pytest.raises(FileExistsError):
            write_new(folder / name, b"bad")
    assert not (folder / "elsewhere").exists()
