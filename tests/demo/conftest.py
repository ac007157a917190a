"""What the tests of the built-in cluster share."""

from collections.abc import AsyncIterator

import pytest

from tests.demo.api import Api
from tests.demo.connecting import Client, serving


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
async def client(api: Api) -> AsyncIterator[Client]:
    """Connects to a socket behind which `api` answers."""
    async with serving(api) as client:
        yield client
