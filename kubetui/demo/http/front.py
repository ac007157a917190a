"""Where a request goes: who asks, what the path means, and the part of the front that answers it."""

import logging
from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from kubetui.demo.authorizer import Authorizer, Wish
from kubetui.demo.catalog import Catalog
from kubetui.demo.http import reads
from kubetui.demo.http.access import Doorkeeper
from kubetui.demo.http.discovery import discover
from kubetui.demo.http.health import health
from kubetui.demo.http.instruments import instruments
from kubetui.demo.http.logs import Logs, log
from kubetui.demo.http.media import dressed
from kubetui.demo.http.message import Answer, Request, Stream, refused
from kubetui.demo.http.metrics import Used, measure
from kubetui.demo.http.openapi import describe
from kubetui.demo.http.permission import acting, forbidden_to
from kubetui.demo.http.reviews import review
from kubetui.demo.http.route import NoSuchPath, Route, is_of_objects, parts_of, route_of
from kubetui.demo.http.streaming.pipe import Upgrade
from kubetui.demo.http.streaming.port_forward import Forwards, port_forward
from kubetui.demo.http.streaming.remote_command import Commands, remote_command
from kubetui.demo.http.subresources import Subresources
from kubetui.demo.http.watch import watch
from kubetui.demo.http.writes import Writes
from kubetui.demo.refusals import Refusal, forbidden, method_not_allowed, quoted, refuse
from kubetui.demo.registry import Registry
from kubetui.demo.resources import METRICS, NAMESPACES, QUESTIONS
from kubetui.demo.tables.printer import Printers

Json = dict[str, Any]
_LOG = logging.getLogger(__name__)
STREAMED = ("attach", "exec", "portforward")
"""Subresources that make something else of the connection."""


class Kubelets(Logs, Commands, Forwards, Protocol):
    """What is asked of the kubelets."""

    def usage(self, pod: Json) -> Mapping[str, Used]:
        """What the running containers of a pod use, by their names."""
        ...


class Front:
    """Answers requests out of one registry."""

    def __init__(self, registry: Registry, doorkeeper: Doorkeeper, kubelets: Kubelets, catalog: Catalog) -> None:
        self._registry = registry
        self._kubelets = kubelets
        self._authorizer = Authorizer(registry)
        self._subresources = Subresources(registry, doorkeeper)
        self._doorkeeper = doorkeeper
        self._catalog = catalog
        self._printers = Printers(registry)
        self._writes = Writes(registry, self._printers)

    async def handle(self, request: Request) -> Answer | Stream | Upgrade:
        """The answer to one request; what is refused is a `Status`, and so is a fault of our own."""
        answer = await self._answered(request)
        return dressed(answer, request) if isinstance(answer, Answer) else answer

    async def _answered(self, request: Request) -> Answer | Stream | Upgrade:
        try:
            told = health(request)
            if told is not None:
                return told
            user = acting(request, self._doorkeeper.user_of(request), self._authorizer)
            known = msgspec.structs.replace(request, user=user)
            if is_of_objects(request.path):
                return await self._objects(known)
            self._authorize(known, Wish(request.method.lower(), path=request.path))
            return self._documents(known)
        except NoSuchPath:
            return self._nothing(request.path)
        except Refusal as refusal:
            return refused(refusal)
        except Exception:
            # One request's fault is that request's alone: it is told and logged, and the cluster goes on.
            _LOG.exception("%s %s failed", request.method, request.path)
            failed = refuse(500, "InternalError", "Internal error occurred: the request could not be carried out", {})
            return refused(failed)

    def _documents(self, request: Request) -> Answer:
        """What tells of the cluster instead of being in it."""
        parts = parts_of(request.path)
        if parts == ["metrics"]:
            told: Answer | None = instruments(self._catalog, self._registry)
        else:
            told = discover(request, self._catalog) or describe(request, self._catalog, self._registry)
        if told is None:
            raise NoSuchPath
        if request.method != "GET":
            raise method_not_allowed()
        return told

    def _nothing(self, path: str) -> Answer:
        """404. Under a group that is served it is a Status, everywhere else a page: clients tell them apart by that."""
        match path.split("/"):
            case ["", "api", *_]:
                known = True
            case ["", "apis", group, *_]:
                known = group in self._catalog.versions()
            case _:
                known = False
        if known:
            return refused(refuse(404, "NotFound", "the server could not find the requested resource", {}))
        return Answer(b"404 page not found\n", 404, "text/plain; charset=utf-8")

    async def _objects(self, request: Request) -> Answer | Stream | Upgrade:
        route = route_of(request.path, self._catalog)
        answer = await self._answer(request, route)
        return _warned(answer, route) if isinstance(answer, Answer) else answer

    async def _answer(self, request: Request, route: Route) -> Answer | Stream | Upgrade:
        verb = _verb(request, route)
        resource = route.resource
        named = f"{resource.plural}/{route.subresource}" if route.subresource else resource.plural
        # A namespace is itself in the namespace that it is.
        space = route.name if resource is NAMESPACES else route.namespace
        self._authorize(request, Wish(verb, resource.group, named, space, route.name))
        if resource in QUESTIONS:
            return review(request, resource, route.namespace, self._authorizer, self._registry.clock.stamp())
        if resource in METRICS and verb in resource.verbs:
            return measure(request, route, self._registry, self._kubelets.usage)
        if route.subresource == "log" and verb == "get":
            return log(request, route, self._registry, self._kubelets)
        if route.subresource in STREAMED and verb in ("get", "create"):
            return self._streamed(request, route)
        if route.subresource not in ("", "status", "finalize", "ephemeralcontainers", "resize"):
            return self._subresources.answer(request, route)
        if verb not in resource.verbs:
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

    def _streamed(self, request: Request, route: Route) -> Answer | Upgrade:
        user, resource = request.user, f"{route.resource.plural}/{route.subresource}"
        # A websocket begins with a GET; the right to create is asked for all the same.
        wish = Wish("create", route.resource.group, resource, route.namespace, route.name)
        if not self._authorizer.allows(user.name, user.groups, wish):
            raise forbidden(route.resource, route.name, "")
        if route.subresource == "portforward":
            return port_forward(request, route, self._registry, self._kubelets)
        return remote_command(request, route, self._registry, self._kubelets)

    def _authorize(self, request: Request, wish: Wish) -> None:
        """403 where the user may not."""
        if not self._authorizer.allows(request.user.name, request.user.groups, wish):
            raise forbidden_to(request.user, wish)


_DEPRECATED = {"endpoints": "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"}


def _warned(answer: Answer, route: Route) -> Answer:
    """An answer with the warning that its kind is on its way out, where it is."""
    told = _DEPRECATED.get(route.resource.key)
    if told is None:
        return answer
    return msgspec.structs.replace(answer, headers=(*answer.headers, ("Warning", f"299 - {quoted(told)}")))


def _verb(request: Request, route: Route) -> str:
    """The verb of a request, as roles name it. 405 for a method that does not go with the path."""
    watching = request.query.get("watch", "").lower() in ("true", "1")
    if request.method != "GET" and route.resource.namespaced and not route.namespace:
        raise method_not_allowed()
    match request.method, bool(route.name):
        case "GET", True:
            return "watch" if watching else "get"
        case "GET", False:
            return "watch" if watching else "list"
        case "POST", False:
            return "create"
        case "POST", True if route.subresource:
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
