"""Questions about rights: they look like objects that are created, and nothing is stored."""

from typing import Any

from kubetui.demo.authorizer import Authorizer, Wish
from kubetui.demo.http.media import decoded, encoded, form_of
from kubetui.demo.http.message import Answer, Request, User
from kubetui.demo.refusals import bad_request, method_not_allowed
from kubetui.demo.resources import Resource

Json = dict[str, Any]


def review(request: Request, resource: Resource, namespace: str, authorizer: Authorizer) -> Answer:
    """The question with its answer in `status`. 405 for anything but a POST."""
    if request.method != "POST":
        raise method_not_allowed()
    asked = decoded(request.body, request.content_type)
    if not isinstance(asked, dict) or not isinstance(asked.get("spec", {}), dict):
        raise bad_request("the object provided is unrecognized: it is no object")
    spec: Json = asked.get("spec") or {}
    user = request.user
    match resource.kind:
        case "SelfSubjectReview":
            status: Json = {"userInfo": {"username": user.name, "groups": list(user.groups)}}
        case "SelfSubjectRulesReview":
            status = _rules(user, spec.get("namespace", ""), authorizer)
        case "SelfSubjectAccessReview":
            status = _verdict(user, spec, "", authorizer)
        case _:
            other = User(spec.get("user", ""), tuple(spec.get("groups") or ()))
            status = _verdict(other, spec, namespace, authorizer)
    told = {
        "kind": resource.kind,
        "apiVersion": resource.api_version,
        "metadata": {"creationTimestamp": None},
        "spec": spec,
        "status": status,
    }
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
    return {"allowed": authorizer.allows(user.name, user.groups, wish)}


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
