"""One request to one server: reads what was asked for, prints it, and says on stderr what could not be had."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from kubetui.client.errors import ApiError, Expired, NotFound, Rejected, Unavailable
from kubetui.live.backoff import Backoff
from kubetui.live.contact import HELD
from kubetui.plain.complaint import complaint
from kubetui.plain.output import Output
from kubetui.plain.request import Request
from kubetui.plain.sources import Source
from kubetui.plain.views import View
from kubetui.read import Object

_SHORT = 1.0
"""Seconds; a watch that ended sooner is not opened again at once."""

_GAP = "The server has forgotten what happened meanwhile: what was deleted since is not shown, the rest comes anew."
_ONE_WATCH = "watch is only supported on individual resources and resource collections - more than 1 resource was found"


@dataclass(slots=True)
class Question:
    """One request to one server, and what has become of it so far."""

    request: Request
    source: Source[Any]
    view: Callable[[], View[Any]]
    """How to print it; asked for once something was read, since the source may bring the columns."""
    namespaces: tuple[str, ...]
    out: Output
    failures: list[ApiError] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)
    """The version of each object that a watch has printed, by uid."""

    async def answer(self) -> int:
        """Prints what there is, and says what could not be had."""
        found: list[Object] = []
        for namespace in self.namespaces:
            found += await self._found(namespace)
        single = len(self.request.names) == 1 and len(self.namespaces) == 1
        if found or (self.request.output in ("json", "yaml") and not (single and self.failures)):
            self.out.write(self.view().whole(found, single=single))
        elif not self.failures and self.request.output in ("table", "wide"):
            self.out.complain(self._nothing())
        for failure in self.failures:
            self.out.complain(complaint(failure))
        return 1 if self.failures else 0

    async def _found(self, namespace: str) -> list[Object]:
        """What can be had in a namespace; what can't is added to the failures."""
        found: list[Object] = []
        try:
            if not self.request.names:
                found, _ = await self._listed(namespace)
        except ApiError as why:
            self.failures.append(why)
        for name in self.request.names:
            try:
                found.append(await self.source.named(namespace, name))
            except ApiError as why:
                self.failures.append(why)
        return found

    async def _listed(self, namespace: str) -> tuple[list[Any], str]:
        try:
            return await self.source.listed(namespace, self._where)
        except (Rejected, NotFound) as why:
            if why.status.get("reason") not in ("BadRequest", "NotFound"):
                raise
            raise type(why)(str(why), status={**why.status, "message": self._unlisted(why.message)}) from None

    @property
    def _where(self) -> Mapping[str, str]:
        if self.request.names:
            return {"fieldSelector": f"metadata.name={self.request.names[0]}"}
        return {"labelSelector": self.request.selector} if self.request.selector else {}

    def _unlisted(self, said: str) -> str:
        """kubectl's words for a list that the server does not understand (cli-runtime resource/selector.go)."""
        resource = self.source.resource
        what = f'"{resource.group}/{resource.version}, Resource={resource.plural}"'
        if not self.request.selector:
            return f"Unable to list {what}: {said}"
        return f'Unable to find {what} that match label selector "{self.request.selector}", field selector "": {said}'

    def _nothing(self) -> str:
        if self.namespaces == ("",):
            return "No resources found"
        return f"No resources found in {', '.join(self.namespaces)} namespace."

    async def follow(self) -> int:
        """Prints what there is and then each change, until it is interrupted; opens a watch that ended again."""
        versions = dict.fromkeys(self.namespaces, "0")
        first: list[Object] = []
        for namespace in self.namespaces:
            first += [await self.source.named(namespace, name) for name in self.request.names]
            if not self.request.names:
                found, versions[namespace] = await self._listed(namespace)
                first += found
        view = self.view()
        self._print(view, self._new(first))
        if len(self.request.names) > 1:
            self.out.complain(f"error: {_ONE_WATCH}")
            return 1
        await asyncio.gather(*(self._follow(view, namespace, version) for namespace, version in versions.items()))
        return 0

    async def _follow(self, view: View[Any], namespace: str, version: str) -> None:
        clock = asyncio.get_running_loop().time
        backoff = Backoff()
        while True:
            began = clock()
            try:
                if not version:
                    found, version = await self._listed(namespace)
                    self._print(view, self._new(found))
                async with aclosing(self.source.watched(namespace, self._where, version)) as events:
                    async for event in events:
                        if clock() - began >= HELD:
                            backoff.forgive()
                        version = event.resource_version or version
                        if event.object is not None:
                            self._print(view, self._new([event.object]))
            except Expired:
                version = ""
                self.out.complain(_GAP)
            except Unavailable as why:
                self.out.complain(f"{why}. Trying again; what is above may be out of date.")
                await asyncio.sleep(backoff.next(at_least=why.retry_after or 0.0))
                continue
            if clock() - began < _SHORT:
                await asyncio.sleep(backoff.next())

    def _new(self, objects: Iterable[Object]) -> list[Object]:
        """Those that were not printed in this version: a watch may begin with what was listed already."""
        fresh = [obj for obj in objects if self.seen.get(obj.metadata.uid) != obj.metadata.resource_version]
        self.seen.update((obj.metadata.uid, obj.metadata.resource_version) for obj in fresh)
        return fresh

    def _print(self, view: View[Any], objects: Sequence[Object]) -> None:
        if text := view.more(objects):
            self.out.write(text)
