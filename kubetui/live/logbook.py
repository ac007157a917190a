"""The logs of many containers as one book: merged by time, bounded, and telling what happens to each source.

Follows the containers of a target as they come and go. Owns their streams; knows nothing of a screen.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing
from enum import Enum
from typing import Protocol

from kubetui.client.errors import ApiError
from kubetui.client.loglines import LogLine
from kubetui.client.logs import Asks, Doubt, Interrupted, Resumed, Told, Waiting, Wanted, stream
from kubetui.live.logmerge import Merge
from kubetui.live.logring import Entry, LogRing
from kubetui.live.logs import Source, Sources, short_names

STREAMS = 50
"""Logs followed at once; others wait for one of them to end."""
LINGER = 5.0
"""Seconds in which a source that left may still say its last words."""

_TAIL = Wanted(tail=1000)
_SLICE = 200
"""Lines that one source may hand on at a time; then it is the next one's turn, and that of the keys."""
_TURNS = 5
"""Turns of the event loop for that: a key goes through several hands until its frame is painted."""
_TICK = 0.05


class Server(Protocol):
    """Whether the API server answers at all, as its probe has it."""

    silent: str
    """Why it counts as silent; empty while it answers."""
    on_pulse: list[Callable[[], None]]
    """Called after each question of the probe."""


class Standing(Enum):
    """What is known of one source."""

    QUEUED = "queued"
    OPEN = "open"
    WAITING = "waiting to start"
    LOST = "lost"
    OVER = "ended"
    REFUSED = "refused"


class Stream:
    """One source in the book."""

    __slots__ = ("_leaves_at", "_limit", "doubt", "number", "source", "standing")

    def __init__(self, number: int, source: Source) -> None:
        self.number = number
        """As the entries name it; counts from 0 in the order of joining."""
        self.source = source
        self.standing = Standing.QUEUED
        self.doubt = Doubt()
        self._leaves_at: float | None = None
        self._limit: asyncio.Timeout | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to come."""
        return self.standing in (Standing.OVER, Standing.REFUSED)

    def until_left(self) -> asyncio.Timeout:
        """Raises TimeoutError some time after the source has left."""
        self._limit = asyncio.timeout_at(self._leaves_at)
        return self._limit

    def leave(self, at: float | None) -> None:
        """The source left, its last words end at that time of the loop; or it is back after all."""
        if (self._leaves_at is None) == (at is None):
            return
        self._leaves_at = at
        if self._limit is not None and not self._limit.expired():
            self._limit.reschedule(at)


class LogBook:
    """The lines of all sources of a target. `run` it as long as someone looks."""

    def __init__(
        self,
        api: Asks,
        sources: Sources,
        wanted: Wanted = _TAIL,
        *,
        all_containers: bool = True,
        ring: LogRing | None = None,
        server: Server | None = None,
        wall: Callable[[], int] = time.time_ns,
    ) -> None:
        self.ring = LogRing() if ring is None else ring
        self.streams: list[Stream] = []
        """Every source so far, by number."""
        self.names: list[str] = []
        """What each source is called for short, by number; may grow longer as others join."""
        self.received = 0
        """Lines that came from the sources since the book was opened."""
        self.cut = 0
        """Pieces among them that are not the end of their line, for it was too long."""
        self.wanted = wanted
        self.all_containers = all_containers
        self.listeners: list[Callable[[], None]] = []
        """Called when there are new lines or a source stands differently; must be quick."""
        self._api = api
        self._server = server
        self._was_silent = ""
        self._sources = sources
        self._wall = wall
        self._merge = Merge()
        self._came = asyncio.Event()
        self._slots = asyncio.Semaphore(STREAMS)
        self._turn = asyncio.Lock()
        """Held by the one source that goes on in this turn of the event loop, where all have much to say."""
        self._group: asyncio.TaskGroup | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._by_identity: dict[tuple[str, str, str, str], Stream] = {}
        self._queued = 0

    async def run(self) -> None:
        """Follows the sources until cancelled, and closes them then."""
        if self._server is not None:
            self._server.on_pulse.append(self._pulse)
        try:
            async with asyncio.TaskGroup() as self._group:
                self._group.create_task(self._publish_as_lines_come(), name="merge logs")
                while True:
                    self._sources.changed.clear()
                    self._compare()
                    await self._sources.changed.wait()
        finally:
            self._group = None
            self._sources.close()
            if self._server is not None:
                self._server.on_pulse.remove(self._pulse)

    def open(self, wanted: Wanted, *, all_containers: bool | None = None) -> None:
        """Starts over with another part of the logs, or with other containers of the pods."""
        self.wanted = wanted
        if all_containers is not None:
            self.all_containers = all_containers
        for task in self._tasks:
            task.cancel()
        self._tasks.clear()
        self._by_identity.clear()
        self.streams.clear()
        self.names.clear()
        self._merge = Merge()
        self._slots = asyncio.Semaphore(STREAMS)
        self._queued = self.received = self.cut = 0
        self.ring.clear()
        if self._group is not None:
            self._compare()
        self._tell()

    def note(self, text: str) -> None:
        """A line of this program's own, at the end of what is shown."""
        self._publish([Entry(self._wall(), text)])

    def _pulse(self) -> None:
        """Once the server answers after silence, no log that is open counts as such before it was asked for anew."""
        assert self._server is not None
        was_silent, self._was_silent = self._was_silent, self._server.silent
        if was_silent and not self._was_silent:
            for stream in self.streams:
                stream.doubt.arises(was_silent)

    def _compare(self) -> None:
        """Opens what is new among the sources, and lets go of what left."""
        assert self._group is not None
        current = {source.identity: source for source in self._sources.current() if self.all_containers or source.main}
        known_pods = {stream.source[:2] for stream in self.streams}
        joined: dict[tuple[str, str], Source] = {}
        for identity in sorted(current.keys() - self._by_identity.keys()):
            source = current[identity]
            opened = Stream(len(self.streams), source)
            self.streams.append(opened)
            self._by_identity[identity] = opened
            joined[source.namespace, source.pod] = source
            task = self._group.create_task(self._follow(opened), name=f"log {source.namespace}/{source.pod}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self.names = short_names(stream.source for stream in self.streams)
        if known_pods:
            for pod, source in joined.items():
                again = " again" if pod in known_pods else ""
                self.note(f"pod {source.pod} joined{again} ({source.node or 'waiting for a node'})")
        self._part_with(current)
        self._tell_queued()
        self._tell()

    def _part_with(self, current: dict[tuple[str, str, str, str], Source]) -> None:
        then = asyncio.get_running_loop().time() + LINGER
        for identity, known in self._by_identity.items():
            if not known.is_over:
                known.leave(None if identity in current else then)

    def _tell_queued(self) -> None:
        queued = max(0, sum(not stream.is_over for stream in self.streams) - STREAMS)
        if queued > self._queued:
            self.note(f"{queued} more containers wait: {STREAMS} logs are followed at once")
        self._queued = queued

    async def _follow(self, followed: Stream) -> None:
        source = followed.source
        merge, loop = self._merge, asyncio.get_running_loop()
        try:
            async with followed.until_left(), self._slots:
                self._stands(followed, Standing.OPEN)
                merge.open(followed.number, loop.time())
                told = stream(
                    self._api,
                    source.namespace,
                    source.pod,
                    source.container,
                    self.wanted,
                    uid=source.uid,
                    doubt=followed.doubt,
                )
                async with aclosing(told):
                    count = 0
                    async for each in told:
                        if isinstance(each, LogLine):
                            if count % _SLICE == 0:
                                async with self._turn:
                                    for _ in range(_TURNS):
                                        await asyncio.sleep(0)
                            count += 1
                            self._add(followed, each)
                        else:
                            self._tell_of(followed, each)
        except TimeoutError:
            pass  # It left, and had its time.
        except ApiError as error:
            followed.standing = Standing.REFUSED
            self._note_after(followed, f"{source.pod}/{source.container}: {error}")
        else:
            followed.standing = Standing.OVER
        self._ended(followed)
        merge.close(followed.number)
        self._came.set()

    def _add(self, stream: Stream, line: LogLine) -> None:
        if stream.standing is not Standing.OPEN:
            self._stands(stream, Standing.OPEN)
        self.received += 1
        self.cut += line.goes_on
        entry = Entry(line.time, line.text, stream.number, line.goes_on)
        self._merge.add(entry, asyncio.get_running_loop().time(), self._wall())
        self._came.set()

    def _tell_of(self, stream: Stream, told: Told) -> None:
        name = f"{stream.source.pod}/{stream.source.container}"
        match told:
            case Waiting(why):
                self._stands(stream, Standing.WAITING)
                self._note_after(stream, f"{name}: {why}; trying again")
            case Interrupted(why):
                self._stands(stream, Standing.LOST)
                self._note_after(stream, f"{name}: the log stream is lost: {why}; trying again")
            case Resumed():
                self._stands(stream, Standing.OPEN)
                self._note_after(stream, f"{name}: the log stream is back, from where it stopped")

    def _ended(self, stream: Stream) -> None:
        if stream.standing is Standing.REFUSED:
            return
        self._stands(stream, Standing.OVER)
        source = stream.source
        siblings = [each for each in self.streams if each.source.pod == source.pod and each.source.uid == source.uid]
        if self.wanted.previous or not self.wanted.follow:
            text = f"{source.pod}/{source.container}: here what was asked for ends"
        elif not all(each.is_over for each in siblings):
            text = f"{source.pod}/{source.container} ended"
        else:
            text = f"pod {source.pod} ended"
        self._note_after(stream, text)

    def _stands(self, stream: Stream, standing: Standing) -> None:
        stream.standing = standing
        self._tell()

    def _note_after(self, stream: Stream, text: str) -> None:
        """A line of this program's own that comes after what the source said so far."""
        at = self._merge.latest(stream.number) or self._wall()
        self._merge.add(Entry(at, text), asyncio.get_running_loop().time(), self._wall())
        self._came.set()

    async def _publish_as_lines_come(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._came.wait()
            self._came.clear()
            if ready := self._merge.take(loop.time()):
                self._publish(ready)
            if len(self._merge):
                await asyncio.sleep(_TICK)
                self._came.set()

    def _publish(self, entries: list[Entry]) -> None:
        self.ring.extend(entries)
        self._tell()

    def _tell(self) -> None:
        for listener in self.listeners:
            listener()
