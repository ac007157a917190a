"""Where saved files go: beside what is there, and never elsewhere."""

from pathlib import Path

import pytest

from kubetui.settings.paths import saved


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
