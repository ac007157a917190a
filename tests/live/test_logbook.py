"""Many logs as one book: merged by time, bounded, and telling what happens to each source."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from kubetui.client.errors import ApiError, Forbidden, NotFound, Unavailable
from kubetui.client.logs import Wanted
from kubetui.live.logbook import STREAMS, LogBook, Standing
from kubetui.live.logmerge import CATCHING_UP, LIVE, OPENING, PATIENCE, Merge
from kubetui.live.logring import NOTICE, Entry, LogRing
from kubetui.live.logs import FixedSources, Source, short_names

pytestmark = pytest.mark.looptime(start=1000.0)

AT = 1_700_000_000


class Body:
    def __init__(self, lines: "asyncio.Queue[bytes | ApiError | None]") -> None:
        self._lines = lines

    async def chunks(self, *, idle: float | None) -> AsyncIterator[bytes]:
        while (piece := await self._lines.get()) is not None:
            if isinstance(piece, ApiError):
                raise piece
            yield piece


class Cluster:
    """Pods whose logs a test writes line by line."""

    def __init__(self) -> None:
        self.logs: dict[tuple[str, str], asyncio.Queue[bytes | ApiError | None]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.refusal: ApiError | None = None
        self.open = 0

    def writes(self, pod: str, second: float, text: str, container: str = "app") -> None:
        stamp = datetime.fromtimestamp(AT + second, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        self.log(pod, container).put_nowait(f"{stamp} {text}\n".encode())

    def breaks(self, pod: str) -> None:
        self.log(pod).put_nowait(Unavailable("the connection broke"))

    def ends(self, pod: str, container: str = "app") -> None:
        self.log(pod, container).put_nowait(None)

    def log(self, pod: str, container: str = "app") -> "asyncio.Queue[bytes | ApiError | None]":
        return self.logs.setdefault((pod, container), asyncio.Queue())

    @asynccontextmanager
    async def stream(self, path: str, *, query: Sequence[tuple[str, str]], accept: str) -> AsyncIterator[Body]:
        if self.refusal:
            raise self.refusal
        pod = path.split("/")[-2]
        self.asked.append((pod, dict(query)))
        self.open += 1
        try:
            yield Body(self.log(pod, dict(query)["container"]))
        finally:
            self.open -= 1

    async def get(self, path: str) -> bytes:
        pod: dict[str, Any] = {"metadata": {"uid": path.split("/")[-1]}, "status": {"phase": "Succeeded"}}
        return json.dumps(pod).encode()


class Probed:
    """A server that a test silences."""

    def __init__(self) -> None:
        self.silent = ""
        self.on_pulse: list[Callable[[], None]] = []

    def pulses(self, silent: str) -> None:
        self.silent = silent
        for wake in self.on_pulse:
            wake()


class Team:
    """Sources that a test changes."""

    def __init__(self, *pods: str) -> None:
        self.changed = asyncio.Event()
        self.closed = False
        self.sources = {pod: Source("ns", pod, "app", uid=pod, node="node-1") for pod in pods}

    def current(self) -> frozenset[Source]:
        return frozenset(self.sources.values())

    def close(self) -> None:
        self.closed = True

    def joins(self, pod: str, node: str = "node-3") -> None:
        self.sources[pod] = Source("ns", pod, "app", uid=pod, node=node)
        self.changed.set()

    def leaves(self, pod: str) -> None:
        del self.sources[pod]
        self.changed.set()


@asynccontextmanager
async def reading(book: LogBook) -> AsyncIterator[None]:
    task = asyncio.create_task(book.run())
    await asyncio.sleep(0)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def reads(book: LogBook, count: int) -> list[str]:
    """The texts of the book once it has so many lines."""
    more = asyncio.Event()
    book.listeners.append(more.set)
    async with asyncio.timeout(60):
        while len(book.ring) < count:
            await more.wait()
            more.clear()
    return [entry.text for entry in book.ring]


async def test_histories_are_merged_by_time_and_not_by_arrival() -> None:
    cluster, team = Cluster(), Team("web-aaaaa", "web-bbbbb")
    for second in (2, 4, 6):
        cluster.writes("web-bbbbb", second, f"b{second}")
    book = LogBook(cluster, team)
    async with reading(book):
        await asyncio.sleep(0.3)
        for second in (1, 3, 5):
            cluster.writes("web-aaaaa", second, f"a{second}")
        assert await reads(book, 6) == ["a1", "b2", "a3", "b4", "a5", "b6"]


async def test_a_single_source_waits_for_nobody() -> None:
    cluster = Cluster()
    book = LogBook(cluster, Team("web"))
    async with reading(book):
        before = asyncio.get_running_loop().time()
        cluster.writes("web", 0, "now")
        assert await reads(book, 1) == ["now"]
        assert asyncio.get_running_loop().time() - before < 0.05


async def test_a_pod_that_joins_is_announced_with_its_node_and_followed() -> None:
    cluster, team = Cluster(), Team("web-a")
    book = LogBook(cluster, team)
    async with reading(book):
        cluster.writes("web-a", 0, "old")
        await reads(book, 1)
        team.joins("web-b")
        await reads(book, 2)
        cluster.writes("web-b", 1, "new")
        assert await reads(book, 3) == ["old", "pod web-b joined (node-3)", "new"]


async def test_many_sources_with_much_to_say_take_turns_so_that_keys_are_answered_between() -> None:
    cluster, pods = Cluster(), [f"pod-{number}" for number in range(STREAMS)]
    for pod in pods:
        for chunk in range(4):
            line = f"{datetime.fromtimestamp(AT, UTC):%Y-%m-%dT%H:%M:%SZ} {pod} {chunk}\n"
            cluster.log(pod).put_nowait(line.encode() * 250)
    book = LogBook(cluster, FixedSources(Source("ns", pod, "app", uid=pod, node="node-1") for pod in pods))
    most = before = 0
    async with reading(book):
        for _ in range(50_000):
            await asyncio.sleep(0)
            most, before = max(most, book.received - before), book.received
            if book.received == STREAMS * 1000:
                break
    assert book.received == STREAMS * 1000
    assert most <= 400


async def test_those_who_are_there_from_the_start_are_not_announced() -> None:
    book = LogBook(Cluster(), Team("web-a", "web-b"))
    async with reading(book):
        await asyncio.sleep(5)
        assert len(book.ring) == 0
        assert len(book.streams) == 2


async def test_a_pod_that_ends_is_announced_after_its_last_line() -> None:
    cluster, team = Cluster(), Team("web-a", "web-b")
    book = LogBook(cluster, team)
    async with reading(book):
        cluster.writes("web-a", 0, "last words")
        cluster.ends("web-a")
        assert await reads(book, 2) == ["last words", "pod web-a ended"]
        assert book.streams[0].standing is Standing.OVER


async def test_a_pod_that_left_may_finish_and_is_then_let_go() -> None:
    cluster, team = Cluster(), Team("web-a")
    book = LogBook(cluster, team)
    async with reading(book):
        cluster.writes("web-a", 0, "one")
        await reads(book, 1)
        team.leaves("web-a")
        await asyncio.sleep(1)
        cluster.writes("web-a", 1, "two")
        assert await reads(book, 3) == ["one", "two", "pod web-a ended"]
        assert cluster.open == 0


async def test_a_pod_that_comes_back_in_time_is_not_let_go() -> None:
    cluster, team = Cluster(), Team("web-a")
    book = LogBook(cluster, team)
    async with reading(book):
        team.leaves("web-a")
        await asyncio.sleep(1)
        team.joins("web-a")
        await asyncio.sleep(60)
        assert cluster.open == 1
        assert len(book.ring) == 0


async def test_a_lost_stream_and_its_return_are_told() -> None:
    cluster, team = Cluster(), Team("web-a")
    book = LogBook(cluster, team)
    async with reading(book):
        cluster.writes("web-a", 0, "one")
        cluster.breaks("web-a")
        texts = await reads(book, 3)
        assert texts[0] == "one"
        assert "lost: the connection broke" in texts[1]
        assert "back" in texts[2]


async def test_once_a_server_answers_after_silence_its_logs_are_asked_for_anew() -> None:
    cluster, server = Cluster(), Probed()
    book = LogBook(cluster, Team("web-1"), server=server)
    async with reading(book):
        cluster.writes("web-1", 0, "before")
        await reads(book, 1)
        server.pulses("no answer for 3 s")
        server.pulses("no answer for 3 s")
        assert len(cluster.asked) == 1
        server.pulses("")
        server.pulses("")
        await reads(book, 3)
        cluster.writes("web-1", 1, "after")
        lines = await reads(book, 4)
        assert lines[1:3] == [
            "web-1/app: the log stream is lost: no answer for 3 s; trying again",
            "web-1/app: the log stream is back, from where it stopped",
        ]
        assert len(cluster.asked) == 2 and cluster.open == 1
    assert not server.on_pulse


async def test_what_one_may_not_read_is_a_line_and_the_others_go_on() -> None:
    cluster, team = Cluster(), Team("web-a")
    book = LogBook(cluster, team)
    async with reading(book):
        await asyncio.sleep(0.1)
        cluster.refusal = Forbidden("GET log: you may not")
        team.joins("web-b")
        await reads(book, 2)
        cluster.writes("web-a", 0, "still here")
        assert (await reads(book, 3))[1:] == ["web-b/app: GET log: you may not", "still here"]


async def test_more_sources_than_streams_wait_for_their_turn_and_are_told() -> None:
    cluster = Cluster()
    book = LogBook(cluster, Team(*(f"web-{number:02}" for number in range(STREAMS + 2))))
    async with reading(book):
        await asyncio.sleep(1)
        assert cluster.open == STREAMS
        assert [entry.text for entry in book.ring] == ["2 more containers wait: 50 logs are followed at once"]
        cluster.ends("web-00")
        await reads(book, 2)
        assert cluster.open == STREAMS


async def test_another_window_starts_over_with_new_questions() -> None:
    cluster = Cluster()
    book = LogBook(cluster, Team("web"))
    async with reading(book):
        cluster.writes("web", 0, "before")
        await reads(book, 1)
        book.open(Wanted(previous=True))
        await asyncio.sleep(0.1)
        assert cluster.asked[-1] == ("web", {"container": "app", "timestamps": "true", "previous": "true"})
        assert cluster.open == 1
        cluster.writes("web", 0, "again")
        assert await reads(book, 1) == ["again"]


async def test_one_container_of_each_pod_unless_all_are_wanted() -> None:
    cluster = Cluster()
    sources = FixedSources([Source("ns", "web", "app"), Source("ns", "web", "proxy", main=False)])
    book = LogBook(cluster, sources, all_containers=False)
    async with reading(book):
        await asyncio.sleep(0.1)
        assert [stream.source.container for stream in book.streams] == ["app"]
        book.open(Wanted(), all_containers=True)
        await asyncio.sleep(0.1)
        assert book.names == ["app", "proxy"]


async def test_a_pod_that_is_gone_is_no_error() -> None:
    cluster = Cluster()
    cluster.refusal = NotFound("gone")
    book = LogBook(cluster, Team("web"))
    async with reading(book):
        assert await reads(book, 1) == ["pod web ended"]


async def test_a_book_that_is_read_no_more_closes_its_sources_and_streams() -> None:
    cluster, team = Cluster(), Team("web")
    async with reading(LogBook(cluster, team)):
        await asyncio.sleep(0.1)
        assert (cluster.open, team.closed) == (1, False)
    assert (cluster.open, team.closed) == (0, True)


def test_a_ring_drops_the_oldest_lines_and_counts_them() -> None:
    ring = LogRing(lines=3)
    ring.extend(Entry(0, str(number)) for number in range(10))
    assert [entry.text for entry in ring] == ["7", "8", "9"]
    assert (ring.first, ring.end, ring.dropped) == (7, 10, 7)
    with pytest.raises(IndexError):
        ring[6]
    assert ring[7].text == "7"


def test_a_ring_is_bounded_in_characters_too_but_keeps_the_newest_line() -> None:
    ring = LogRing(characters=10)
    ring.extend(Entry(0, text) for text in ("aaaa", "bbbb", "cccc"))
    assert [entry.text for entry in ring] == ["bbbb", "cccc"]
    ring.extend([Entry(0, "d" * 50)])
    assert len(ring) == 1


def test_a_cleared_ring_goes_on_counting() -> None:
    ring = LogRing()
    ring.extend([Entry(0, "a")])
    ring.clear()
    ring.extend([Entry(0, "b")])
    assert (ring.first, ring.dropped, ring[1].text) == (1, 0, "b")


def test_a_line_is_held_back_while_another_source_may_be_behind() -> None:
    merge, wall = Merge(), AT * 10**9
    merge.open(0, 0.0)
    merge.open(1, 0.0)
    merge.add(Entry(50, "b", 1), 0.1, wall)
    assert merge.take(0.1) == []
    merge.add(Entry(40, "a", 0), 0.2, wall)
    assert [entry.text for entry in merge.take(0.2)] == ["a"]
    assert [entry.text for entry in merge.take(0.2 + CATCHING_UP)] == ["b"]


def test_lines_of_now_are_held_for_a_blink_only() -> None:
    merge = Merge()
    merge.open(0, 0.0)
    merge.open(1, 0.0)
    merge.add(Entry(7, "b", 1), OPENING, wall=7)
    merge.add(Entry(3, "a", 0), OPENING, wall=7)
    assert len(merge.take(OPENING + LIVE)) == 2


def test_nobody_holds_the_others_back_for_long() -> None:
    merge = Merge()
    merge.open(0, 0.0)
    merge.open(1, 0.0)
    merge.add(Entry(50, "b", 1), 0.0, wall=10**18)
    now = 0.0
    while not (taken := [entry for entry in merge.take(now) if entry.source == 1]):
        now += 0.3
        merge.add(Entry(int(now * 10), "slow", 0), now, wall=10**18)
    assert taken and now <= 2 * PATIENCE


@pytest.mark.parametrize(
    ("sources", "names"),
    [
        (["web-7d4b9c-x2k1p/app"], [""]),
        (["web-7d4b9c-x2k1p/app", "web-7d4b9c-q8zzl/app"], ["x2k1p", "q8zzl"]),
        (["web-1-x2k1p/app", "api-2-x2k1p/app"], ["1-x2k1p", "2-x2k1p"]),
        (["db-0/app", "db-1/app"], ["db-0", "db-1"]),
        (["web/app", "web/proxy"], ["app", "proxy"]),
        (["a-11111/app", "a-11111/proxy", "a-22222/app"], ["11111/app", "11111/proxy", "22222/app"]),
        (["web/app", "web-web/app"], ["web", "web-web"]),
    ],
)
def test_sources_are_called_by_the_shortest_tail_that_tells_them_apart(sources: list[str], names: list[str]) -> None:
    pods = [source.split("/") for source in sources]
    assert short_names(Source("ns", pod, container) for pod, container in pods) == names


def test_namesakes_of_two_namespaces_are_told_apart() -> None:
    assert short_names([Source("a", "web", "app"), Source("b", "web", "app")]) == ["a/web", "b/web"]


def test_the_programs_own_words_have_no_source() -> None:
    book = LogBook(Cluster(), FixedSources([]), wall=lambda: 7)
    book.note("mark")
    assert list(book.ring) == [Entry(7, "mark", NOTICE)]
