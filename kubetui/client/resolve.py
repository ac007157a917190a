"""From the cluster and the user that a context names to an `Access`: checked, decoded, paths made absolute.

Rules of client-go's clientcmd (validation.go, client_config.go). Opens no file; certificates are read by `tls`.
"""

import base64
import binascii
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar, cast, get_args
from urllib.parse import urlsplit

from kubetui.client import configfile
from kubetui.client.access import Access, AuthOptions, AuthProvider, ExecOptions, Impersonation, Interactive
from kubetui.client.errors import BadConfig
from kubetui.client.tls import TlsOptions

T = TypeVar("T")

_EXEC_EXTENSION = "client.authentication.k8s.io/exec"


class Entry(NamedTuple, Generic[T]):
    """A named stanza, and the file it stands in."""

    name: str
    stanza: T
    source: Path

    @property
    def folder(self) -> Path:
        """What the stanza's relative paths are relative to."""
        return self.source.absolute().parent

    def path(self, written: str) -> Path | None:
        return self.folder / written if written else None

    def bad(self, what: str, wrong: str) -> BadConfig:
        """The error that something is wrong with this stanza."""
        return BadConfig(f"The {what} {self.name!r} in {self.source} {wrong}")


def access(context: str, namespace: str, cluster: Entry[configfile.Cluster], user: Entry[configfile.User]) -> Access:
    """How to reach that cluster as that user, or BadConfig with what is wrong with either."""
    tls = _tls(cluster, user)
    server = _server(cluster, tls)
    return Access(
        context=context,
        cluster=cluster.name,
        user=user.name,
        namespace=namespace or "default",
        server=server,
        tls=tls if server.startswith("https:") else TlsOptions(plain=True),
        proxy_url=cluster.stanza.proxy_url or None,
        auth=_auth(user, cluster),
    )


def _server(cluster: Entry[configfile.Cluster], tls: TlsOptions) -> str:
    written = cluster.stanza.server
    if not written:
        raise cluster.bad("cluster", "has no server. Add its URL: server: https://HOST:PORT.")
    if "://" not in written:
        wants_tls = tls.insecure or tls.ca_data or tls.ca_file or tls.cert_data or tls.cert_file
        written = f"{'https' if wants_tls else 'http'}://{written}"
    try:
        url = urlsplit(written)
        sound = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0 and written.isprintable()
    except ValueError:
        sound = False
    if not sound:
        raise cluster.bad("cluster", "has a server that is no URL. It should look like https://HOST:PORT.")
    if "@" in url.netloc:
        raise cluster.bad("cluster", "has a user name in its server's URL. Give username and password to the user.")
    return f"{url.scheme}://{url.netloc}{url.path.rstrip('/')}"


def _tls(cluster: Entry[configfile.Cluster], user: Entry[configfile.User]) -> TlsOptions:
    of, who = cluster.stanza, user.stanza
    if of.insecure_skip_tls_verify and (of.certificate_authority or of.certificate_authority_data):
        raise cluster.bad(
            "cluster", "has both insecure-skip-tls-verify and a certificate authority. Remove one of them."
        )
    has_cert = bool(who.client_certificate or who.client_certificate_data)
    if has_cert and not (who.client_key or who.client_key_data):
        raise user.bad("user", "has a client certificate without its key. Add client-key or client-key-data.")
    return TlsOptions(
        ca_file=cluster.path(of.certificate_authority),
        ca_data=_data(of.certificate_authority_data, cluster, "cluster", "certificate-authority-data"),
        insecure=of.insecure_skip_tls_verify,
        server_name=of.tls_server_name,
        cert_file=user.path(who.client_certificate) if has_cert else None,
        cert_data=_data(who.client_certificate_data, user, "user", "client-certificate-data"),
        key_file=user.path(who.client_key) if has_cert else None,
        key_data=_data(who.client_key_data, user, "user", "client-key-data") if has_cert else b"",
    )


def _data(written: str, entry: Entry[T], what: str, key: str) -> bytes:
    try:
        return base64.b64decode(written.replace("\n", "").replace("\r", ""), validate=True)
    except (binascii.Error, ValueError):
        raise entry.bad(what, f"has {key} that is not base64. Get the cluster's kubeconfig anew.") from None


def _auth(user: Entry[configfile.User], cluster: Entry[configfile.Cluster]) -> AuthOptions:
    who = user.stanza
    if who.token and (who.username or who.password):
        raise user.bad("user", "has both a token and a username or password. Remove one of them.")
    if who.exec and who.auth_provider:
        raise user.bad("user", "has both an exec plugin and an auth-provider. Remove one of them.")
    provider = who.auth_provider
    return AuthOptions(
        token=who.token,
        token_file=user.path(who.token_file),
        username=who.username,
        password=who.password,
        exec=_exec(who.exec, user, cluster) if who.exec else None,
        auth_provider=AuthProvider(provider.name, provider.config, user.source, user.name) if provider else None,
        impersonation=_impersonation(user),
    )


def _exec(plugin: configfile.Exec, user: Entry[configfile.User], cluster: Entry[configfile.Cluster]) -> ExecOptions:
    if not plugin.command:
        raise user.bad("user", "has an exec plugin without a command.")
    if not plugin.api_version:
        raise user.bad("user", "has an exec plugin without an apiVersion. Add client.authentication.k8s.io/v1.")
    if not all(variable.name for variable in plugin.env):
        raise user.bad("user", "has an exec plugin with an env variable without a name.")
    mode = plugin.interactive_mode
    if not mode and plugin.api_version.endswith("/v1beta1"):
        mode = "IfAvailable"
    if mode not in get_args(Interactive):
        raise user.bad("user", "has an exec plugin without a valid interactiveMode: Never, IfAvailable or Always.")
    # A bare name is looked for on PATH; anything with a slash is a path.
    command = str(user.path(plugin.command)) if "/" in plugin.command else plugin.command
    configs = (each.extension for each in cluster.stanza.extensions if each.name == _EXEC_EXTENSION)
    return ExecOptions(
        command=command,
        api_version=plugin.api_version,
        args=plugin.args,
        env=tuple((variable.name, variable.value) for variable in plugin.env),
        install_hint=plugin.install_hint,
        provide_cluster_info=plugin.provide_cluster_info,
        interactive=cast(Interactive, mode),
        cluster_config=next(configs, None),
    )


def _impersonation(user: Entry[configfile.User]) -> Impersonation | None:
    who = user.stanza
    if not who.as_:
        if who.as_uid or who.as_groups or who.as_user_extra:
            raise user.bad("user", "has as-uid, as-groups or as-user-extra, but no user to act as. Add it: as: NAME.")
        return None
    return Impersonation(who.as_, who.as_uid, who.as_groups, tuple(who.as_user_extra.items()))
