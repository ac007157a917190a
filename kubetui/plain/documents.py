"""Whole objects as the server has them, for those who want to see all of them: listed, one of them, and watched."""

from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any, TypeAlias

import msgspec

from kubetui.client.api import Api
from kubetui.client.listwatch import PAGE, SILENCE
from kubetui.client.wire import ListMeta, WatchEvent
from kubetui.client.wirejson import JsonWatchReader, decode_answer
from kubetui.plain.sources import WATCH_SECONDS, sound
from kubetui.read import Object, ObjectMeta
from kubetui.resource import Resource

Decode: TypeAlias = Callable[[bytes | msgspec.Raw], Any]
"""How JSON becomes builtins: whoever prints them decides how numbers are kept."""


class Document(Object):
    """A whole object, with its metadata read as every object's is."""

    body: dict[str, Any] = {}


class _Page(msgspec.Struct):
    kind: str = ""
    api_version: str = msgspec.field(default="", name="apiVersion")
    metadata: ListMeta = ListMeta()
    items: list[msgspec.Raw] | None = None


class _Meta(msgspec.Struct):
    metadata: ObjectMeta = ObjectMeta()


class Documents:
    """Whole objects, without managedFields, as kubectl shows them."""

    def __init__(self, api: Api, resource: Resource, decode: Decode) -> None:
        self.resource = resource
        self._api = api
        self._decode = decode

    async def listed(self, namespace: str, where: Mapping[str, str]) -> tuple[list[Document], str]:
        items: list[Document] = []
        query = {**where, "limit": str(PAGE)}
        while True:
            page = _page(await self._api.get(self.resource.path(namespace), query=query))
            # Items of a typed list don't say what they are: the list does.
            what = {"apiVersion": page.api_version, "kind": page.kind.removesuffix("List")}
            items += (self._document(item, what) for item in page.items or ())
            if not page.metadata.continue_:
                return items, page.metadata.resource_version
            query["continue"] = page.metadata.continue_

    async def named(self, namespace: str, name: str) -> Document:
        return self._document(await self._api.get(self.resource.path(namespace, name)), {})

    async def watched(
        self, namespace: str, where: Mapping[str, str], version: str
    ) -> AsyncGenerator[WatchEvent[Document], None]:
        query = {
            **where,
            "watch": "true",
            "resourceVersion": version,
            "allowWatchBookmarks": "true",
            "timeoutSeconds": str(int(WATCH_SECONDS)),
        }
        reader = _WatchReader(self._document)
        async with self._api.stream(self.resource.path(namespace), query=query) as answer:
            async for chunk in answer.chunks(idle=SILENCE):
                for event in reader.feed(chunk):
                    yield sound(event, self.resource)

    def _document(self, data: bytes | msgspec.Raw, what: Mapping[str, str] = {}) -> Document:
        body = {**what, **self._decode(data)}
        metadata = body.get("metadata")
        if isinstance(metadata, dict):
            metadata.pop("managedFields", None)
        return Document(msgspec.json.decode(data, type=_Meta).metadata, body)


class _WatchReader(JsonWatchReader[Document]):
    def __init__(self, document: Callable[[msgspec.Raw], Document]) -> None:
        super().__init__(Document)
        self._decode = document


def _page(body: bytes) -> _Page:
    return decode_answer(body, _Page, "a list")
