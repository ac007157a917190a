"""Writing: create, update, patch, delete, and the deletion of many at once."""

from collections.abc import Sequence
from typing import Any

import msgspec

from kubetui.demo.http import strictness
from kubetui.demo.http.bodies import APPLY, configuration_of, decoded, object_of, patch_of
from kubetui.demo.http.faces import kept, shown
from kubetui.demo.http.media import encoded, form_of
from kubetui.demo.http.message import Answer, Request
from kubetui.demo.http.reads import filter_of, shaper_of
from kubetui.demo.http.route import Route
from kubetui.demo.objects import copied, deleting, name_of, uid_of
from kubetui.demo.patches import patched
from kubetui.demo.refusals import bad_request, invalid, not_supported, refuse
from kubetui.demo.registry import Registry
from kubetui.demo.resources import Resource
from kubetui.demo.schema.lastapplied import LAST_APPLIED_FOR, with_last_applied
from kubetui.demo.schema.ownership import applied, updated
from kubetui.demo.schema.schemas import name_of_kind
from kubetui.demo.tables.printer import Printers

Json = dict[str, Any]

PATCH_KINDS = {
    "application/json-patch+json": "json",
    "application/merge-patch+json": "merge",
    "application/strategic-merge-patch+json": "strategic",
    "application/apply-patch+yaml": "apply",
}
RETURNED = frozenset(
    (
        "pods",
        "services",
        "serviceaccounts",
        "persistentvolumes",
        "persistentvolumeclaims",
        "resourcequotas",
        "storageclasses.storage.k8s.io",
    )
)
"""Kinds of which a deletion answers with the object; all others answer with a Status."""


OPTIONS = Resource("meta.k8s.io", "v1", "deleteoptions", "DeleteOptions")
"""What a deletion is asked for with; never a resource of its own."""


class Writes:
    """The writing verbs on one registry."""

    def __init__(self, registry: Registry, printers: Printers) -> None:
        self._registry = registry
        self._printers = printers

    def create(self, request: Request, route: Route) -> Answer:
        obj, warnings = self._known(request, route, self._object(request, route))
        if obj["metadata"].get("resourceVersion", "") not in ("", "0"):
            # Storage finds it in the real server, so it comes without a reason.
            raise refuse(500, "", "resourceVersion should not be set on objects to be created")
        made = self._registry.create(
            *kept(route.resource, self._owned(None, obj, request, route)),
            route.namespace,
            user=request.user.name,
            dry_run=dry_run(request.query),
        )
        return self._told(request, route, made, 201, warnings)

    def update(self, request: Request, route: Route) -> Answer:
        obj, warnings = self._known(request, route, self._object(request, route))
        _same_name(obj, route)
        old = shown(route.resource, self._registry.get(route.resource, route.namespace, route.name))
        made = self._registry.update(
            *kept(route.resource, self._owned(old, obj, request, route)),
            subresource=route.subresource,
            user=request.user.name,
            dry_run=dry_run(request.query),
        )
        return self._told(request, route, made, 200, warnings)

    def patch(self, request: Request, route: Route) -> Answer:
        kind = PATCH_KINDS.get(request.content_type)
        if kind is None or (kind == "strategic" and route.resource.custom):
            if not route.resource.custom:
                raise refuse(415, "UnsupportedMediaType", "415: Unsupported Media Type", {})
            known = ", ".join(name for name in PATCH_KINDS if "strategic" not in name)
            told = f"the body of the request was in an unknown format - accepted media types include: {known}"
            raise refuse(415, "UnsupportedMediaType", told)
        if kind == "apply" and not route.subresource:
            return self._apply(request, route)
        old = shown(route.resource, self._registry.get(route.resource, route.namespace, route.name))
        patch = patch_of(request.body, request.content_type)
        new = patched(route.resource, old, patch, kind)
        if not isinstance(new.get("metadata"), dict):
            undetermined = f"the name of the object ({route.name} based on URL) was undeterminable"
            raise bad_request(f"{undetermined}: name must be provided")
        _same_name(new, route)
        if kind == "strategic":
            strategy = self._registry.strategies.of(route.resource)
            new, warnings = strictness.by_strategic_patch(request, route.resource, strategy, new, patch)
        else:
            new, warnings = self._known(request, route, new)
        made = self._registry.update(
            *kept(route.resource, self._owned(old, new, request, route)),
            subresource=route.subresource,
            user=request.user.name,
            dry_run=dry_run(request.query),
        )
        return self._told(request, route, made, 200, warnings)

    def _apply(self, request: Request, route: Route) -> Answer:
        """Server-side apply: creates what is not there, takes what it sets, leaves what others set."""
        manager = request.query.get("fieldManager", "")
        if not manager:
            raise bad_request("fieldManager: Required value: is required for apply patch")
        resource = route.resource
        strategy = self._registry.strategies.of(resource)
        config = strictness.applied(resource, strategy, self._object(request, route), route.namespace)
        _same_name(config, route)
        config = {**config, "apiVersion": resource.api_version, "kind": resource.kind}
        live = self._registry.find(resource, route.namespace, route.name)
        live = None if live is None else shown(resource, live)
        if live is not None and manager == LAST_APPLIED_FOR:
            live = with_last_applied(live, config)
        force = request.query.get("force", "").lower() in ("true", "1")
        new = applied(live, config, manager, force=force, now=self._registry.clock.stamp())
        user, dry = request.user.name, dry_run(request.query)
        if live is None:
            made = self._registry.create(*kept(resource, new), route.namespace, user=user, dry_run=dry)
            return self._told(request, route, made, 201)
        made = self._registry.update(*kept(resource, new), user=user, dry_run=dry)
        return self._told(request, route, made, 200)

    def _owned(self, old: Json | None, new: Json, request: Request, route: Route) -> Json:
        """The new state with the trail of who set what, defaults included."""
        resource = route.resource
        if route.subresource not in ("", "status"):
            return new
        typed: Json = copied({**new, "apiVersion": resource.api_version, "kind": resource.kind})
        self._registry.strategies.of(resource).default(typed)
        return updated(old, typed, manager_of(request), self._registry.clock.stamp(), route.subresource)

    def delete(self, request: Request, route: Route) -> Answer:
        options = _delete_options(request)
        resource = route.resource
        before = self._registry.get(resource, route.namespace, route.name)
        left = self._delete(resource, before, options, request)
        if deleting(left) or resource.key in RETURNED:
            return self._told(request, route, left)
        details: Json = {"name": route.name, "kind": resource.plural, "uid": uid_of(left)}
        if resource.group:
            details["group"] = resource.group
        status = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}
        return encoded(status, form_of(request.headers.get("accept", "")))

    def delete_all(self, request: Request, route: Route) -> Answer:
        """Deletes every object that the selectors match; answers with the list of them."""
        options = _delete_options(request)
        wanted = filter_of(request, route)
        found = [obj for obj in self._registry.list(route.resource, route.namespace or None) if wanted.matches(obj)]
        for obj in found:
            if self._registry.find(route.resource, obj["metadata"].get("namespace", ""), name_of(obj)) is not None:
                self._delete(route.resource, obj, options, request)
        form = form_of(request.headers.get("accept", ""))
        shaper = shaper_of(request, route, self._registry, self._printers, form)
        return encoded(shaper.listed(found, {"resourceVersion": str(self._registry.storage.version)}), form)

    def _delete(self, resource: Resource, obj: Json, options: "DeleteOptions", request: Request) -> Json:
        return self._registry.delete(
            resource,
            obj["metadata"].get("namespace", ""),
            name_of(obj),
            grace=options.grace_period_seconds,
            uid=options.preconditions.uid if options.preconditions else None,
            version=options.preconditions.resource_version if options.preconditions else None,
            propagation=options.propagation,
            user=request.user.name,
            dry_run=options.dry_run == ["All"] or dry_run(request.query),
        )

    def _object(self, request: Request, route: Route) -> Json:
        resource = route.resource
        if request.content_type == APPLY:
            obj = configuration_of(request.body, resource.kind, resource.api_version)
        else:
            obj = object_of(request.body, request.content_type, resource.kind, resource.version)
        if not route.subresource:
            kind, version = obj.get("kind") or resource.kind, obj.get("apiVersion") or resource.api_version
            if (kind, version) != (resource.kind, resource.api_version):
                number, internal = version.rpartition("/")[2], resource.group.partition(".")[0] or "core"
                why = f"converting ({number}.{kind}) to ({internal}.{resource.kind}): unknown conversion"
                if not name_of_kind(version, kind):
                    why = (
                        f'no kind "{kind}" is registered for version "{version}" in scheme "pkg/runtime/scheme.go:111"'
                    )
                handled = f"{kind} in version {_quoted(number)} cannot be handled as a {resource.kind}"
                raise bad_request(f"{handled}: {why}")
        if route.namespace and route.name:
            obj["metadata"].setdefault("namespace", route.namespace)
        return obj

    def _known(self, request: Request, route: Route, obj: Json) -> strictness.Known:
        """The object without fields that its kind does not have, and the warnings about those."""
        return strictness.whole(request, route.resource, self._registry.strategies.of(route.resource), obj)

    def _told(
        self, request: Request, route: Route, obj: Json, status: int = 200, warnings: Sequence[str] = ()
    ) -> Answer:
        form = form_of(request.headers.get("accept", ""))
        answer = encoded(shaper_of(request, route, self._registry, self._printers, form).one(obj), form, status)
        if not warnings:
            return answer
        headers = tuple(("Warning", f"299 - {msgspec.json.encode(text).decode()}") for text in warnings)
        return msgspec.structs.replace(answer, headers=headers)


class _Preconditions(msgspec.Struct, rename="camel"):
    uid: str | None = None
    resource_version: str | None = None


class DeleteOptions(msgspec.Struct, rename="camel"):
    """metav1.DeleteOptions, as far as it changes anything here."""

    grace_period_seconds: int | None = None
    propagation_policy: str | None = None
    orphan_dependents: bool | None = None
    preconditions: _Preconditions | None = None
    dry_run: list[str] | None = None

    @property
    def propagation(self) -> str:
        if self.propagation_policy:
            return self.propagation_policy
        return "Orphan" if self.orphan_dependents else "Background"


def _delete_options(request: Request) -> DeleteOptions:
    try:
        options = (
            msgspec.convert(decoded(request.body, request.content_type, "DeleteOptions"), DeleteOptions)
            if request.body
            else DeleteOptions()
        )
    except msgspec.ValidationError as why:
        raise bad_request(f"DeleteOptions can't be read: {why}") from None
    grace = request.query.get("gracePeriodSeconds", "")
    if grace.isascii() and grace.isdigit():
        options.grace_period_seconds = int(grace)
    options.propagation_policy = request.query.get("propagationPolicy") or options.propagation_policy
    if options.propagation not in ("Background", "Foreground", "Orphan"):
        known = ("Foreground", "Background", "Orphan", "nil")
        raise invalid(OPTIONS, "", [not_supported("propagationPolicy", options.propagation, known)])
    return options


def manager_of(request: Request) -> str:
    """As whom a writer is remembered: the name it gives itself, else the beginning of its User-Agent."""
    agent = request.headers.get("user-agent", "").partition("/")[0]
    return request.query.get("fieldManager") or agent or "unknown"


def dry_run(query: object) -> bool:
    """Whether nothing is to be stored. 400 for a value that is not All."""
    asked = query.get("dryRun", "") if isinstance(query, dict) else ""
    if asked not in ("", "All"):
        raise bad_request(f'dryRun: Unsupported value: "{asked}": supported values: "All"')
    return asked == "All"


def _same_name(obj: Json, route: Route) -> None:
    named = obj["metadata"].setdefault("name", route.name)
    if named != route.name:
        raise bad_request(f"the name of the object ({named}) does not match the name on the URL ({route.name})")
    space = obj["metadata"].get("namespace", route.namespace)
    if route.namespace and space != route.namespace:
        raise bad_request("the namespace of the provided object does not match the namespace sent on the request")


def _quoted(text: object) -> str:
    return f'"{text}"'
