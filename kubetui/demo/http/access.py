"""Who asks: the users of this cluster and the tokens by which they are known."""

import hmac
from collections.abc import Mapping

from kubetui.demo.http.message import Request, User
from kubetui.demo.refusals import refuse


class Doorkeeper:
    """Knows each user by a bearer token."""

    def __init__(self, users: Mapping[str, User]) -> None:
        self._users = dict(users)

    def user_of(self, request: Request) -> User:
        """The user whose token a request carries. 401 without a token or with an unknown one."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            given = token.strip().encode()
            for known, user in self._users.items():
                if hmac.compare_digest(known.encode(), given):
                    return user
        raise refuse(401, "Unauthorized", "Unauthorized")
