"""A secret's values are shown only when they are asked for."""

from typing import Any

import pytest

from kubetui.kinds.masking import Reveal, is_secret, shown
from kubetui.kinds.pod import POD
from kubetui.resource import resource

LAST = "kubectl.kubernetes.io/last-applied-configuration"


def secret() -> dict[str, Any]:
    return {
        "metadata": {"name": "db", "annotations": {LAST: '{"data":{"password":"aHVzaA=="}}', "note": "kept"}},
        "data": {"password": "aHVzaA==", "key": "/////w=="},
        "stringData": {"pin": "4711"},
    }


def test_masked_it_tells_names_and_sizes_alone() -> None:
    masked = shown(secret(), Reveal.MASKED)
    assert masked["data"] == {"password": "**** 4 bytes", "key": "**** 4 bytes"}
    assert "4711" not in str(masked) and "aHVz" not in str(masked)
    assert masked["metadata"]["annotations"]["note"] == "kept"


def test_revealed_it_is_as_the_server_has_it() -> None:
    assert shown(secret(), Reveal.AS_IS) == secret()


def test_decoded_it_is_text_where_it_is_text() -> None:
    decoded = shown(secret(), Reveal.DECODED)
    assert decoded["data"] == {"password": "hush", "key": "**** 4 bytes that are no text"}
    assert decoded["stringData"] == {"pin": "4711"}


def test_masking_changes_nothing_of_what_it_is_given() -> None:
    body = secret()
    shown(body, Reveal.MASKED)
    assert body == secret()


def test_each_asking_reveals_more_and_the_third_masks_again() -> None:
    steps = [Reveal.MASKED]
    for _ in range(3):
        steps.append(steps[-1].next())
    assert steps == [Reveal.MASKED, Reveal.AS_IS, Reveal.DECODED, Reveal.MASKED]


@pytest.mark.parametrize("data", [None, {}, {"a": None}, {"a": "not base64!"}, {"a": 7}])
@pytest.mark.parametrize("reveal", Reveal)
def test_odd_data_is_no_reason_to_fail(data: Any, reveal: Reveal) -> None:
    assert "data" in shown({"metadata": None, "data": data}, reveal)


def test_only_secrets_are_secret() -> None:
    assert is_secret(resource("v1", "secrets", "Secret"))
    assert not is_secret(POD.resource)
