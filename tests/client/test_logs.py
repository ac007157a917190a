"""A container's log comes whole and once, whatever happens to the connection or the container."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

import looptime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kubetui.client.errors import ApiError, BadConfig, Forbidden, NotFound, Rejected, Unauthorized, Unavailable
from kubetui.client.loglines import LONGEST, LineReader, LogLine
from kubetui.client.logs import Interrupted, Resumed, Told, Waiting, Wanted, stream

AT = 1_700_000_000
EVERYTHING = Wanted()
TEXTS = (b"", b"same", b"same ", "größer 日本".encode(), b"\xff\xfe", b"2023-01-01T00:00:00Z x", b"\r")
CUT = Unavailable("GET log: the connection broke")


def stamp(nanoseconds: int) -> str:
    """As the kubelet writes it with timestamps=true."""
    second, rest = divmod(nanoseconds, 10**9)
    return f"{datetime.fromtimestamp(second, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"


class Body:
    def __init__(self, pieces: Sequence[bytes], end: ApiError | None) -> None:
        self._pieces, self._end = pieces, end

    async def chunks(self, *, idle: float | None) -> AsyncIterator[bytes]:
        assert idle is None
        for piece in self._pieces:
            yield piece
        if self._end is not None:
            raise self._end


class Container:
    """A container with a whole log, served from `sinceTime` on as a kubelet does; connections end as scripted."""

    def __init__(self, lines: Sequence[tuple[int, bytes]]) -> None:
        self.lines = list(lines)
        self.previous: list[tuple[int, bytes]] = []
        self.cuts: list[int] = []
        """Bytes after which one connection after the other breaks; the rest end whole."""
        self.refusals: list[ApiError] = []
        self.chunk = 7
        self.asked: list[dict[str, str]] = []
        self.pod: dict[str, Any] | ApiError = pod_with({"terminated": {"exitCode": 0}}, policy="Never")

    @asynccontextmanager
    async def stream(self, path: str, *, query: Sequence[tuple[str, str]], accept: str) -> AsyncIterator[Body]:
        assert path == "/api/v1/namespaces/ns/pods/web/log"
        asked = dict(query)
        self.asked.append(asked)
        if self.refusals:
            raise self.refusals.pop(0)
        lines = self.previous if "previous" in asked else self.lines
        since = datetime.fromisoformat(asked["sinceTime"]).timestamp() * 10**9 if "sinceTime" in asked else 0
        sent = b"".join(stamp(time).encode() + b" " + text + b"\n" for time, text in lines if time >= since)
        end = None
        if self.cuts and "previous" not in asked:
            sent, end = sent[: self.cuts.pop(0)], CUT
        yield Body([sent[at : at + self.chunk] for at in range(0, len(sent), self.chunk)], end)

    async def get(self, path: str) -> bytes:
        assert path == "/api/v1/namespaces/ns/pods/web"
        if isinstance(self.pod, ApiError):
            raise self.pod
        return json.dumps(self.pod).encode()


def pod_with(state: dict[str, Any], *, policy: str = "Always", last: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "metadata": {"uid": "1"},
        "spec": {"restartPolicy": policy},
        "status": {"phase": "Running", "containerStatuses": [{"name": "app", "state": state, "lastState": last or {}}]},
    }


def following(api: Container, wanted: Wanted = EVERYTHING, uid: str = "") -> AsyncGenerator[Told]:
    return stream(api, "ns", "web", "app", wanted, uid=uid)


async def all_of(told: AsyncGenerator[Told]) -> list[Told]:
    async with aclosing(told):
        return [each async for each in told]


def texts(told: Sequence[Told]) -> list[str]:
    return [each.text for each in told if isinstance(each, LogLine)]


def at_once(run: Callable[[], Coroutine[Any, Any, list[Told]]]) -> list[Told]:
    """Runs on a loop whose time flies."""
    with asyncio.Runner(loop_factory=looptime.new_event_loop) as runner:
        return runner.run(run())


def numbered(count: int, apart: int = 10**9) -> list[tuple[int, bytes]]:
    return [(AT * 10**9 + number * apart, b"line %d" % number) for number in range(count)]


LOGS = st.lists(
    st.tuples(
        st.integers(0, 4_000_000_000).map(lambda nanoseconds: AT * 10**9 + nanoseconds),
        st.sampled_from(TEXTS),
    ),
    max_size=14,
).map(lambda lines: sorted(lines, key=lambda line: line[0]))


@given(lines=LOGS, cuts=st.lists(st.integers(0, 500), max_size=6), chunk=st.integers(1, 200))
@settings(max_examples=150, deadline=None)
def test_no_line_is_lost_or_doubled_wherever_the_connection_is_cut(
    lines: list[tuple[int, bytes]], cuts: list[int], chunk: int
) -> None:
    api = Container(lines)
    api.cuts, api.chunk = cuts, chunk
    told = at_once(lambda: all_of(following(api)))
    seen = [(line.time, line.text.encode(errors="surrogateescape")) for line in told if isinstance(line, LogLine)]
    assert seen == lines


def test_every_byte_position_of_a_cut_gives_the_same_log() -> None:
    lines = [(AT * 10**9 + at, text) for at, text in ((0, b"a"), (0, b"a"), (5, "é".encode()), (10**9, b"b"))]
    for position in range(140):
        api = Container(lines)
        api.cuts = [position]
        assert texts(at_once(partial(all_of, following(api)))) == ["a", "a", "é", "b"]


def test_stamps_that_cross_over_a_second_are_not_lost_in_a_cut() -> None:
    lines = [(AT * 10**9, b"first"), ((AT + 1) * 10**9, b"stdout"), (AT * 10**9 + 999_999_000, b"stderr")]
    api = Container(lines)
    api.cuts = [84]
    assert texts(at_once(lambda: all_of(following(api)))) == ["first", "stdout", "stderr"]


def test_a_cut_is_told_and_so_is_what_follows() -> None:
    api = Container(numbered(2))
    api.cuts = [40]
    told = at_once(lambda: all_of(following(api)))
    assert [type(each) for each in told] == [LogLine, Interrupted, Resumed, LogLine]


def test_a_resumed_log_is_asked_from_the_second_before_the_last_line_and_no_tail() -> None:
    api = Container(numbered(5))
    api.cuts = [150]
    at_once(lambda: all_of(following(api, Wanted(tail=10))))
    assert api.asked[0]["tailLines"] == "10"
    assert "tailLines" not in api.asked[1]
    assert api.asked[1]["sinceTime"] == "2023-11-14T22:13:21Z"


def test_what_was_wanted_is_what_is_asked() -> None:
    api = Container(numbered(1))
    since = datetime.fromtimestamp(AT, UTC)
    at_once(lambda: all_of(following(api, Wanted(since=since, limit=99, follow=False))))
    at_once(lambda: all_of(following(api, Wanted(previous=True))))
    common = {"container": "app", "timestamps": "true"}
    assert api.asked == [
        common | {"limitBytes": "99", "sinceTime": "2023-11-14T22:13:20Z"},
        common | {"previous": "true"},
    ]


def test_a_container_that_waits_is_asked_again_until_it_starts() -> None:
    api = Container(numbered(1))
    api.refusals = [Rejected("asked: waits", status={"message": "waits"})] * 3
    api.pod = pod_with({"waiting": {"reason": "ContainerCreating"}})
    seen: list[Told] = []

    async def run() -> list[Told]:
        async with aclosing(following(api)) as told:
            async for each in told:
                seen.append(each)
                if isinstance(each, LogLine):
                    return seen
        return seen

    assert at_once(run) == [Waiting("waits"), LogLine(AT * 10**9, "line 0")]


def test_a_container_that_never_started_and_is_over_ends_the_log_with_the_servers_word() -> None:
    api = Container([])
    api.refusals = [Rejected("asked: is terminated", status={"message": "is terminated"})] * 9
    assert at_once(lambda: all_of(following(api))) == [Waiting("is terminated")]


def test_a_missing_previous_run_is_an_error() -> None:
    api = Container([])
    api.refusals = [Rejected("not found")]
    with pytest.raises(Rejected):
        at_once(lambda: all_of(following(api, Wanted(previous=True))))


def test_what_one_may_not_read_is_an_error() -> None:
    api = Container([])
    api.refusals = [Forbidden("get pods/log")]
    with pytest.raises(Forbidden):
        at_once(lambda: all_of(following(api)))


@pytest.mark.parametrize("why", [Unauthorized("log in anew"), BadConfig("sso is not found")])
def test_credentials_that_are_refused_are_waited_for_where_the_log_is_followed(why: ApiError) -> None:
    api = Container(numbered(1))
    api.refusals = [why, why]
    told = at_once(lambda: all_of(following(api)))
    assert told == [Interrupted(str(why)), Resumed(), LogLine(AT * 10**9, "line 0")]
    api.refusals = [why]
    with pytest.raises(type(why)):
        at_once(lambda: all_of(following(api, Wanted(follow=False))))


def test_a_pod_that_is_gone_ends_its_log() -> None:
    api = Container([])
    api.refusals = [NotFound("no pod web")]
    assert at_once(lambda: all_of(following(api))) == []


def test_a_namesake_with_another_uid_ends_the_log_after_a_cut() -> None:
    api = Container(numbered(3))
    api.cuts = [40]
    api.pod = pod_with({"running": {}}) | {"metadata": {"uid": "2"}}
    told = at_once(lambda: all_of(following(api, uid="1")))
    assert texts(told) == ["line 0"]


def test_lines_of_a_run_that_ended_during_the_cut_are_read_from_the_previous_log() -> None:
    before, after = numbered(4), [(AT * 10**9 + 9 * 10**9, b"new run")]

    class Restarting(Container):
        async def get(self, path: str) -> bytes:
            self.previous, self.lines = before, after
            return await super().get(path)

    restarting = Restarting(before)
    restarting.cuts = [80]
    ended = {"terminated": {"finishedAt": datetime.fromtimestamp(AT + 4, UTC).isoformat()}}
    restarting.pod = pod_with({"terminated": {"exitCode": 1}}, policy="Never", last=ended)
    told = at_once(lambda: all_of(following(restarting)))
    assert texts(told) == ["line 0", "line 1", "line 2", "line 3", "new run"]


def test_a_restarted_container_is_followed_on() -> None:
    api = Container(numbered(1))
    api.pod = pod_with({"running": {}})
    seen: list[Told] = []

    async def run() -> list[Told]:
        async with aclosing(following(api)) as told:
            async for each in told:
                seen.append(each)
                api.lines = [((AT + 60) * 10**9, b"after the restart")]
                if len(seen) == 2:
                    break
        return seen

    assert texts(at_once(run)) == ["line 0", "after the restart"]


@pytest.mark.parametrize(
    ("pod", "asks"),
    [
        (pod_with({"terminated": {"exitCode": 0}}, policy="OnFailure"), 1),
        (pod_with({"running": {}}, policy="Never") | {"status": {"phase": "Succeeded"}}, 1),
        (NotFound("gone"), 1),
        (Forbidden("get pods"), 1),
    ],
)
def test_a_log_is_over_when_its_container_will_not_run_again(pod: dict[str, Any] | ApiError, asks: int) -> None:
    api = Container(numbered(1))
    api.pod = pod
    assert texts(at_once(lambda: all_of(following(api)))) == ["line 0"]
    assert len(api.asked) == asks


def test_the_last_line_needs_no_line_break() -> None:
    reader = LineReader()
    assert reader.feed(b"2023-11-14T22:13:20.5Z done") == []
    assert reader.end() == LogLine(AT * 10**9 + 500_000_000, "done")


STAMPS = {
    b"2023-11-14T22:13:20.000000005Z": AT * 10**9 + 5,
    b"2023-11-14T22:13:20.5Z": AT * 10**9 + 500_000_000,
    b"2023-11-14T22:13:20Z": AT * 10**9,
    b"2023-11-14T22:13:21.000000007Z": AT * 10**9 + 10**9 + 7,
    b"2023-11-15T00:13:20.000000009+02:00": AT * 10**9 + 9,
    b"2023-11-14T22:13:20.123456789-00:00": AT * 10**9 + 123_456_789,
}


@given(st.lists(st.sampled_from(sorted(STAMPS)), min_size=1, max_size=8))
def test_a_stamp_means_the_same_whatever_stamps_came_before(stamps: list[bytes]) -> None:
    lines = LineReader().feed(b"".join(stamp + b" x\n" for stamp in stamps))
    assert lines == [LogLine(STAMPS[stamp], "x") for stamp in stamps]


def test_what_only_begins_as_a_stamp_is_text() -> None:
    first, second = LineReader().feed(b"2023-11-14T22:13:20.000000005Z x\n2023-11-14T22:13:20.00000000xZ y\n")
    assert second == LogLine(first.time, "2023-11-14T22:13:20.00000000xZ y")


def test_stamps_in_another_time_zone_are_understood() -> None:
    assert LineReader().feed(b"2023-11-15T00:13:20.000000001+02:00 x\n") == [LogLine(AT * 10**9 + 1, "x")]


@pytest.mark.parametrize("chunk", [1 << 12, 1 << 16, 1 << 22])
def test_an_endless_line_comes_in_the_same_pieces_whatever_the_chunks(chunk: int) -> None:
    text = "é".encode() * LONGEST
    raw = b"2023-11-14T22:13:20Z " + text + b"\n2023-11-14T22:13:21Z next\n"
    reader = LineReader()
    lines = [line for at in range(0, len(raw), chunk) for line in reader.feed(raw[at : at + chunk])]
    assert [line.goes_on for line in lines] == [True, True, False, False]
    assert "".join(line.text for line in lines[:3]).encode() == text
    assert {line.time for line in lines[:3]} == {AT * 10**9}
    assert lines[3] == LogLine((AT + 1) * 10**9, "next")
