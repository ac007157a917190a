"""Who requests come from: the headers and the client certificate that an `Access` stands for, kept fresh.

Opens no connection to the API server. No token or password is in a repr, an error or a log.
"""

import base64
import os
import re
from itertools import product
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, urlsplit

from kubetui.client.access import Access, Impersonation
from kubetui.client.errors import BadConfig
from kubetui.client.renewal import Credential, Renewed
from kubetui.client.tls import ClientCert, read_file

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NAME_SAFE = "!#$&'*+^`|"
"""What a header's name may hold beside letters, digits and `-._~`; a percent sign begins an escape."""


class Source(Protocol):
    """Where a credential comes from."""

    async def credential(self) -> Credential:
        """The one to use now; cheap when nothing changed."""

    async def renew(self) -> bool:
        """Called when the server refused it: True if the next one may differ."""


class Fixed:
    """A token or a password that stands in the kubeconfig, or nothing at all."""

    def __init__(self, authorization: str = "") -> None:
        self._credential = Credential(authorization)

    async def credential(self) -> Credential:
        return self._credential

    async def renew(self) -> bool:
        return False


class TokenFile:
    """A token in a file that something else rewrites, such as a kubelet: read again whenever the file is another."""

    def __init__(self, path: Path, fallback: str = "") -> None:
        self._path = path
        self._credential = Credential(_bearer(fallback)) if fallback else Credential()
        self._read_of: tuple[int, ...] = ()

    async def credential(self) -> Credential:
        """BadConfig if the file was never read; later on the last token stands while the file can't be read."""
        mark = self._mark()
        if not mark or mark != self._read_of:
            try:
                self._credential = Credential(_bearer(self._token()))
                self._read_of = mark
            except BadConfig:
                if not self._credential.authorization:
                    raise
        return self._credential

    async def renew(self) -> bool:
        before, self._read_of = self._credential, ()
        return await self.credential() != before

    def _mark(self) -> tuple[int, ...]:
        """What tells one state of the file from another; a kubelet swaps a link to another file. Empty if missing."""
        try:
            seen = os.stat(self._path)
        except OSError:
            return ()
        return seen.st_mtime_ns, seen.st_size, seen.st_ino, seen.st_dev

    def _token(self) -> str:
        token = read_file(self._path, "tokenFile").decode(errors="replace").strip()
        if not token:
            raise BadConfig(f"The tokenFile {self._path} of the kubeconfig is empty. Log in to the cluster again.")
        return token


class Credentials:
    """The credentials of one user at one API server."""

    def __init__(self, source: Source, advice: str, impersonation: Impersonation | None = None) -> None:
        self.advice = advice
        """What to say to a person when the server does not know who this is: what it was told, and what to try."""
        self._source = source
        self._acting_as = _impersonation_headers(impersonation) if impersonation else {}

    async def headers(self) -> dict[str, str]:
        """Authorization and Impersonate-* for the next request.

        May wait for a plugin, and raises BadConfig, Unauthorized or Unavailable with its words if there is no
        credential to be had.
        """
        credential = await self._source.credential()
        if not credential.authorization:
            return dict(self._acting_as)
        return {"Authorization": credential.authorization, **self._acting_as}

    async def client_cert(self) -> ClientCert | None:
        """The certificate that an exec plugin handed out, for the next connection; None otherwise. As `headers`."""
        return (await self._source.credential()).cert

    async def refresh(self) -> bool:
        """After a 401: get another credential. True if the next `headers()` or `client_cert()` may differ.

        However many call it, a plugin is run once. Raises what `headers` raises.
        """
        return await self._source.renew()


def credentials(access: Access) -> Credentials:
    """The credentials of an access, or BadConfig where no request could carry them. Runs nothing yet."""
    source, told = _source(access)
    advice = f"The server does not accept {told}. Log in to the cluster again, or choose another context."
    return Credentials(source, advice, access.auth.impersonation)


def _source(access: Access) -> tuple[Source, str]:
    """The first of the ways that client-go would take, and its name; none is told to a server over an open line."""
    auth, tls, user = access.auth, access.tls, f"the user {access.user!r}"
    if tls.plain and urlsplit(access.server).hostname not in ("localhost", "127.0.0.1", "::1"):
        return Fixed(), "requests without credentials, and none are sent to an http:// server"
    if auth.token_file:
        return TokenFile(auth.token_file, auth.token), f"the token in {auth.token_file}"
    if auth.token:
        return Fixed(_bearer(auth.token)), f"the token of {user}"
    if auth.username or auth.password:
        pair = f"{auth.username}:{auth.password}".encode()
        return Fixed(f"Basic {base64.b64encode(pair).decode()}"), f"the username and password of {user}"
    has_cert = bool(tls.cert_file or tls.cert_data)
    if auth.exec and not has_cert:
        from kubetui.client.execplugin import plugin

        return Renewed(plugin(access, auth.exec)), f"what the credential plugin {auth.exec.command} handed out"
    if auth.auth_provider:
        from kubetui.client.oidc import provider

        return Renewed(provider(auth.auth_provider)), f"the identity token of {user}"
    if has_cert:
        return Fixed(), f"the client certificate of {user}"
    return Fixed(), f"requests without credentials, and {user} has none"


def _bearer(token: str) -> str:
    token = token.strip()
    if not (token.isascii() and token.isprintable()):
        raise BadConfig("The user's token holds characters that no token has. Log in to the cluster again.")
    return f"Bearer {token}"


def _impersonation_headers(who: Impersonation) -> dict[str, str]:
    """client-go's headers (transport.NewImpersonatingRoundTripper), repeated where there are several values.

    A header's name is of any case, so each repetition has a spelling of its own and a plain dict holds them all.
    """
    headers = [("Impersonate-User", who.user)]
    if who.uid:
        headers.append(("Impersonate-Uid", who.uid))
    headers += [("Impersonate-Group", group) for group in who.groups]
    for key, values in who.extra:
        name = f"Impersonate-Extra-{quote(key, safe=_NAME_SAFE)}"
        headers += [(name, value) for value in values]
    spelled: dict[str, str] = {}
    for name, value in headers:
        spelled[_unused_spelling(name, spelled)] = _header_value(value)
    return spelled


def _unused_spelling(name: str, used: dict[str, str]) -> str:
    spellings = product(*((char, char.swapcase()) if char.isalpha() else (char,) for char in reversed(name)))
    return next(spelling for chars in spellings if (spelling := "".join(reversed(chars))) not in used)


def _header_value(value: str) -> str:
    if _CONTROL.search(value):
        raise BadConfig("The user to act as holds a line break or another control character. Correct the kubeconfig.")
    return value
