"""What tests of the way to an API server share."""

import pytest

from tests.client.certificates import Authority


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A certificate authority that the tests' clients trust."""
    return Authority(tmp_path_factory.mktemp("authority"))
