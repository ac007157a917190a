"""OpenID Connect identity tokens of a kubeconfig's `auth-provider: oidc`, renewed with the refresh token.

Rules of client-go (plugin/pkg/client/auth/oidc). Owns the two requests to the identity provider, made in a thread with
the standard library since they come once an hour at most. Never shows a token or a secret.
"""

import asyncio
import base64
import binascii
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from kubetui.client.access import AuthProvider
from kubetui.client.errors import BadConfig, Unauthorized, Unavailable
from kubetui.client.renewal import Credential
from kubetui.client.tls import TlsOptions, ssl_context
from kubetui.client.tokenstore import keep
from kubetui.client.unreachable import unavailable

_TIMEOUT = 30.0
"""Seconds for one request to the identity provider."""
_EARLY = 10.0
"""Seconds before its expiry in which a token is used no longer, for clocks that differ (client-go, expiryDelta)."""
_LARGEST = 1 << 20
_INSTEAD = {"gcp": "gke-gcloud-auth-plugin", "azure": "kubelogin"}


def provider(options: AuthProvider) -> Callable[[], Awaitable[Credential]]:
    """What gets the identity token of a user each time it is called; BadConfig for a provider that is not supported."""
    if options.name != "oidc":
        instead = _INSTEAD.get(options.name)
        what_next = f"Install {instead} and set it up" if instead else "Set up a credential plugin"
        raise BadConfig(
            f"The user {options.user!r} in {options.source} has the auth-provider {options.name!r}, which Kubernetes "
            f"no longer supports. {what_next} as an exec plugin."
        )
    for key in ("idp-issuer-url", "client-id"):
        if not options.config.get(key):
            raise BadConfig(f"The user {options.user!r} in {options.source} has an oidc auth-provider without {key}.")
    return _Login(options).credential


class _Login:
    """One person's session at an identity provider."""

    def __init__(self, options: AuthProvider) -> None:
        self._options = options
        self._id_token = options.config.get("id-token", "")
        self._refresh_token = options.config.get("refresh-token", "")
        self._handed_out = ""

    async def credential(self) -> Credential:
        """The identity token; a new one if it has expired or is asked for a second time, that is, was refused."""
        expires = _expiry(self._id_token)
        if not self._id_token or self._id_token == self._handed_out or expires <= time.time():
            if not self._refresh_token:
                raise Unauthorized(
                    f"The identity token of the user {self._options.user!r} has expired or was refused, and there is "
                    "no refresh token to renew it with. Log in to the cluster again."
                )
            await asyncio.to_thread(self._refresh)
            expires = _expiry(self._id_token)
        self._handed_out = self._id_token
        return Credential(f"Bearer {self._id_token}", expires=expires)

    def _refresh(self) -> None:
        issuer = self._options.config["idp-issuer-url"]
        found = self._ask(f"{issuer.removesuffix('/')}/.well-known/openid-configuration")
        endpoint = found.get("token_endpoint")
        if not isinstance(endpoint, str):
            raise BadConfig(f"The identity provider {_host(issuer)} names no token_endpoint. Correct idp-issuer-url.")
        answer = self._tokens(endpoint)
        token = answer.get("id_token")
        if not isinstance(token, str) or not (token.isascii() and token.isprintable()):
            raise Unauthorized(
                f"The identity provider {_host(endpoint)} answered without an id_token. Log in to the cluster again, "
                "with the scope openid."
            )
        self._id_token = token
        renewed = answer.get("refresh_token")
        if isinstance(renewed, str) and renewed and renewed != self._refresh_token:
            self._refresh_token = renewed
            # The old one may be void from now on, and kubectl would be locked out.
            keep(self._options.source, self._options.user, {"id-token": token, "refresh-token": renewed})

    def _tokens(self, endpoint: str) -> Mapping[str, Any]:
        """Asks with the client's secret in a header, which the standard wants, or else in the form."""
        client, secret = self._options.config["client-id"], self._options.config.get("client-secret", "")
        form = {"grant_type": "refresh_token", "refresh_token": self._refresh_token}
        if secret:
            pair = f"{quote(client, safe='')}:{quote(secret, safe='')}".encode()
            try:
                return self._ask(endpoint, form, f"Basic {base64.b64encode(pair).decode()}")
            except Unauthorized:
                form["client_secret"] = secret
        return self._ask(endpoint, {**form, "client_id": client})

    def _ask(self, url: str, form: Mapping[str, str] | None = None, authorization: str = "") -> Mapping[str, Any]:
        from http.client import HTTPException
        from urllib.error import HTTPError, URLError
        from urllib.request import HTTPSHandler, Request, build_opener

        if urlsplit(url).scheme not in ("https", "http"):
            raise BadConfig(f"The identity provider of the user {self._options.user!r} has no https:// address.")
        request = Request(url, urlencode(form).encode() if form else None, {"Accept": "application/json"})
        if authorization:
            request.add_header("Authorization", authorization)
        try:
            with build_opener(HTTPSHandler(context=ssl_context(self._tls()))).open(request, timeout=_TIMEOUT) as answer:
                body = answer.read(_LARGEST)
        except HTTPError as why:
            with why:
                raise _refusal(url, why.code, why.read(_LARGEST)) from None
        except (OSError, HTTPException) as why:
            cause = why.reason if isinstance(why, URLError) else why
            said_so = unavailable(cause, _host(url), host=_host(url)) if isinstance(cause, OSError) else cause
            raise Unavailable(f"The identity provider can't be asked: {said_so}.") from None
        try:
            said = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            said = None
        if not isinstance(said, dict):
            raise Unavailable(f"The identity provider {_host(url)} answered with something that is no JSON object.")
        return said

    def _tls(self) -> TlsOptions:
        config = self._options.config
        file = config.get("idp-certificate-authority")
        try:
            data = base64.b64decode(config.get("idp-certificate-authority-data", ""), validate=True)
        except (binascii.Error, ValueError):
            raise BadConfig(
                f"The user {self._options.user!r} in {self._options.source} has idp-certificate-authority-data that "
                "is not base64."
            ) from None
        return TlsOptions(ca_file=Path(file) if file else None, ca_data=data)


def _expiry(token: str) -> float:
    """When a JWT is to be used no longer, in seconds since the epoch; 0 for one that says nothing readable."""
    payload = token.split(".")[1:2]
    try:
        claims = msgspec.json.decode(base64.urlsafe_b64decode(payload[0] + "=" * (-len(payload[0]) % 4)))
        return float(claims["exp"]) - _EARLY
    except (IndexError, KeyError, TypeError, ValueError, msgspec.DecodeError):
        return 0.0


def _refusal(url: str, code: int, body: bytes) -> Unauthorized | Unavailable:
    """What an HTTP error of the identity provider stands for; OAuth errors say why in `error` (RFC 6749, 5.2)."""
    try:
        said = msgspec.json.decode(body)
        why = f", {said['error']}" if isinstance(said["error"], str) else ""
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError, TypeError):
        why = ""
    if code >= 500 or code == 429:
        return Unavailable(f"The identity provider {_host(url)} can't renew the token now: HTTP {code}{why}.")
    return Unauthorized(
        f"The identity provider {_host(url)} did not renew the token: HTTP {code}{why}. Log in to the cluster again."
    )


def _host(url: str) -> str:
    return urlsplit(url).hostname or "of the kubeconfig"
