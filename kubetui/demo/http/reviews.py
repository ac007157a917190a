"""Questions about rights: they look like objects that are created, and nothing is stored."""

from typing import Any

from kubetui.demo.authorizer import Authorizer, Wish
from kubetui.demo.http.bodies import object_of
from kubetui.demo.http.media import encoded, form_of
from kubetui.demo.http.message import Answer, Request, User
from kubetui.demo.http.writes import manager_of
from kubetui.demo.refusals import bad_request, method_not_allowed
from kubetui.demo.resources import Resource
from kubetui.demo.schema.ownership import updated

Json = dict[str, Any]


def review(request: Request, resource: Resource, namespace: str, authorizer: Authorizer, now: str) -> Answer:
    """The question with its answer in `status`; `now` as a metav1.Time. 405 for anything but a POST."""
    if request.method != "POST":
        raise method_not_allowed()
    asked = object_of(request.body, request.content_type, resource.kind, resource.version)
    if not isinstance(asked.get("spec") or {}, dict):
        raise bad_request("the object provided is unrecognized: its spec is no object")
    spec: Json = asked.get("spec") or {}
    user = request.user
    match resource.kind:
        case "SelfSubjectReview":
            whole = {"userInfo": {"username": user.name, "groups": list(user.groups)}}
            about: Json = {"metadata": {"creationTimestamp": now}, "status": whole}
        case "SelfSubjectRulesReview":
            rules = _rules(user, spec.get("namespace", ""), authorizer)
            about = {"metadata": {}, "spec": {}, "status": rules}
        case "SelfSubjectAccessReview":
            about = {"metadata": {}, "spec": spec, "status": _verdict(user, spec, "", authorizer)}
        case _:
            other = User(spec.get("user", ""), tuple(spec.get("groups") or ()))
            about = {"metadata": {}, "spec": spec, "status": _verdict(other, spec, namespace, authorizer)}
    told = {"kind": resource.kind, "apiVersion": resource.api_version, **about}
    if resource.kind.endswith("AccessReview"):
        asking = {key: value for key, value in told.items() if key != "status"}
        told["metadata"] = updated(None, asking, manager_of(request), now)["metadata"]
    return encoded(told, form_of(request.headers.get("accept", ""), shapes=False), 201)


def _verdict(user: User, spec: Json, namespace: str, authorizer: Authorizer) -> Json:
    about, path = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
    if path:
        wish = Wish(path.get("verb", ""), path=path.get("path", ""))
    elif about:
        sub = about.get("subresource")
        wish = Wish(
            about.get("verb", ""),
            about.get("group", ""),
            f"{about.get('resource', '')}/{sub}" if sub else about.get("resource", ""),
            about.get("namespace", namespace),
            about.get("name", ""),
        )
    else:
        raise bad_request("exactly one of nonResourceAttributes or resourceAttributes must be specified")
    reason = authorizer.verdict(user.name, user.groups, wish)
    if reason is None:
        return {"allowed": False}
    return {"allowed": True, "reason": reason} if reason else {"allowed": True}


def _rules(user: User, namespace: str, authorizer: Authorizer) -> Json:
    if not namespace:
        raise bad_request("no namespace on request")
    resources: list[Json] = []
    paths: list[Json] = []
    for rule in authorizer.rules(user.name, user.groups, namespace):
        kept = ("verbs", "nonResourceURLs") if rule.get("nonResourceURLs") else ("verbs", "apiGroups", "resources")
        found = {key: rule[key] for key in (*kept, "resourceNames") if rule.get(key)}
        (paths if rule.get("nonResourceURLs") else resources).append(found)
    return {"resourceRules": resources, "nonResourceRules": paths, "incomplete": False}
