"""Where a request goes: who asks, what the path means, and the part of the front that answers it."""

import logging
from typing import Any

import msgspec

from kubetui.demo.catalog import Catalog
from kubetui.demo.http import reads
from kubetui.demo.http.access import Doorkeeper
from kubetui.demo.http.discovery import discover
from kubetui.demo.http.message import Answer, Request, Stream, json_answer
from kubetui.demo.http.openapi import describe
from kubetui.demo.http.route import Route, route_of
from kubetui.demo.http.watch import watch
from kubetui.demo.http.writes import Writes
from kubetui.demo.refusals import Refusal, method_not_allowed, refuse
from kubetui.demo.registry import Registry
from kubetui.demo.tables.printer import Printers

Json = dict[str, Any]
_LOG = logging.getLogger(__name__)


class Front:
    """Answers requests out of one registry."""

    def __init__(self, registry: Registry, doorkeeper: Doorkeeper) -> None:
        self._registry = registry
        self._doorkeeper = doorkeeper
        self._catalog = Catalog()
        self._printers = Printers(registry)
        self._writes = Writes(registry, self._printers)

    async def handle(self, request: Request) -> Answer | Stream:
        """The answer to one request; what is refused is a `Status`, and so is a fault of our own."""
        try:
            if request.path in ("/healthz", "/livez", "/readyz"):
                return Answer(b"ok", content_type="text/plain; charset=utf-8")
            known = msgspec.structs.replace(request, user=self._doorkeeper.user_of(request))
            told = discover(known, self._catalog) or describe(known, self._catalog)
            return told or await self._objects(known)
        except Refusal as refusal:
            return json_answer(refusal.status, refusal.code)
        except Exception:
            # One request's fault is that request's alone: it is told and logged, and the cluster goes on.
            _LOG.exception("%s %s failed", request.method, request.path)
            failed = refuse(500, "InternalError", "Internal error occurred: the request could not be carried out", {})
            return json_answer(failed.status, 500)

    async def _objects(self, request: Request) -> Answer | Stream:
        route = route_of(request.path, self._catalog)
        if route.subresource not in ("", "status", "finalize"):
            raise method_not_allowed()
        verb = _verb(request, route)
        if verb not in route.resource.verbs:
            raise method_not_allowed()
        match verb:
            case "get":
                return reads.get(request, route, self._registry, self._printers)
            case "list":
                return await reads.list_(request, route, self._registry, self._printers)
            case "watch":
                return await watch(request, route, self._registry, self._printers)
            case "create":
                return self._writes.create(request, route)
            case "update":
                return self._writes.update(request, route)
            case "patch":
                return self._writes.patch(request, route)
            case "delete":
                return self._writes.delete(request, route)
            case _:
                return self._writes.delete_all(request, route)


def _verb(request: Request, route: Route) -> str:
    """The verb of a request, as roles name it. 405 for a method that does not go with the path."""
    watching = request.query.get("watch", "").lower() in ("true", "1")
    match request.method, bool(route.name):
        case "GET", True:
            return "watch" if watching else "get"
        case "GET", False:
            return "watch" if watching else "list"
        case "POST", False:
            return "create"
        case "PUT", True:
            return "update"
        case "PATCH", True:
            return "patch"
        case "DELETE", True:
            return "delete"
        case "DELETE", False:
            return "deletecollection"
    raise method_not_allowed()
