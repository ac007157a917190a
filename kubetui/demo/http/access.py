"""Who asks: the users of this cluster and the tokens by which they are known."""

import hmac
import secrets
from collections.abc import Mapping
from math import inf

from kubetui.demo.clock import Clock, stamp
from kubetui.demo.http.message import Request, User
from kubetui.demo.refusals import refuse


def account_user(namespace: str, name: str) -> User:
    """The user that a service account is."""
    groups = ("system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated")
    return User(f"system:serviceaccount:{namespace}:{name}", groups)


class Doorkeeper:
    """Knows each user by a bearer token."""

    def __init__(self, users: Mapping[str, User], clock: Clock) -> None:
        self._clock = clock
        self._users = dict(users)
        self._expiries: dict[str, float] = {}

    def admit(self, user: User) -> str:
        """A new token for a user, which is one until it is revoked."""
        token = secrets.token_urlsafe(32)
        self._users[token] = user
        return token

    def issue(self, user: User, seconds: float) -> tuple[str, str]:
        """A new token for a user, and when it ends to be one."""
        token = self.admit(user)
        self._expiries[token] = until = self._clock.now() + seconds
        return token, stamp(until)

    def revoke(self, token: str) -> None:
        """Makes a token worthless from now on."""
        self._users.pop(token, None)
        self._expiries.pop(token, None)

    def user_of(self, request: Request) -> User:
        """The user whose token a request carries. 401 without a token or with an unknown one."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            given = token.strip().encode()
            for known, user in self._users.items():
                if hmac.compare_digest(known.encode(), given):
                    if self._clock.now() >= self._expiries.get(known, inf):
                        break
                    return user
        raise refuse(401, "Unauthorized", "Unauthorized")
