"""Reading: one object, or a list with selectors, pages and the rules about resource versions."""

import asyncio
import base64
import binascii
from typing import Any

import msgspec

from kubetui.demo.http.media import TABLE, Form, encoded, form_of
from kubetui.demo.http.message import Answer, Request
from kubetui.demo.http.route import Route
from kubetui.demo.http.shapes import Shaper
from kubetui.demo.refusals import Refusal, bad_request, expired, refuse, too_large_version
from kubetui.demo.registry import Registry
from kubetui.demo.selectors import FieldSelector, LabelSelector, field_selector, label_selector
from kubetui.demo.tables.printer import Printers

Json = dict[str, Any]

_DIGITS = 20
"""Digits that a version may have: those of the largest uint64."""
PATIENCE = 3.0
"""Seconds for which a list waits for a version that has not been reached."""


class Token(msgspec.Struct, frozen=True):
    """Where the next page begins: behind this key, in the state of this version."""

    v: str
    rv: int
    start: str


class Filter(msgspec.Struct, frozen=True):
    """Which objects a list or a watch is about."""

    labels: LabelSelector
    fields: FieldSelector
    name: str = ""

    def __bool__(self) -> bool:
        return bool(self.labels or self.fields or self.name)

    def matches(self, obj: Json) -> bool:
        metadata = obj["metadata"]
        if self.name and metadata["name"] != self.name:
            return False
        return self.labels.matches(metadata.get("labels")) and self.fields.matches(obj)


def filter_of(request: Request, route: Route) -> Filter:
    """The selectors of a request. 400 where they can't be read."""
    resource = route.resource
    labels, fields = request.query.get("labelSelector", ""), request.query.get("fieldSelector", "")
    selectable = frozenset(resource.selectable)
    return Filter(label_selector(labels), field_selector(fields, resource.key, selectable), route.name)


def shaper_of(request: Request, route: Route, registry: Registry, printers: Printers, form: Form) -> Shaper:
    include = request.query.get("includeObject", "")
    if form.shape == TABLE and include not in ("", "None", "Metadata", "Object"):
        raise bad_request(f'unrecognized includeObject value: "{include}"')
    return Shaper(route.resource, form.shape, include, printers, registry.clock.now())


def get(request: Request, route: Route, registry: Registry, printers: Printers) -> Answer:
    """One object."""
    form = form_of(request.headers.get("accept", ""))
    obj = registry.get(route.resource, route.namespace, route.name)
    return encoded(shaper_of(request, route, registry, printers, form).one(obj), form)


async def list_(request: Request, route: Route, registry: Registry, printers: Printers) -> Answer:
    """Many objects. 410 for a page of a state no longer known, 504 for a version not reached yet."""
    form = form_of(request.headers.get("accept", ""))
    wanted = filter_of(request, route)
    asked = version_of(request)
    limit = _limit(request)
    match = request.query.get("resourceVersionMatch", "")
    token = request.query.get("continue", "")
    storage = registry.storage
    if request.query.get("sendInitialEvents"):
        raise _unfit("sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list")
    _check_match(match, request, asked)
    if token:
        if asked:
            raise bad_request("specifying resource version is not allowed when using continue")
        place = _placed(token)
        if place.rv < 0:
            place = Token(place.v, storage.version, place.start)
    else:
        exact = match == "Exact" or (asked and limit and match != "NotOlderThan")
        if asked and asked > storage.version:
            await reached(registry, asked)
        place = Token("meta.k8s.io/v1", asked if exact else storage.version, "")
        if asked == 0 and "resourceVersion" in request.query:
            # Answered from a cache in the real server, which knows no pages.
            limit = 0
    found = storage.walk_at(route.resource, place.rv, route.namespace, place.start)
    if found is None:
        raise _gone(place) if token else expired(f"The resourceVersion for the provided list is too old: {place.rv}")
    metadata: Json = {"resourceVersion": str(place.rv)}
    matching = [(key, obj) for key, obj in found if wanted.matches(obj)] if wanted else found
    if limit and len(matching) > limit:
        page = matching[:limit]
        following = Token(place.v, place.rv, page[-1][0])
        metadata["continue"] = base64.urlsafe_b64encode(msgspec.json.encode(following)).decode().rstrip("=")
        if not wanted:
            metadata["remainingItemCount"] = len(matching) - limit
        matching = page
    shaper = shaper_of(request, route, registry, printers, form)
    return encoded(shaper.listed([obj for _, obj in matching], metadata), form)


def version_of(request: Request) -> int:
    """The resourceVersion asked for; 0 where none is."""
    text = request.query.get("resourceVersion", "")
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or len(text) > _DIGITS:
        raise bad_request(f'invalid resource version "{text}": strconv.ParseUint: parsing "{text}": invalid syntax')
    return int(text)


async def reached(registry: Registry, version: int) -> None:
    """Waits a little for a version to be reached. 504 where it is not."""
    loop = asyncio.get_running_loop()
    end = loop.time() + PATIENCE
    while registry.storage.version < version:
        if loop.time() >= end:
            raise too_large_version(version, registry.storage.version)
        await asyncio.sleep(0.05)


def _limit(request: Request) -> int:
    text = request.query.get("limit", "") or "0"
    if not text.lstrip("-").isdigit() or len(text) > 18:
        raise bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax')
    return max(int(text), 0)


def _check_match(match: str, request: Request, asked: int) -> None:
    if not match:
        return
    why = ""
    if match not in ("Exact", "NotOlderThan"):
        why = f'Unsupported value: "{match}": supported values: "", "Exact", "NotOlderThan"'
    elif request.query.get("continue"):
        why = "Forbidden: resourceVersionMatch is forbidden when continue is provided"
    elif not request.query.get("resourceVersion"):
        why = "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided"
    elif match == "Exact" and not asked:
        why = 'Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"'
    if why:
        raise _unfit(f"resourceVersionMatch: {why}")


def _unfit(why: str) -> Refusal:
    return refuse(422, "Invalid", f'ListOptions.meta.k8s.io "" is invalid: {why}', {})


def _placed(text: str) -> Token:
    try:
        padded = text + "=" * (-len(text) % 4)
        token = msgspec.json.decode(base64.urlsafe_b64decode(padded), type=Token)
    except (msgspec.DecodeError, msgspec.ValidationError, binascii.Error, ValueError):
        raise bad_request("continue key is not valid: it can't be decoded") from None
    if not token.start or token.v != "meta.k8s.io/v1":
        raise bad_request("continue key is not valid: it has no start")
    return token


def _gone(place: Token) -> Exception:
    """410 with a token that goes on at the same place in the newest state, as the real server offers."""
    following = Token(place.v, -1, place.start)
    refusal = expired(
        "The provided continue parameter is too old to display a consistent list result. You can start a new list "
        "without the continue parameter, or use the continue token in this response to retrieve the remainder of the "
        "results. Continuing with the provided token results in an inconsistent list - objects that were created, "
        "modified, or deleted between the time the first chunk was returned and now may show up in the list."
    )
    token = base64.urlsafe_b64encode(msgspec.json.encode(following)).decode().rstrip("=")
    refusal.status["metadata"] = {"continue": token}
    return refusal
