"""What our columns say of an object is what kubectl of the same version prints of it, on a real API server.

The control plane has no kubelets, so that nothing changes the states which are written to it.
"""

import ssl
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from kubetui.client import protobuf
from kubetui.client.wire import JSON, PROTOBUF, ListReader
from kubetui.client.wirejson import JsonListReader
from kubetui.client.wireprotobuf import ProtobufListReader
from kubetui.kinds.builtin import BUILTIN
from kubetui.kinds.kind import Kind
from kubetui.kinds.pod import POD
from kubetui.read import Object
from kubetui.text import Aged
from tests.controlplane.plane import ControlPlane, missing, start
from tests.kinds.corpus import Example, examples
from tests.real import oddities

pytestmark = pytest.mark.real

SPACE = "oddities"


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """A control plane of these tests' own, without kubelets, that holds the corpus of pods and the oddities."""
    if why := missing():
        pytest.skip(why)
    running = start(tmp_path_factory.mktemp("odd"), NO_KUBELETS="1")
    try:
        _fill(running, list(examples(datetime.now(UTC))))
        yield running
    finally:
        running.down()


def _fill(plane: ControlPlane, pods: list[Example]) -> None:
    for namespace in ("corpus", SPACE, "closing"):
        plane.kubectl("create", "namespace", namespace)
        plane.kubectl("wait", "--for=create", "serviceaccount/default", "-n", namespace, "--timeout=30s")
    plane.apply(*oddities.nodes(), *oddities.services(SPACE), *oddities.workloads(SPACE))
    plane.apply(*oddities.endpoint_slices(SPACE), *oddities.events(SPACE, datetime.now(UTC)))
    manifests = [
        {**pod.manifest, "metadata": {**pod.manifest["metadata"], "namespace": "corpus"}, "status": pod.status}
        for pod in pods
    ]
    held = next(manifest for pod, manifest in zip(pods, manifests, strict=True) if pod.deleted)
    plane.apply(*manifests, {**held, "metadata": {**held["metadata"], "namespace": "closing"}})
    plane.kubectl("delete", "pod", "-n", "corpus", "--wait=false", *(pod.name for pod in pods if pod.deleted))
    plane.kubectl("delete", "namespace", "closing", "--wait=false")


def _read(plane: ControlPlane, kind: Kind[Any], media: str) -> list[Object]:
    """The whole list as the program decodes it, from either encoding."""
    headers = {"Authorization": f"Bearer {plane.token}", "Accept": media}
    request = urllib.request.Request(plane.url + kind.resource.path(), headers=headers)
    with urllib.request.urlopen(request, context=ssl._create_unverified_context(), timeout=30) as answer:
        body = answer.read()
        assert answer.headers["Content-Type"] == media
    struct: type[Object] = kind.struct
    reader: ListReader[Object] = (
        JsonListReader(struct) if media == JSON else ProtobufListReader(protobuf.decoder(struct))
    )
    return [*reader.feed(body), *reader.finish()]


def _printed(plane: ControlPlane, kind: Kind[Any]) -> dict[tuple[str, str], dict[str, str]]:
    """What kubectl prints, by namespace and name: cells are cut where the titles stand."""
    scope = ["-A"] if kind.resource.namespaced else []
    head, *lines = plane.kubectl("get", kind.resource.plural, *scope, "-o", "wide").splitlines()
    titles = (["NAMESPACE"] if scope else []) + [column.title for column in kind.columns]
    starts: list[int] = []
    for title in titles:
        starts.append(head.index(title, starts[-1] + len(titles[len(starts) - 1]) if starts else 0))
    assert head.split() == " ".join(titles).split()
    rows = {}
    for line in lines:
        texts = [line[a:b].rstrip() for a, b in zip(starts, [*starts[1:], None], strict=True)]
        cells = dict(zip(titles, texts, strict=True))
        rows[cells.get("NAMESPACE", ""), cells["NAME"]] = cells
    return rows


def _said(kind: Kind[Any], obj: Object, moments: tuple[datetime, datetime]) -> list[set[str]]:
    """Our cells of an object; where one grows old, all that it may say between two moments."""
    began, ended = moments
    step = (ended - began) / 20
    cells = [column.text(obj) for column in kind.columns]
    return [{cell.at(began + step * n) for n in range(21)} if isinstance(cell, Aged) else {cell} for cell in cells]


@pytest.mark.parametrize("kind", BUILTIN, ids=lambda kind: kind.resource.plural)
def test_every_cell_is_what_kubectl_prints(plane: ControlPlane, kind: Kind[Any]) -> None:
    before = _read(plane, kind, JSON)
    began = datetime.now(UTC)
    printed = _printed(plane, kind)
    ended = datetime.now(UTC)
    after = _read(plane, kind, JSON)
    still = [obj for obj in before if obj in after]
    differing = [
        (obj.metadata.name, column.title, shown[column.title], said)
        for obj in still
        for shown in [printed[obj.metadata.namespace, obj.metadata.name]]
        for column, said in zip(kind.columns, _said(kind, obj, (began, ended)), strict=True)
        if shown[column.title] not in said
    ]
    assert len(still) >= 5
    assert differing == []


@pytest.mark.parametrize("kind", BUILTIN, ids=lambda kind: kind.resource.plural)
def test_protobuf_and_json_yield_equal_objects(plane: ControlPlane, kind: Kind[Any]) -> None:
    def by_version(media: str) -> dict[tuple[str, str], Object]:
        return {(obj.metadata.uid, obj.metadata.resource_version): obj for obj in _read(plane, kind, media)}

    json, proto = by_version(JSON), by_version(PROTOBUF)
    shared = json.keys() & proto.keys()
    assert len(shared) >= 5
    assert {key: json[key] for key in shared} == {key: proto[key] for key in shared}


def test_the_pods_of_the_corpus_show_what_they_are_said_to_show(plane: ControlPlane) -> None:
    printed = _printed(plane, POD)
    wanted = {example.name: example.row for example in examples(datetime.now(UTC))}
    shown = {
        name: (cells["READY"], cells["STATUS"], cells["RESTARTS"])
        for (namespace, name), cells in printed.items()
        if namespace == "corpus"
    }
    assert shown == wanted


def test_the_resources_are_those_of_discovery(plane: ControlPlane) -> None:
    lines = plane.kubectl("api-resources", "--no-headers").splitlines()
    served = {(words[-1], words[-3]): words for words in map(str.split, lines)}
    for kind in BUILTIN:
        resource = kind.resource
        plural, *short, _, namespaced, _ = served[resource.kind, resource.api_version]
        assert (plural, "".join(short), namespaced) == (
            resource.plural,
            ",".join(resource.short),
            str(resource.namespaced).lower(),
        )
