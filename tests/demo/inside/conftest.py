"""What the tests of the insides of containers share."""

import pytest

from kubetui.demo.resources import PODS
from tests.demo.inside.container import Inside
from tests.demo.living import Living, pod


@pytest.fixture
def living() -> Living:
    return Living(1)


@pytest.fixture
async def inside(living: Living) -> Inside:
    """A pod with one container that serves."""
    living.create(PODS, pod("p", "nginx:1.27", container={"ports": [{"containerPort": 8080}]}))
    living.run(30)
    return Inside(living)
