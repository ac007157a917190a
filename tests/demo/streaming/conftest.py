"""What the tests of exec, attach and port-forward share."""

from collections.abc import AsyncIterator

import pytest

from kubetui.demo.http.certificate import Identity, issued
from kubetui.demo.resources import PODS
from tests.demo.living import Living, pod
from tests.demo.streaming.served import Served


@pytest.fixture(scope="session")
def identity() -> Identity:
    return issued()


@pytest.fixture
async def served(identity: Identity) -> AsyncIterator[Served]:
    """A cluster with the pod `p`, which serves on port 8080."""
    living = Living(1)
    living.create(PODS, pod("p", "nginx:1.27", container={"ports": [{"containerPort": 8080}]}))
    living.run(30)
    served = Served(living, identity)
    await served.server.start()
    try:
        yield served
    finally:
        await served.stop()
