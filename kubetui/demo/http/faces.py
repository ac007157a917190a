"""The faces of an object: the versions of its kind in which it is served and written, beside the one it is kept in.

Events are kept as those of the core group, autoscalers as those of autoscaling/v2; custom resources in the storage
version of their definition. Between the versions of a custom resource only the version's name differs, as there is no
conversion. Pure.
"""

from collections.abc import Callable
from typing import Any

from kubetui.demo.http import oldautoscaler
from kubetui.demo.resources import AUTOSCALERS_V1, EVENTS, HORIZONTALPODAUTOSCALERS, NEW_EVENTS, Resource

Json = dict[str, Any]

_NEWER = {
    "involvedObject": "regarding",
    "message": "note",
    "reportingComponent": "reportingController",
    "source": "deprecatedSource",
    "firstTimestamp": "deprecatedFirstTimestamp",
    "lastTimestamp": "deprecatedLastTimestamp",
    "count": "deprecatedCount",
}
_OLDER = {new: old for old, new in _NEWER.items()}


def face_of(resource: Resource) -> Callable[[Json], Json] | None:
    """What an object as it is kept has to go through to be served; None where it is served as it is kept."""
    if resource is NEW_EVENTS:
        return new_event
    if resource is AUTOSCALERS_V1:
        return oldautoscaler.to_v1
    if resource.stored:
        version = resource.api_version
        return lambda obj: obj if obj["apiVersion"] == version else {**obj, "apiVersion": version}
    return None


def shown(resource: Resource, obj: Json) -> Json:
    """An object as it is kept, in the form in which it is changed through this resource."""
    return oldautoscaler.to_v1(obj) if resource is AUTOSCALERS_V1 else obj


def kept(resource: Resource, obj: Json) -> tuple[Resource, Json]:
    """The resource under which an object is kept that was written to this one, and its form there."""
    if resource is AUTOSCALERS_V1:
        return HORIZONTALPODAUTOSCALERS, oldautoscaler.from_v1(obj)
    if resource is not NEW_EVENTS:
        return resource, obj
    found = {_OLDER.get(key, key): value for key, value in obj.items()}
    return EVENTS, {**found, "apiVersion": EVENTS.api_version}


def new_event(obj: Json) -> Json:
    """A core/v1 Event as events.k8s.io/v1 tells it."""
    found = {_NEWER.get(key, key): value for key, value in obj.items() if value not in (None, {}, "")}
    return {**found, "apiVersion": NEW_EVENTS.api_version, "eventTime": obj.get("eventTime")}
