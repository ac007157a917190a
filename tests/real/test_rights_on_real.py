"""Rights as a real API server tells them: for one who may all, one who may look in a namespace, and nobody."""

import pytest

from kubetui.client.kubeconfig import load
from tests.controlplane.plane import ControlPlane
from tests.live.agreeing import disagreements
from tests.real.explorer import exploring

pytestmark = pytest.mark.real


@pytest.mark.parametrize("context", ["admin", "viewer", "nobody"])
async def test_the_rules_of_a_user_are_what_the_user_may_do(control_plane: ControlPlane, context: str) -> None:
    assert await disagreements(load(control_plane.kubeconfig), context, "default") == []


async def test_who_may_look_in_one_namespace_has_a_board_of_it(control_plane: ControlPlane) -> None:
    control_plane.kubectl("create", "deployment", "rights", "--image=nginx", "-n", "default")
    async with exploring(control_plane, context="viewer") as person:
        await person.sees("rights-", "viewer › default", "⊘ctrl-d delete", seconds=60)
        await person.press("f4", "ctrl+d")
        await person.sees("⊘ You may not delete pods in default.")


async def test_who_may_nothing_is_told_so_and_what_to_try(control_plane: ControlPlane) -> None:
    async with exploring(control_plane, context="nobody") as person:
        await person.sees("⊘ forbidden: list pods", "If you may read some namespaces", seconds=60)
