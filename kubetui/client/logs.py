"""The log of one container as a stream that survives cut connections and restarts of the container.

Owns the asking, the resuming and the judgement whether a log is over. Knows nothing of other containers.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from datetime import UTC, datetime
from random import Random
from typing import NamedTuple, Protocol

from kubetui.client.errors import BadConfig, Forbidden, NotFound, Rejected, Unauthorized, Unavailable
from kubetui.client.loglines import LineReader, LogLine, Seen
from kubetui.client.wirejson import decode_answer
from kubetui.read import Read

QUIET = 300.0
"""Seconds without a byte after which the log is asked for anew: a half-open connection looks just like silence."""

PIECE = 32 * 1024
"""Bytes that are cut into lines at a time, some milliseconds of work: as much as a key may wait for."""

_FIRST_WAIT, _LONGEST_WAIT = 0.25, 8.0


class Body(Protocol):
    """An answer whose body is still to come."""

    def chunks(self, *, idle: float | None) -> AsyncIterator[bytes]:
        """The body's bytes as they arrive; raises `Unavailable` when the connection breaks."""


class Asks(Protocol):
    """The part of an `Api` that a log needs."""

    def stream(self, path: str, *, query: Sequence[tuple[str, str]], accept: str) -> AbstractAsyncContextManager[Body]:
        """An answer of status 200 whose body is still to come; raises `ApiError`."""

    async def get(self, path: str) -> bytes:
        """The whole body of the answer; raises `ApiError`."""


class Waiting(NamedTuple):
    """The server has no log of the container yet; it is asked again."""

    why: str
    """As the server says it."""


class Interrupted(NamedTuple):
    """The connection is lost; it is tried again."""

    why: str


class Resumed(NamedTuple):
    """After `Interrupted`: lines come again, from where they stopped."""


class Wanted(NamedTuple):
    """Which part of a log is asked for."""

    since: datetime | None = None
    """Only lines from this moment on."""
    tail: int | None = None
    """Only so many of the last lines."""
    limit: int | None = None
    """Only so many bytes from the start, stamps included."""
    previous: bool = False
    """The log of the container's last terminated run; over at its end."""
    follow: bool = True
    """Whether to wait for more lines at the end."""


Told = LogLine | Waiting | Interrupted | Resumed


class Doubt:
    """Has an open log asked for anew: its connection may lead nowhere since the server was silent."""

    def __init__(self) -> None:
        self._limit: asyncio.Timeout | None = None
        self._why = ""

    def arises(self, why: str) -> None:
        """The bytes that are waited for count as lost; nothing where none are waited for."""
        if self._limit is not None and not self._limit.expired():
            self._why = why
            self._limit.reschedule(asyncio.get_running_loop().time())

    async def next(self, chunks: AsyncIterator[bytes]) -> bytes | None:
        """The next bytes, None at the end; TimeoutError after so long a quiet, `Unavailable` in doubt."""
        self._limit, self._why = asyncio.timeout(QUIET), ""
        try:
            async with self._limit:
                return await anext(chunks, None)
        except TimeoutError:
            if self._why:
                raise Unavailable(self._why) from None
            raise
        finally:
            self._limit = None


async def stream(
    api: Asks,
    namespace: str,
    pod: str,
    container: str,
    wanted: Wanted,
    *,
    uid: str = "",
    random: Random | None = None,
    doubt: Doubt | None = None,
) -> AsyncGenerator[Told]:
    """Every line of a container's log once, in the order the server sends them.

    Ends when the log is over: not followed, the container won't run again, the pod is gone or (with a `uid`) another
    pod has its name. Goes on through restarts of the container and of the server, and waits for credentials that were
    refused to be renewed. Raises what trying again can't heal: `Forbidden`, and of what is not followed `Rejected` and
    what is wrong with the credentials.
    """
    log = _Log(api, namespace, pod, container, wanted, uid, doubt or Doubt())
    random = random or Random()
    lost, refused, wait = False, "", _FIRST_WAIT
    while True:
        try:
            if refused and await log.is_over():
                return
            async with aclosing(log.once(after_cut=lost)) as answer:
                async for lines in answer:
                    if lost:
                        lost = False
                        yield Resumed()
                    for line in lines:
                        wait, refused = _FIRST_WAIT, ""
                        yield line
            if log.over:
                return
        except NotFound:
            return
        except (Unavailable, Unauthorized, BadConfig) as error:
            is_asked_for_now = not wanted.follow or wanted.previous
            if is_asked_for_now and not isinstance(error, Unavailable):
                raise
            if not lost:
                lost = True
                yield Interrupted(str(error))
            wait = max(wait, (error.retry_after if isinstance(error, Unavailable) else None) or 0)
        except Rejected as error:
            if not wanted.follow or wanted.previous:
                raise
            if error.message != refused:
                refused = error.message
                yield Waiting(refused)
        await asyncio.sleep(random.uniform(wait, 2 * wait))
        wait = min(2 * wait, _LONGEST_WAIT)


class _Log:
    """One container's log asked for again and again: what was wanted, and how far it was read."""

    def __init__(
        self, api: Asks, namespace: str, pod: str, container: str, wanted: Wanted, uid: str, doubt: Doubt
    ) -> None:
        self._api = api
        self._pod_path = f"/api/v1/namespaces/{namespace}/pods/{pod}"
        self._container = container
        self._wanted = wanted
        self._uid = uid
        self._doubt = doubt
        self._seen = Seen()
        self.over = False
        """Whether there is nothing more to come."""

    async def once(self, *, after_cut: bool) -> AsyncGenerator[list[LogLine]]:
        """One request's new lines, as they come; an empty list first, as soon as the server answers."""
        previous, follow = self._wanted.previous, self._wanted.follow and not self._wanted.previous
        if after_cut and (pod := await self._look()) is not None:
            if self._is_other(pod):
                self.over = True
                return
            if not previous and pod.ended_since(self._container, self._seen.last):
                async with aclosing(self._read(LineReader(), previous=True, follow=False)) as missed:
                    async for lines in missed:
                        yield lines
        reader = LineReader()
        async with aclosing(self._read(reader, previous=previous, follow=follow)) as answer:
            async for lines in answer:
                yield lines
        if not follow or await self.is_over():
            self.over = True
            if (last := reader.end()) is not None and self._seen.is_new(last):
                yield [last]

    async def is_over(self) -> bool:
        """Whether the container won't write again, as the pod says.

        Who may not read the pod gets what kubectl does: the log is over when the server ends it.
        """
        try:
            pod = await self._look()
        except NotFound:
            return True
        return pod is None or self._is_other(pod) or pod.is_over(self._container)

    def _is_other(self, pod: "_Pod") -> bool:
        return bool(self._uid) and pod.metadata.uid != self._uid

    async def _look(self) -> "_Pod | None":
        try:
            return decode_answer(await self._api.get(self._pod_path), _Pod, "a pod")
        except Forbidden:
            return None

    async def _read(self, reader: LineReader, *, previous: bool, follow: bool) -> AsyncGenerator[list[LogLine]]:
        query = self._query(previous=previous, follow=follow)
        async with self._api.stream(f"{self._pod_path}/log", query=query, accept="*/*") as answer:
            yield []
            chunks = answer.chunks(idle=None)
            while True:
                try:
                    chunk = await self._doubt.next(chunks)
                except TimeoutError:
                    if follow:
                        return
                    raise Unavailable(f"{self._pod_path}/log: no byte for {QUIET:.0f} s") from None
                if chunk is None:
                    return
                for at in range(0, len(chunk), PIECE):
                    if lines := [line for line in reader.feed(chunk[at : at + PIECE]) if self._seen.is_new(line)]:
                        yield lines

    def _query(self, *, previous: bool, follow: bool) -> list[tuple[str, str]]:
        query = [("container", self._container), ("timestamps", "true")]
        if follow:
            query.append(("follow", "true"))
        if previous:
            query.append(("previous", "true"))
        if self._wanted.limit is not None:
            query.append(("limitBytes", str(self._wanted.limit)))
        if (second := self._seen.resume()) is not None:
            query.append(("sinceTime", f"{datetime.fromtimestamp(second, UTC):%Y-%m-%dT%H:%M:%SZ}"))
            return query
        if self._wanted.since is not None:
            query.append(("sinceTime", f"{self._wanted.since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"))
        if self._wanted.tail is not None:
            query.append(("tailLines", str(self._wanted.tail)))
        return query


class _Terminated(Read):
    exit_code: int = 0
    finished_at: datetime | None = None


class _State(Read):
    terminated: _Terminated | None = None


class _Container(Read):
    name: str = ""
    state: _State = _State()
    last_state: _State = _State()


class _Declared(Read):
    name: str = ""
    restart_policy: str = ""


class _Metadata(Read):
    uid: str = ""
    deletion_timestamp: datetime | None = None


class _Spec(Read):
    restart_policy: str = "Always"
    init_containers: tuple[_Declared, ...] = ()


class _Status(Read):
    phase: str = ""
    container_statuses: tuple[_Container, ...] = ()
    init_container_statuses: tuple[_Container, ...] = ()
    ephemeral_container_statuses: tuple[_Container, ...] = ()


class _Pod(Read):
    """Just what tells whether a container will run again."""

    metadata: _Metadata = _Metadata()
    spec: _Spec = _Spec()
    status: _Status = _Status()

    def is_over(self, container: str) -> bool:
        """Whether it has ended and no restart policy starts it again (core/v1 PodSpec.restartPolicy)."""
        if self.status.phase in ("Succeeded", "Failed"):
            return True
        found = self._find(container)
        if found is None or (ended := found.state.terminated) is None:
            return False
        if self.metadata.deletion_timestamp or found in self.status.ephemeral_container_statuses:
            return True
        policy = self.spec.restart_policy
        if found in self.status.init_container_statuses:
            own = {declared.name: declared.restart_policy for declared in self.spec.init_containers}
            policy = own.get(container) or ("Never" if policy == "Never" else "OnFailure")
        return policy == "Never" or (policy == "OnFailure" and ended.exit_code == 0)

    def ended_since(self, container: str, time: int) -> bool:
        """Whether a run of the container before the present one ended after that stamp (in nanoseconds)."""
        found = self._find(container)
        ended = found and found.last_state.terminated
        return bool(time and ended and ended.finished_at and int(ended.finished_at.timestamp()) >= time // 10**9)

    def _find(self, container: str) -> _Container | None:
        every = self.status.container_statuses + self.status.init_container_statuses
        every += self.status.ephemeral_container_statuses
        return next((status for status in every if status.name == container), None)
