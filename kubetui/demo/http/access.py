"""Who asks: the users of this cluster and the tokens by which they are known."""

import hmac
import secrets
from collections.abc import Mapping
from math import inf

from kubetui.demo.clock import Clock, stamp
from kubetui.demo.http.message import Request, User
from kubetui.demo.refusals import refuse


class Doorkeeper:
    """Knows each user by a bearer token."""

    def __init__(self, users: Mapping[str, User], clock: Clock) -> None:
        self._clock = clock
        self._users = dict(users)
        self._expiries: dict[str, float] = {}

    def issue(self, user: User, seconds: float) -> tuple[str, str]:
        """A new token for a user, and when it ends to be one."""
        token = secrets.token_urlsafe(32)
        until = self._clock.now() + seconds
        self._users[token], self._expiries[token] = user, until
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
