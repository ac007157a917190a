"""As whom one acts, and what one is told who may not (apiserver's impersonation and its Forbidden)."""

from typing import Any

from kubetui.demo.authorizer import Authorizer, Wish
from kubetui.demo.http.message import Request, User
from kubetui.demo.refusals import Refusal, quoted, refuse

Json = dict[str, Any]

ACCOUNT = "system:serviceaccount:"
AUTHENTICATED = "system:authenticated"


def acting(request: Request, user: User, authorizer: Authorizer) -> User:
    """The user as whom a request acts: its own, unless it names another. 403 for one who may not."""
    name, group = request.headers.get("impersonate-user", ""), request.headers.get("impersonate-group", "")
    if not name:
        return user
    wishes = [_account(name) if name.startswith(ACCOUNT) else Wish("impersonate", "", "users", name=name)]
    if group:
        wishes.append(Wish("impersonate", "", "groups", name=group))
    for wish in wishes:
        if not authorizer.allows(user.name, user.groups, wish):
            raise forbidden_to(user, wish)
    groups: tuple[str, ...] = (group,) if group else ()
    if not group and name.startswith(ACCOUNT):
        space = name.removeprefix(ACCOUNT).partition(":")[0]
        groups = ("system:serviceaccounts", f"system:serviceaccounts:{space}")
    return User(name, groups if AUTHENTICATED in groups else (*groups, AUTHENTICATED))


def _account(name: str) -> Wish:
    space, _, account = name.removeprefix(ACCOUNT).partition(":")
    return Wish("impersonate", "", "serviceaccounts", space, account)


def forbidden_to(user: User, wish: Wish) -> Refusal:
    """Why a user is refused."""
    who = f"User {quoted(user.name)} cannot {wish.verb}"
    if wish.path:
        return refuse(403, "Forbidden", f'forbidden: {who} path "{wish.path}"', {})
    where = f'in the namespace "{wish.namespace}"' if wish.namespace else "at the cluster scope"
    plural, _, _ = wish.resource.partition("/")
    known = f"{plural}.{wish.group}" if wish.group else plural
    named = f'{known} "{wish.name}"' if wish.name else known
    message = f'{named} is forbidden: {who} resource "{wish.resource}" in API group "{wish.group}" {where}'
    details: Json = {"name": wish.name} if wish.name else {}
    if wish.group:
        details["group"] = wish.group
    return refuse(403, "Forbidden", message, {**details, "kind": plural})
