"""What the tests of the built-in cluster share."""

import pytest

from tests.demo.api import Api


@pytest.fixture
def api() -> Api:
    return Api()
