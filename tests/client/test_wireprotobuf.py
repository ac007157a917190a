"""Lists and watches in protobuf, however the bytes come, are what they are in JSON; what is garbled is Unavailable."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubetui.client.errors import Unavailable
from kubetui.client.protobuf import decoder
from kubetui.client.wire import LONGEST
from kubetui.client.wirejson import JsonListReader, JsonWatchReader
from kubetui.client.wireprotobuf import ProtobufListReader, ProtobufWatchReader
from kubetui.kinds.deployment import DEPLOYMENT
from kubetui.kinds.endpointslice import ENDPOINTSLICE
from kubetui.kinds.kind import Kind
from kubetui.kinds.pod import POD, Pod
from kubetui.kinds.service import SERVICE
from kubetui.read import Object
from tests.client.cutting import cuts, damaged, golden, listed, watched
from tests.client.proto import MAGIC, a_list, a_pod, envelope, event, field, number

KINDS: list[Kind[Any]] = [POD, SERVICE, DEPLOYMENT, ENDPOINTSLICE]


def lists(struct: type[Object] = Pod) -> ProtobufListReader[Any]:
    return ProtobufListReader(decoder(struct))


def watches(struct: type[Object] = Pod) -> ProtobufWatchReader[Any]:
    return ProtobufWatchReader(decoder(struct))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.resource.plural)
def test_a_real_list_is_the_same_in_both_encodings(kind: Kind[Any]) -> None:
    plural = kind.resource.plural
    items, meta = listed(lists(kind.struct), [golden(f"{plural}.pb")])
    assert items
    assert (items, meta) == listed(JsonListReader(kind.struct), [golden(f"{plural}.json")])


def test_a_real_watch_is_the_same_in_both_encodings() -> None:
    events = watched(watches(), [golden("watch.pb")])
    assert [each.type for each in events] == ["ADDED", "ADDED", "BOOKMARK"]
    plain = watched(JsonWatchReader(Pod), [golden("watch.json")])
    assert events[:-1] == plain[:-1]
    assert events[-1].resource_version.isdecimal() and events[-1].ends_initial


@pytest.mark.parametrize(("key", "value"), [("k8s.io/initial-events-end", "true"), ("other", "true"), ("", "")])
def test_the_bookmark_that_ends_what_there_is_is_told_from_others(key: str, value: str) -> None:
    other, mark = field(1, "a") + field(2, "b"), field(1, key) + field(2, value)
    meta = field(6, "7") + field(12, other) + field(12, mark)
    [told] = watched(watches(), [event("BOOKMARK", envelope(field(1, meta)))])
    assert (told.resource_version, told.ends_initial) == ("7", key.startswith("k8s.io"))


@given(cuts(golden("pods.pb")))
def test_a_list_is_the_same_wherever_it_is_cut(chunks: list[bytes]) -> None:
    assert listed(lists(), chunks) == listed(lists(), [b"".join(chunks)])


@given(cuts(golden("watch.pb")))
def test_a_watch_is_the_same_wherever_it_is_cut(chunks: list[bytes]) -> None:
    assert watched(watches(), chunks) == watched(watches(), [b"".join(chunks)])


def test_a_list_that_comes_byte_by_byte_is_read_item_by_item() -> None:
    reader, came = lists(), list[int]()
    body = a_list([a_pod("one"), a_pod("two")])
    for at in range(len(body)):
        came += [at for _ in reader.feed(body[at : at + 1])]
    assert len(came) == 2 and came[0] < came[1] < len(body)
    assert list(reader.finish()) == []


@given(damaged(golden("pods.pb")))
def test_a_damaged_list_is_unavailable_or_readable_and_nothing_else(body: bytes) -> None:
    with contextlib.suppress(Unavailable):
        listed(lists(), [body])


@given(damaged(golden("watch.pb")))
def test_a_damaged_watch_is_unavailable_or_readable_and_nothing_else(body: bytes) -> None:
    with contextlib.suppress(Unavailable):
        watched(watches(), [body])


@given(st.binary(max_size=60))
def test_any_bytes_are_unavailable_or_readable_and_nothing_else(noise: bytes) -> None:
    for body in (noise, MAGIC + noise, envelope(noise), a_list([noise]), envelope(field(1, noise))):
        with contextlib.suppress(Unavailable):
            listed(lists(), [body])
    for frame in (noise, event("ADDED", noise), event("ADDED", envelope(noise)), event("ERROR", envelope(noise))):
        with contextlib.suppress(Unavailable):
            watched(watches(), [frame])


@given(st.integers(0, len(golden("pods.pb")) - 20))
def test_half_a_list_is_never_taken_for_a_whole_one(length: int) -> None:
    with pytest.raises(Unavailable):
        listed(lists(), [golden("pods.pb")[:length]])


def test_an_empty_list_has_a_version() -> None:
    items, meta = listed(lists(), [a_list([], version="42", token="more")])
    assert (items, meta.resource_version, meta.continue_) == ([], "42", "more")


def test_a_page_of_html_is_told_as_one() -> None:
    with pytest.raises(Unavailable, match="HTML page"):
        listed(lists(), [b"<html>Please log in</html>"])


def test_a_time_beyond_all_times_is_garbled() -> None:
    meta = field(1, "web") + field(8, number(1, 1 << 62))
    with pytest.raises(Unavailable, match="not a protobuf list"):
        listed(lists(), [a_list([field(1, meta)])])
    with pytest.raises(Unavailable, match="not a watch event"):
        watched(watches(), [event("ADDED", envelope(field(1, meta)))])


def test_text_that_is_no_utf_8_reads_as_the_servers_json_has_it() -> None:
    meta = field(1, b"w\xff") + field(5, "uid") + field(11, field(1, "note") + field(2, b"\xfe!"))
    container = field(1, b"\xc3(") + field(2, "image")
    spoilt = field(1, meta) + field(2, field(2, container))
    [pod, sound] = listed(lists(), [a_list([spoilt, a_pod("web")])])[0]
    assert (pod.metadata.name, pod.metadata.uid, pod.metadata.labels) == ("w\ufffd", "uid", {"note": "\ufffd!"})
    assert pod.spec.containers[0].name == "\ufffd("
    assert sound == listed(lists(), [a_list([a_pod("web")])])[0][0]
    [seen] = watched(watches(), [event("ADDED", envelope(spoilt))])
    assert seen.object == pod


def test_an_event_larger_than_is_read_is_unavailable_before_it_has_come() -> None:
    with pytest.raises(Unavailable, match="32 MiB"):
        watched(watches(), [(LONGEST + 1).to_bytes(4, "big")])


def test_an_error_in_a_watch_carries_the_servers_status() -> None:
    cause = field(1, "ResourceVersionTooLarge")
    details = field(4, cause) + number(5, 7)
    status = field(2, "Failure") + field(3, "too old: é") + field(4, "Expired") + field(5, details) + number(6, 410)
    [error] = watched(watches(), [event("ERROR", envelope(status, "Status"))])
    assert error.type == "ERROR" and error.object is None
    assert error.status == {
        "kind": "Status",
        "status": "Failure",
        "message": "too old: é",
        "reason": "Expired",
        "details": {"causes": [{"reason": "ResourceVersionTooLarge"}], "retryAfterSeconds": 7},
        "code": 410,
    }


def test_fields_that_are_not_read_are_stepped_over_whatever_they_are() -> None:
    unknown = number(99, 5) + field(98, b"\xff") + bytes([97 << 3 & 0x7F | 0x80 | 1, 97 >> 4]) + bytes(8)
    plain, _ = listed(lists(), [a_list([a_pod("web")])])
    more, _ = listed(lists(), [a_list([a_pod("web") + unknown])])
    assert more == plain


def test_what_many_objects_have_alike_is_one_object_in_memory() -> None:
    owner = field(13, field(1, "ReplicaSet") + field(3, "web") + field(4, "owner"))
    pair = field(11, field(1, "app") + field(2, "web"))
    metas = [field(1, name) + field(5, name) + pair + owner for name in ("web-1", "web-2")]
    one, other = listed(lists(), [a_list([field(1, meta) for meta in metas])])[0]
    assert one.metadata.labels == {"app": "web"} and one.metadata.owner_references[0].uid == "owner"
    assert one.metadata.labels is other.metadata.labels
    assert one.metadata.owner_references is other.metadata.owner_references
