"""Parts of objects with a life of their own: scale, binding, eviction, tokens."""

from typing import Any

from kubetui.demo.eviction import evict
from kubetui.demo.http.access import Doorkeeper, account_user
from kubetui.demo.http.bodies import decoded, patch_of
from kubetui.demo.http.media import encoded, form_of
from kubetui.demo.http.message import Answer, Request
from kubetui.demo.http.route import Route
from kubetui.demo.http.writes import PATCH_KINDS, dry_run, manager_of
from kubetui.demo.objects import name_of, namespace_of, with_metadata
from kubetui.demo.patches import patched
from kubetui.demo.refusals import bad_request, invalid, method_not_allowed, unsupported_media, wrong_value
from kubetui.demo.registry import Registry
from kubetui.demo.resources import PODS, SERVICEACCOUNTS, Resource
from kubetui.demo.schema.ownership import updated
from kubetui.demo.tables.words import labels_text, selector_text

Json = dict[str, Any]

TOKENS = Resource("authentication.k8s.io", "v1", "tokenrequests", "TokenRequest")
"""What is asked for under an account; never a resource of its own."""


class Subresources:
    """The subresources of one registry that are not just a part of their object."""

    def __init__(self, registry: Registry, doorkeeper: Doorkeeper) -> None:
        self._registry = registry
        self._doorkeeper = doorkeeper

    def answer(self, request: Request, route: Route) -> Answer:
        """405 for a method that the subresource does not know."""
        match route.subresource, request.method:
            case "scale", "GET":
                owner = self._registry.get(route.resource, route.namespace, route.name)
                return self._told(request, _scale(owner, route.resource))
            case "scale", "PUT" | "PATCH":
                return self._told(request, self._rescale(request, route))
            case "binding", "POST":
                target = _body(request).get("target")
                if not isinstance(target, dict) or not target.get("name"):
                    raise bad_request("target.name: Required value")
                self._registry.bind(route.namespace, route.name, target["name"])
                return self._told(request, _success(), 201)
            case "eviction", "POST":
                return self._told(request, self._evict(request, route), 201)
            case "token", "POST":
                return self._told(request, self._token(request, route), 201)
        raise method_not_allowed()

    def _told(self, request: Request, obj: Json, status: int = 200) -> Answer:
        return encoded(obj, form_of(request.headers.get("accept", ""), shapes=False), status)

    def _rescale(self, request: Request, route: Route) -> Json:
        owner = self._registry.get(route.resource, route.namespace, route.name)
        if request.method == "PUT":
            wanted = _body(request)
        else:
            kind = PATCH_KINDS.get(request.content_type)
            if kind is None:
                raise unsupported_media("the body of the request was in an unknown format")
            patch = patch_of(request.body, request.content_type)
            wanted = patched(route.resource, _scale(owner, route.resource), patch, kind)
        replicas = (wanted.get("spec") or {}).get("replicas", 0)
        if not isinstance(replicas, int) or isinstance(replicas, bool) or replicas < 0:
            raise bad_request(f"spec.replicas: Invalid value: {replicas}: must be greater than or equal to 0")
        version = (wanted.get("metadata") or {}).get("resourceVersion")
        metadata = {**owner["metadata"], "resourceVersion": version or owner["metadata"]["resourceVersion"]}
        new = _with({**owner, "metadata": metadata}, route.resource.scale_paths[0].split(".")[1:], replicas)
        new = updated(owner, new, manager_of(request), self._registry.clock.stamp(), "scale")
        if not replicas:
            # A Scale leaves out a count of none, and who sets nothing owns nothing.
            trail = [one for one in new["metadata"].get("managedFields") or () if one.get("subresource") != "scale"]
            new = with_metadata(new, managedFields=trail or None)
        made = self._registry.update(route.resource, new, user=request.user.name, dry_run=dry_run(request.query))
        return _scale(made, route.resource)

    def _evict(self, request: Request, route: Route) -> Json:
        """Deletes a pod if its disruption budget has room. 429 where it has none."""
        wish = _body(request) if request.body else {}
        options = wish.get("deleteOptions") or {}
        evict(
            self._registry,
            self._registry.get(PODS, route.namespace, route.name),
            grace=options.get("gracePeriodSeconds"),
            user=request.user.name,
            dry_run=dry_run(request.query) or options.get("dryRun") == ["All"],
        )
        return _success()

    def _token(self, request: Request, route: Route) -> Json:
        account = self._registry.get(SERVICEACCOUNTS, route.namespace, route.name)
        wish = _body(request)
        seconds = (wish.get("spec") or {}).get("expirationSeconds") or 3_600
        if not isinstance(seconds, int) or seconds < 600:
            short = "may not specify a duration less than 10 minutes"
            raise invalid(TOKENS, "", [wrong_value("spec.expirationSeconds", seconds, short)])
        space = namespace_of(account)
        token, until = self._doorkeeper.issue(account_user(space, name_of(account)), seconds)
        return {
            "kind": "TokenRequest",
            "apiVersion": "authentication.k8s.io/v1",
            "metadata": {"name": route.name, "namespace": space, "creationTimestamp": self._registry.clock.stamp()},
            "spec": {**(wish.get("spec") or {}), "expirationSeconds": seconds},
            "status": {"token": token, "expirationTimestamp": until},
        }


def _body(request: Request) -> Json:
    value = decoded(request.body, request.content_type)
    if not isinstance(value, dict):
        raise bad_request("the object provided is unrecognized: it is no object")
    return value


def _scale(owner: Json, resource: Resource) -> Json:
    kept = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    wanted, found, selector_path = resource.scale_paths
    selector = owner["spec"].get("selector")
    if resource.custom:
        text = _at(owner, selector_path) or ""
    else:
        text = labels_text(selector) if owner["kind"] == "ReplicationController" else selector_text(selector)
    replicas = _at(owner, wanted) or 0
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {key: owner["metadata"][key] for key in kept if key in owner["metadata"]},
        "spec": {"replicas": replicas} if replicas else {},
        "status": {"replicas": _at(owner, found) or 0, **({"selector": text} if text else {})},
    }


def _at(obj: Any, path: str) -> Any:
    """The value at a path of fields, as .spec.replicas; None where there is none."""
    for key in path.split(".")[1:]:
        obj = obj.get(key) if isinstance(obj, dict) else None
    return obj if path else None


def _with(obj: Json, path: list[str], value: object) -> Json:
    """An object with another value at a path of fields."""
    key, *rest = path
    return {**obj, key: _with(obj.get(key) or {}, rest, value) if rest else value}


def _success() -> Json:
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}
