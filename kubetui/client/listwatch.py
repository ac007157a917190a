"""Listing and watching one resource: which parameters are sent, and which reader the answer gets. Keeps no state."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Generic, NamedTuple, TypeVar, cast

from kubetui.client.api import Api
from kubetui.client.wire import JSON, PROTOBUF, TABLE, ListMeta, ListReader, WatchEvent, WatchReader
from kubetui.read import Object, TableRow
from kubetui.resource import Resource

T = TypeVar("T", bound=Object)

PAGE = 500
"""Objects a page; a server that answers from its watch cache may send more."""
FIRST_PAGE = 100
"""Objects of a page that a person waits for: what a screen shows, and little for the server to put together."""

SILENCE = 70.0
"""Seconds without a byte after which a watch counts as half-open; bookmarks come each minute."""

_NOT_OLDER = {"resourceVersionMatch": "NotOlderThan"}


class Batch(NamedTuple, Generic[T]):
    """Some items of a list as they come; the last of a page carries what the page says of the list."""

    items: list[T]
    meta: ListMeta | None = None


class ListWatch(Generic[T]):
    """One resource in one scope, read into `struct`; into rows of the server's table where that is `TableRow`."""

    def __init__(
        self,
        api: Api,
        resource: Resource,
        struct: type[T],
        namespace: str = "",
        *,
        where: Mapping[str, str] | None = None,
    ) -> None:
        """where: `labelSelector` and `fieldSelector`, as the API takes them."""
        self._api = api
        self.where = dict(where or {})
        """What narrows the list down."""
        self._struct = struct
        self._path = resource.path(namespace)
        self._accept = f"{TABLE},{JSON}" if struct is TableRow else f"{PROTOBUF},{JSON}"
        self._accept_watch = self._accept.replace(PROTOBUF, f"{PROTOBUF};stream=watch")
        self.what = f"{resource.qualified} in {namespace}" if namespace else resource.qualified

    async def page(self, version: str, token: str = "", *, limit: int = PAGE) -> AsyncIterator[Batch[T]]:
        """One page, batch by batch; `version` is a resource version, "0" or "" as the API's rules have it.

        It comes compressed, as to other clients of Kubernetes: a twentieth of the bytes, and less work for both sides
        than TLS has with all of them, so that even on one machine it is here sooner.
        """
        query = self.where | ({"continue": token} if token else {"resourceVersion": version} if version else {})
        if version in ("", "0") or token:
            query["limit"] = str(limit)
        async with self._api.stream(self._path, query=query, accept=self._accept, compress=True) as answer:
            reader = self._list_reader(answer.headers.get("content-type", ""))
            async for chunk in answer.chunks(idle=30.0):
                if items := list(reader.feed(chunk)):
                    yield Batch(items)
            rest = list(reader.finish())
            yield Batch(rest, reader.meta)

    @asynccontextmanager
    async def watch(self, version: str, seconds: float) -> AsyncIterator[AsyncIterator[list[WatchEvent[T]]]]:
        """The events after that version, as they come; entered once the server has answered 200.

        Where it is empty, additions say first what there is now; the bookmark that `ends_initial` follows them. Servers
        that can't do that (Kubernetes before 1.32) refuse it, which is `Rejected`.
        """
        begin = {"resourceVersion": version} if version else {"sendInitialEvents": "true", **_NOT_OLDER}
        query = {
            **self.where,
            "watch": "true",
            **begin,
            "allowWatchBookmarks": "true",
            "timeoutSeconds": str(int(seconds)),
        }
        async with self._api.stream(self._path, query=query, accept=self._accept_watch) as answer:
            reader = self._watch_reader(answer.headers.get("content-type", ""))

            async def events() -> AsyncIterator[list[WatchEvent[T]]]:
                async for chunk in answer.chunks(idle=SILENCE):
                    if batch := list(reader.feed(chunk)):
                        yield batch

            yield events()

    def _list_reader(self, content_type: str) -> ListReader[T]:
        if content_type.startswith(PROTOBUF):
            from kubetui.client.protobuf import decoder
            from kubetui.client.wireprotobuf import ProtobufListReader

            return ProtobufListReader(decoder(self._struct))
        from kubetui.client.wirejson import JsonListReader, TableListReader

        if self._struct is TableRow:
            return cast(ListReader[T], TableListReader())
        return JsonListReader(self._struct)

    def _watch_reader(self, content_type: str) -> WatchReader[T]:
        if content_type.startswith(PROTOBUF):
            from kubetui.client.protobuf import decoder
            from kubetui.client.wireprotobuf import ProtobufWatchReader

            return ProtobufWatchReader(decoder(self._struct))
        from kubetui.client.wirejson import JsonWatchReader, TableWatchReader

        if self._struct is TableRow:
            return cast(WatchReader[T], TableWatchReader())
        return JsonWatchReader(self._struct)
