"""Lists, watches and tables in JSON, however the bytes come; nulls are absent, what is garbled is Unavailable."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubetui.client import wirejson
from kubetui.client.errors import Unavailable
from kubetui.client.wire import LONGEST
from kubetui.client.wirejson import (
    JsonListReader,
    JsonWatchReader,
    TableListReader,
    TableWatchReader,
    decode_json,
    decode_table,
)
from kubetui.kinds.pod import Pod
from kubetui.kinds.service import Service
from kubetui.read import Object
from tests.client.cutting import cuts, damaged, golden, listed, watched

POD = {"metadata": {"name": "web", "uid": "1", "resourceVersion": "5"}}


def page(*items: Any, **meta: str) -> bytes:
    """A list, as compact as a server writes it."""
    body = {"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": "7", **meta}, "items": items}
    return json.dumps(body, separators=(",", ":")).encode()


def line(what: str, obj: Any) -> bytes:
    return json.dumps({"type": what, "object": obj}).encode() + b"\n"


@given(cuts(golden("pods.json")))
def test_a_list_is_the_same_wherever_it_is_cut(chunks: list[bytes]) -> None:
    items, meta = listed(JsonListReader(Pod), chunks)
    assert (items, meta) == listed(JsonListReader(Pod), [b"".join(chunks)])
    assert len(items) == len(json.loads(b"".join(chunks))["items"])


@given(cuts(golden("watch.json")))
def test_a_watch_is_the_same_wherever_it_is_cut(chunks: list[bytes]) -> None:
    events = watched(JsonWatchReader(Pod), chunks)
    assert [each.type for each in events] == ["ADDED", "ADDED", "BOOKMARK"]
    assert events == watched(JsonWatchReader(Pod), [b"".join(chunks)])


@given(cuts(golden("tablewatch.json")))
def test_a_watch_of_tables_is_the_same_wherever_it_is_cut(chunks: list[bytes]) -> None:
    events = watched(TableWatchReader(), chunks)
    assert [each.type for each in events] == ["ADDED", "ADDED", "BOOKMARK"]
    assert events == watched(TableWatchReader(), [b"".join(chunks)])
    assert events[0].object is not None and events[0].object.cells[:3] == (
        events[0].object.metadata.name,
        "1/1",
        "Running",
    )
    assert events[-1].resource_version.isdecimal() and events[-1].ends_initial


def test_a_real_table_has_its_rows_and_its_version() -> None:
    rows, meta = listed(TableListReader(), [golden("table.json")])
    assert [row.cells[0] for row in rows] == [row.metadata.name for row in rows]
    assert len(rows) == 2 and meta.resource_version.isdecimal()


def test_items_are_there_as_soon_as_the_next_one_begins() -> None:
    reader = JsonListReader(Pod)
    body = page(POD, {"metadata": {"name": "api"}}, {"metadata": {"name": "db"}})
    at = body.index(b'"db"')
    assert [pod.metadata.name for pod in reader.feed(body[:at])] == ["web", "api"]


def test_what_looks_like_a_seam_within_an_item_is_none() -> None:
    note = 'x"},{"metadata":{"name":"forged"}},{"metadata":{}'
    tricky = {"metadata": {"name": "web", "labels": {"note": note}}}
    nested = {"metadata": {"name": "api"}, "template": {"list": [{"a": {}}, {"metadata": {"name": "inner"}}]}}
    items, _ = listed(JsonListReader(Pod), [page(tricky, nested, POD)])
    assert [pod.metadata.name for pod in items] == ["web", "api", "web"]


def test_an_item_full_of_what_looks_like_seams_is_not_tried_at_each(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def decode(data: bytes, struct: type[Object]) -> Object:
        tried.append(len(data))
        return decode_json(data, struct)

    monkeypatch.setattr(wirejson, "decode_json", decode)
    claims = {"metadata": {"name": "db"}, "spec": {"claims": [{"metadata": {"name": str(n)}} for n in range(5_000)]}}
    items, _ = listed(JsonListReader(Pod), [page(POD, claims, POD)])
    assert [pod.metadata.name for pod in items] == ["web", "db", "web"]
    assert len(tried) < 100


@given(st.lists(st.recursive(st.none() | st.text(), lambda inner: st.dictionaries(st.text(), inner), max_leaves=4)))
def test_whatever_items_carry_beside_what_is_read_they_are_cut_right(extras: list[Any]) -> None:
    items = [{"metadata": {"name": f"pod-{at}"}, "extra": extra} for at, extra in enumerate(extras)]
    found, _ = listed(JsonListReader(Object), [page(*items)])
    assert [each.metadata.name for each in found] == [f"pod-{at}" for at in range(len(extras))]


def test_a_list_that_is_indented_or_differently_ordered_is_read_too() -> None:
    body = {"items": [POD], "metadata": {"resourceVersion": "7", "continue": "more", "remainingItemCount": 3}}
    items, meta = listed(JsonListReader(Pod), [json.dumps(body, indent=2).encode()])
    assert [pod.metadata.name for pod in items] == ["web"]
    assert (meta.resource_version, meta.continue_, meta.remaining) == ("7", "more", 3)


@pytest.mark.parametrize("items", ["[]", "null"])
def test_a_list_of_nothing_is_a_list(items: str) -> None:
    body = f'{{"kind":"PodList","metadata":{{"resourceVersion":"7"}},"items":{items}}}'.encode()
    found, meta = listed(JsonListReader(Pod), [body])
    assert (found, meta.resource_version) == ([], "7")


NULLS = {
    "metadata": {"name": "web", "labels": None, "ownerReferences": None, "creationTimestamp": None, "namespace": None},
    "spec": None,
    "status": {"conditions": None, "phase": None},
}


def test_a_null_is_as_good_as_nothing_at_any_depth() -> None:
    bare = decode_json(b'{"metadata":{"name":"web"},"status":{}}', Pod)
    assert decode_json(json.dumps(NULLS).encode(), Pod) == bare
    assert listed(JsonListReader(Pod), [page(NULLS, NULLS)])[0] == [bare, bare]
    assert watched(JsonWatchReader(Pod), [line("ADDED", NULLS)])[0].object == bare


def test_a_null_in_a_real_service_reads_as_absent() -> None:
    body = json.loads(golden("services.json"))
    [plain] = listed(JsonListReader(Service), [json.dumps(body).encode()])[0]
    body["items"][0]["spec"].update(externalIPs=None, loadBalancerIP=None)
    assert listed(JsonListReader(Service), [json.dumps(body).encode()])[0] == [plain]


@given(damaged(golden("pods.json")))
def test_a_damaged_list_is_unavailable_or_readable_and_nothing_else(body: bytes) -> None:
    with contextlib.suppress(Unavailable):
        listed(JsonListReader(Pod), [body])


@given(damaged(golden("watch.json")))
def test_a_damaged_watch_is_unavailable_or_readable_and_nothing_else(body: bytes) -> None:
    with contextlib.suppress(Unavailable):
        watched(JsonWatchReader(Pod), [body])


@given(damaged(golden("tablewatch.json")), damaged(golden("table.json")))
def test_a_damaged_table_is_unavailable_or_readable_and_nothing_else(stream: bytes, body: bytes) -> None:
    with contextlib.suppress(Unavailable):
        watched(TableWatchReader(), [stream])
    with contextlib.suppress(Unavailable):
        listed(TableListReader(), [body])


BAD = [
    b"",
    b"\x00",
    b"null",
    b"[]",
    b'"text"',
    b"\xff\xfe",
    b'{"items":5}',
    b'{"items":[5]}',
    b'{"items":[{"metadata":{"name":5}}]}',
    b'{"items":[{"metadata":{"name":"\xff"}}]}',
    b'{"metadata":{"resourceVersion":7},"items":[{"metadata":{"name":"web"}}]}',
    b'{"kind":"Status","status":"Failure"}',
    b"[" * 100_000,
    b'{"items":[' + b'{"metadata":' * 5000,
    page(POD)[:-1],
    page(POD)[:-2],
    page(POD) + b"}",
]


@pytest.mark.parametrize("body", BAD, ids=lambda body: repr(body[:30]))
def test_what_is_no_list_is_unavailable(body: bytes) -> None:
    with pytest.raises(Unavailable, match="not a list"):
        listed(JsonListReader(Pod), [body])


@pytest.mark.parametrize(
    "bad",
    [
        b"<html>log in</html>\n",
        b"{}\n",
        b'{"type":"ADDED"}\n',
        b'{"type":"ADDED","object":5}\n',
        b'{"type":"ADDED","object":{"metadata":{"name":"\xff"}}}\n',
        b'{"type":"ERROR","object":5}\n',
        b'{"type":"BOOKMARK","object":[]}\n',
        b"[" * 100_000 + b"\n",
    ],
    ids=lambda bad: repr(bad[:40]),
)
def test_what_is_no_event_is_unavailable(bad: bytes) -> None:
    with pytest.raises(Unavailable):
        watched(JsonWatchReader(Pod), [bad])
    with pytest.raises(Unavailable):
        watched(TableWatchReader(), [bad])


@pytest.mark.parametrize("rows", [None, [], [{"cells": ["a"]}, {"cells": ["b"]}]])
def test_an_event_of_a_table_without_its_one_row_is_unavailable(rows: Any) -> None:
    with pytest.raises(Unavailable, match="table of one row"):
        watched(TableWatchReader(), [line("ADDED", {"kind": "Table", "rows": rows})])


@pytest.mark.parametrize(
    "annotations", [{"k8s.io/initial-events-end": "true"}, {"other": "true"}, {"other": None}, None]
)
def test_the_bookmark_that_ends_what_there_is_is_told_from_others(annotations: Any) -> None:
    meta = {"resourceVersion": "7", "annotations": annotations}
    table = {
        "kind": "Table",
        "metadata": {"resourceVersion": "7"},
        "rows": [{"cells": [], "object": {"metadata": meta}}],
    }
    ends = annotations is not None and "k8s.io/initial-events-end" in annotations
    [mark] = watched(JsonWatchReader(Pod), [line("BOOKMARK", {"metadata": meta})])
    assert (mark.resource_version, mark.ends_initial) == ("7", ends)
    [row] = watched(TableWatchReader(), [line("BOOKMARK", table)])
    assert (row.resource_version, row.ends_initial) == ("7", ends)


def test_a_list_is_no_table() -> None:
    with pytest.raises(Unavailable, match="not a table"):
        decode_table(page(POD))


def test_a_page_of_html_is_told_as_one() -> None:
    with pytest.raises(Unavailable, match="HTML page"):
        listed(JsonListReader(Pod), [b"<!DOCTYPE html><title>Sign in</title>"])


def test_an_event_of_twenty_megabytes_is_read_and_one_beyond_the_limit_is_not() -> None:
    large = {**POD, "extra": "x" * (20 << 20)}
    body = line("ADDED", large)
    [event] = watched(JsonWatchReader(Pod), [body[at : at + 65536] for at in range(0, len(body), 65536)])
    assert event.resource_version == "5"
    reader = JsonWatchReader(Pod)
    with pytest.raises(Unavailable, match="32 MiB"):
        watched(reader, [b"x" * (LONGEST + 1)])


def test_blank_lines_between_events_are_nothing() -> None:
    assert len(watched(JsonWatchReader(Pod), [b"\n\r\n" + line("ADDED", POD) + b"\n"])) == 1
