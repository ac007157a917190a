"""What the built-in cluster tells of the fields of its kinds."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from kubetui.demo.http.message import Answer
from kubetui.demo.http.openapiv2 import PROTOBUF
from tests.demo.api import Api

V2 = "/openapi/v2"
WIDGETS = {
    "metadata": {"name": "widgets.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"plural": "widgets", "singular": "widget", "kind": "Widget"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer"}}}},
                    }
                },
            }
        ],
    },
}


def fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The fields of a protobuf message that hold bytes; the others are passed over."""
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        if tag & 7 == 2:
            size, at = varint(data, at)
            yield tag >> 3, data[at : at + size]
            at += size
        elif tag & 7 == 1:
            at += 8
        else:
            _, at = varint(data, at)
    assert at == len(data)


def varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if data[at - 1] < 0x80:
            return value, at


def named(entries: bytes) -> dict[str, bytes]:
    """A message of named messages, by their names."""
    parts = [dict(fields(entry)) for _, entry in fields(entries)]
    return {part[1].decode(): part.get(2, b"") for part in parts}


async def document(api: Api, accept: str) -> bytes:
    answer = await api.ask("GET", V2, accept=accept)
    assert isinstance(answer, Answer)
    assert answer.status == 200
    return answer.body


async def definitions(api: Api) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(await document(api, "application/json"))["definitions"]
    return found


async def test_every_reference_of_the_second_version_leads_somewhere(api: Api) -> None:
    text = (await document(api, "application/json")).decode()
    assert set(re.findall(r'"#/definitions/([^"]+)"', text)) <= set(await definitions(api))
    assert "#/components" not in text


async def test_the_second_version_knows_custom_kinds(api: Api) -> None:
    await api.create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", WIDGETS)
    widget = (await definitions(api))["com.example.v1.Widget"]
    assert widget["properties"]["spec"]["properties"] == {"size": {"type": "integer"}}
    assert widget["x-kubernetes-group-version-kind"] == [{"group": "example.com", "version": "v1", "kind": "Widget"}]


async def test_the_second_version_is_the_same_in_protobuf(api: Api) -> None:
    asked = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
    whole = dict(fields(await document(api, asked)))
    plain, found = await definitions(api), named(whole[9])
    assert whole[1] == b"2.0"
    assert list(found) == list(plain)
    for name in ("io.k8s.api.core.v1.Pod", "io.k8s.api.apps.v1.DeploymentSpec"):
        properties = next(part for number, part in fields(found[name]) if number == 25)
        assert list(named(properties)) == list(plain[name]["properties"])


@pytest.mark.parametrize(("accept", "told"), [(PROTOBUF, PROTOBUF), ("*/*", "application/json")])
async def test_the_form_of_the_second_version_is_told(api: Api, accept: str, told: str) -> None:
    answer = await api.ask("GET", V2, accept=accept)
    assert isinstance(answer, Answer)
    assert answer.content_type == told
