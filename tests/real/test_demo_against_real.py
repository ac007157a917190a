"""The built-in cluster against a real control plane: the same kubectl commands, what they print, and what they leave.

`tests/differential` holds the commands, and what the real one printed when they were recorded; that this is still so is
checked here too.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.controlplane.plane import missing
from tests.differential import conversation, differences, session
from tests.differential.cluster import served
from tests.differential.performance import printed, together
from tests.differential.real import running
from tests.differential.replay import changes, compared_left
from tests.differential.session import Session
from tests.differential.target import Json, Target

pytestmark = pytest.mark.real

NAMES = session.names()
Performances = dict[str, tuple[Session, Json]]
"""Sessions as they went on one cluster, and what was left by each."""


def performed(target: Target) -> Performances:
    """Every session on a cluster, by name."""
    return {one.name: (one, left) for one, left in together(lambda name: printed(name, target), NAMES)}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Performances, Performances]:
    """What the real control plane and the built-in cluster say today, at the same time."""
    if why := missing():
        pytest.skip(why)
    with running(tmp_path_factory.mktemp("real")) as real, served() as demo, ThreadPoolExecutor(2) as pool:
        one, other = pool.map(performed, (real, demo))
        return one, other


def compared(expected: Session, left: Json, found: tuple[Session, Json]) -> list[tuple[str, str]]:
    """What differs: the command and how it shows, or what is left and how."""
    pairs = zip(expected.commands, found[0].commands, strict=True)
    texts = [
        (one.text, changes(one.printed.splitlines(), other.printed.splitlines()))
        for one, other in pairs
        if one.printed != other.printed
    ]
    return texts + [(one.about, one.text) for one in compared_left(left, found[1])]


@pytest.mark.parametrize("name", NAMES)
def test_a_real_control_plane_still_says_what_is_kept_of_it(name: str, both: tuple[Performances, Performances]) -> None:
    changed = compared(session.read(name), conversation.read(name).left, both[0][name])
    assert not changed, "\n\n".join(f"{about}\n{text}" for about, text in changed)


@pytest.mark.parametrize("name", NAMES)
def test_kubectl_finds_no_difference(name: str, both: tuple[Performances, Performances]) -> None:
    found = compared(session.read(name), conversation.read(name).left, both[1][name])
    assert not (new := differences.unknown(name, found)), "\n\n".join(new)


def test_what_is_let_be_is_still_different(both: tuple[Performances, Performances]) -> None:
    found = {
        (name, about)
        for name in NAMES
        for about, _ in compared(session.read(name), conversation.read(name).left, both[1][name])
    }
    gone = [place for one in differences.known() for place in one.places if (place.session, place.about) not in found]
    assert not gone
