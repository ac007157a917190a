"""Reading and writing one object, as far as this project does: get, create, update, patch, delete, scale."""

import json
from typing import Any

from tests.fake.store import Json, Store, Target
from tests.fake.wire import Reply, Request, refusal, reply


def answer(store: Store, request: Request, target: Target) -> Reply:
    """What the server says to a request that is about one object (or makes one)."""
    if request.method == "POST" and not target.name:
        return _create(store, target, json.loads(request.body))
    held = store.get(target)
    resource = target.collection.rpartition("/")[2]
    if held is None:
        message = f'{resource} "{target.name}" not found'
        return refusal(404, message, name=target.name, kind=resource)
    if target.subresource == "scale":
        return _scale(store, request, held)
    if target.subresource not in ("", "status"):
        return refusal(404, "the server could not find the requested resource")
    match request.method:
        case "GET":
            return reply(200, held)
        case "PUT":
            return reply(200, store.put(json.loads(request.body)).new)
        case "PATCH":
            return reply(200, store.put(merged(held, json.loads(request.body))).new)
        case "DELETE":
            return _delete(store, request, held)
    return refusal(405, f"{request.method} is not supported on {request.path}")


def merged(value: Any, patch: Any) -> Any:
    """RFC 7386: a JSON merge patch applied."""
    if not isinstance(patch, dict):
        return patch
    result = dict(value) if isinstance(value, dict) else {}
    for key, part in patch.items():
        if part is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), part)
    return result


def _create(store: Store, target: Target, obj: Json) -> Reply:
    if target.namespace:
        obj["metadata"].setdefault("namespace", target.namespace)
    if store.held(obj):
        return refusal(409, f'"{obj["metadata"]["name"]}" already exists')
    return reply(201, store.put(obj).new)


def _delete(store: Store, request: Request, held: Json) -> Reply:
    options = json.loads(request.body or b"{}")
    wanted = options.get("preconditions", {}).get("uid")
    meta = held["metadata"]
    if wanted not in (None, meta["uid"]):
        said = f"Precondition failed: UID in precondition: {wanted}, UID in object meta: {meta['uid']}"
        return refusal(409, f'Operation cannot be fulfilled on "{meta["name"]}": {said}')
    store.drop(held)
    return reply(200, {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"})


def _scale(store: Store, request: Request, held: Json) -> Reply:
    if request.method in ("PUT", "PATCH"):
        body = json.loads(request.body)
        if isinstance(body, list):
            tested = next(each["value"] for each in body if each["op"] == "test" and each["path"] == "/metadata/uid")
            if tested != held["metadata"]["uid"]:
                return refusal(422, "the server rejected our request due to an error in our request")
            wanted = next(each["value"] for each in body if each["path"] == "/spec/replicas")
        else:
            wanted = body["spec"]["replicas"]
        held = store.put(merged(held, {"spec": {"replicas": wanted}})).new or held
    names = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    meta = {key: held["metadata"][key] for key in names if key in held["metadata"]}
    spec, status = held.get("spec", {}), held.get("status", {})
    scale = {"spec": {"replicas": spec.get("replicas", 1)}, "status": {"replicas": status.get("replicas", 0)}}
    return reply(200, {"kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": meta, **scale})
