"""`kubetui get`: what a pane would show, on stdout, byte for byte as kubectl of the same minor version prints it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from kubetui.client import kubeconfig
from kubetui.client.api import Api, connect
from kubetui.client.errors import ApiError
from kubetui.kinds import builtin
from kubetui.kinds.kind import Kind
from kubetui.kinds.printer import TablePrinter
from kubetui.plain.complaint import complaint
from kubetui.plain.lookup import served
from kubetui.plain.output import Output
from kubetui.plain.question import Question
from kubetui.plain.request import Request
from kubetui.plain.sources import Rows, Source, Tables
from kubetui.plain.views import NameView, TableView, View
from kubetui.read import Object
from kubetui.resource import Resource


async def run(request: Request, out: Output) -> int:
    """Prints what is asked for; 0 where all went well, 1 where something could not be had (stderr says why)."""
    try:
        async with _connected(request) as api:
            return await get(api, request, out)
    except ApiError as why:
        out.complain(complaint(why))
        return 1


@asynccontextmanager
async def _connected(request: Request) -> AsyncIterator[Api]:
    api = await connect(kubeconfig.load(request.kubeconfig).access(request.context))
    try:
        yield api
    finally:
        await api.close()


async def get(api: Api, request: Request, out: Output) -> int:
    """The same on a server that is connected; raises `ApiError` where nothing at all could be had."""
    kind = builtin.find(request.kind)
    resource = kind.resource if kind else await served(api, request.kind)
    if wrong := request.contradiction(resource):
        out.complain(f"error: {wrong}")
        return 1
    everywhere = request.all_namespaces or not resource.namespaced
    namespaces = ("",) if everywhere else request.namespaces or (api.access.namespace,)
    source = _source(api, request, resource, kind)
    question = Question(request, source, lambda: _view(request, source, kind, out), namespaces, out)
    return await (question.follow() if request.watch else question.answer())


def _source(api: Api, request: Request, resource: Resource, kind: Kind[Any] | None) -> Source[Any]:
    match request.output:
        case "json":
            from kubetui.plain.documents import Documents
            from kubetui.plain.jsontext import decode

            return Documents(api, resource, decode)
        case "yaml":
            from kubetui.plain.documents import Documents

            return Documents(api, resource, msgspec.json.decode)
        case "name":
            return Rows(api, resource, Object)
        case "table" | "wide":
            return Rows(api, resource, kind.struct) if kind else Tables(api, resource)


def _view(request: Request, source: Source[Any], kind: Kind[Any] | None, out: Output) -> View[Any]:
    """How to print it; columns of a server-side table must have been read before."""
    match request.output:
        case "json":
            from kubetui.plain.documentviews import JsonView

            return JsonView(for_terminal=out.terminal)
        case "yaml":
            from kubetui.plain.documentviews import YamlView

            return YamlView(for_terminal=out.terminal)
        case "name":
            return NameView(source.resource)
        case "table" | "wide":
            columns = source.columns if isinstance(source, Tables) else kind.columns if kind else ()
            several = request.all_namespaces or len(request.namespaces) > 1
            # kubectl heads a watch over all namespaces with NAMESPACE even where the kind has none.
            with_namespace = several and (source.resource.namespaced or request.watch)
            wide = request.output == "wide"
            return TableView(TablePrinter(columns, wide=wide, with_namespace=with_namespace, for_terminal=out.terminal))
