"""Which namespaces the user may read, asked of the server: for those who may not list across all of them."""

import asyncio

import msgspec

from kubetui.client.api import Api
from kubetui.client.errors import ApiError
from kubetui.client.wirejson import decode_answer
from kubetui.read import Object
from kubetui.resource import Resource

MOST = 100
"""Namespaces asked about; a person with more of them names those of interest with -n."""
AT_ONCE = 8
ACCESS_REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


async def readable_namespaces(api: Api, resource: Resource) -> tuple[str, ...]:
    """The namespaces whose objects of that resource the user may list, of all that are known to them.

    Those that may be watched alone are looked for where none may be listed: that is rare, and costs as much again.
    """
    try:
        page = decode_answer(await api.get("/api/v1/namespaces", query={"limit": str(MOST)}), _Page, "a list")
        known = [item.metadata.name for item in page.items or ()]
    except ApiError:
        known = []
    candidates = list(dict.fromkeys([api.access.namespace, *known]))
    gate = asyncio.Semaphore(AT_ONCE)

    async def may_there(verb: str, namespace: str) -> bool:
        async with gate:
            return await may(api, verb, resource, namespace)

    for verb in ("list", "watch"):
        answers = await asyncio.gather(*(may_there(verb, namespace) for namespace in candidates))
        if any(answers):
            return tuple(name for name, yes in zip(candidates, answers, strict=True) if yes)
    return ()


async def may(api: Api, verb: str, resource: Resource, namespace: str = "", subresource: str = "") -> bool:
    """One SelfSubjectAccessReview; no where the server does not answer it."""
    try:
        return await allowed(api, verb, resource.group, resource.plural, subresource, namespace)
    except ApiError:
        return False


async def allowed(api: Api, verb: str, group: str, plural: str, subresource: str, namespace: str) -> bool:
    """One SelfSubjectAccessReview. ApiError where the server does not answer it."""
    attributes = {
        "verb": verb,
        "group": group,
        "resource": plural,
        "subresource": subresource,
        "namespace": namespace,
    }
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": attributes},
    }
    body = await api.send("POST", ACCESS_REVIEWS, msgspec.json.encode(review))
    return decode_answer(body, _Review, "a review of rights").status.allowed


class _Page(msgspec.Struct, frozen=True):
    items: list[Object] | None = None


class _Verdict(msgspec.Struct, frozen=True):
    allowed: bool = False


class _Review(msgspec.Struct, frozen=True):
    status: _Verdict = _Verdict()
