"""Control planes for the tests that need a real one: one that tests share, and one of a test's own, to break."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.controlplane.plane import ControlPlane, missing, start
from tests.real.scene import a_small_shop


@contextmanager
def _running(folder: Path) -> Iterator[ControlPlane]:
    if why := missing():
        pytest.skip(why)
    plane = start(folder)
    try:
        yield plane
    finally:
        plane.down()


@pytest.fixture(scope="session")
def control_plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """A control plane with three ready nodes that all tests share: work in a namespace of your own."""
    with _running(tmp_path_factory.mktemp("controlplane")) as plane:
        plane.nodes(3)
        yield plane


@pytest.fixture
def own_control_plane(tmp_path: Path) -> Iterator[ControlPlane]:
    """A control plane (without nodes) of this test alone, which it may freeze, kill and compact."""
    with _running(tmp_path / "controlplane") as plane:
        yield plane


@pytest.fixture(scope="session")
def shop_plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """A control plane with `a_small_shop`, which a test may break if it mends it again."""
    with _running(tmp_path_factory.mktemp("shopplane")) as plane:
        a_small_shop(plane)
        yield plane
