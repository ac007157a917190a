"""Fields that a kind does not have, and values that don't fit theirs: refused, warned of or passed over, as asked.

What that looks like depends on how an object came: whole, by a strategic merge patch, or by server-side apply.
"""

from collections.abc import Callable, Sequence
from typing import Any

from kubetui.demo.http.gojson import twice
from kubetui.demo.http.message import JSON, Request
from kubetui.demo.refusals import Refusal, bad_request, invalid, not_supported, refuse, wrong_value
from kubetui.demo.resources import Resource
from kubetui.demo.schema.decoding import Misfit, decoded_as
from kubetui.demo.strategies import Strategy

Json = dict[str, Any]
Known = tuple[Json, tuple[str, ...]]
"""An object with nothing in it but what its kind knows, and the warnings about the rest."""


def whole(request: Request, resource: Resource, strategy: Strategy, obj: Json) -> Known:
    """An object that was sent as it is to be, or that a plain patch has made. 400 for what is wrong with it."""
    kind = f'{resource.kind} in version "{resource.version}" cannot be handled as a {resource.kind}'
    try:
        found, unknown = _decoded(resource, strategy, obj)
    except Misfit as why:
        raise bad_request(f"{kind}: {why}") from None
    return found, _judged(request, unknown, lambda text: bad_request(f"{kind}: {text}"), _doubled(request))


def by_strategic_patch(request: Request, resource: Resource, strategy: Strategy, obj: Json, patch: Any) -> Known:
    """An object that a strategic merge patch has made. 422, which shows the patch, for what is wrong with it."""

    def refused(text: str) -> Refusal:
        cause = wrong_value("patch", printed(_left(patch)), text)
        told = {"causes": [{"reason": cause.reason, "message": cause.message, "field": cause.field}]}
        return refuse(422, "Invalid", f' "" is invalid: {cause}', told)

    try:
        found, unknown = _decoded(resource, strategy, obj)
    except Misfit as why:
        raise refused(why.converted) from None
    return found, _judged(request, sorted(unknown), refused)


def applied(resource: Resource, strategy: Strategy, obj: Json, namespace: str) -> Json:
    """A configuration to apply, which may hold nothing that its kind does not know. 500 where it does."""
    name = f"{namespace}/{obj['metadata'].get('name', '')}"
    group = f"{resource.group}/{resource.version}, Kind={resource.kind}"
    try:
        found, unknown = _decoded(resource, strategy, obj)
        wrongs = [f".{path}: field not declared in schema" for path in unknown]
    except Misfit as why:
        wrongs = [why.typed]
    if not wrongs:
        return found
    told = wrongs[0] if len(wrongs) == 1 else "errors:\n" + "\n".join(f"  {one}" for one in wrongs)
    raise refuse(500, "", f"failed to create typed patch object ({name}; {group}): {told}")


def _decoded(resource: Resource, strategy: Strategy, obj: Json) -> tuple[Json, list[str]]:
    found = decoded_as(resource.api_version, resource.kind, obj)
    return found.obj, [*found.unknown, *strategy.unknown(found.obj)]


def _doubled(request: Request) -> Sequence[str]:
    """The paths of what a whole object, sent in JSON, says twice."""
    if request.method not in ("POST", "PUT") or request.content_type not in ("", JSON):
        return ()
    return tuple(twice(request.body))


def _judged(
    request: Request, unknown: Sequence[str], refused: Callable[[str], Refusal], doubled: Sequence[str] = ()
) -> tuple[str, ...]:
    texts = (*(f'duplicate field "{path}"' for path in doubled), *(f'unknown field "{path}"' for path in unknown))
    asked = request.query.get("fieldValidation", "") or "Warn"
    if asked not in ("Strict", "Warn", "Ignore"):
        kind = f"{_VERBS[request.method]}Options"
        options = Resource("meta.k8s.io", "v1", kind.lower(), kind)
        raise invalid(options, "", [not_supported("fieldValidation", asked, ("", "Ignore", "Strict", "Warn"))])
    if texts and asked == "Strict":
        raise refused(f"strict decoding error: {', '.join(texts)}")
    return texts if asked == "Warn" else ()


_VERBS = {"POST": "Create", "PUT": "Update", "PATCH": "Patch"}
_ORDER = "$setElementOrder/"


def _left(patch: Any) -> Any:
    """What the server has not consumed of a patch when it shows it: ordered lists and directives are gone."""
    if isinstance(patch, list):
        return [_left(one) for one in patch]
    if not isinstance(patch, dict):
        return patch
    ordered = {key.removeprefix(_ORDER) for key in patch if key.startswith(_ORDER)}
    return {
        key: _left(value)
        for key, value in patch.items()
        if not key.startswith((_ORDER, "$retain")) and key not in ordered
    }


def printed(value: Any) -> str:
    """A value as Go's fmt prints it with %v: map[a:1 b:[x y]]."""
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{printed(one)}" for key, one in sorted(value.items())) + "]"
    if isinstance(value, list):
        return "[" + " ".join(map(printed, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return "<nil>" if value is None else str(value)
