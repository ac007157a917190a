"""All that is needed to reach one cluster as one user: plain values, read from a kubeconfig or from a pod's own files.

Reads nothing and opens nothing. What is secret does not show in a repr.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from kubetui.client.tls import TlsOptions

Interactive = Literal["Never", "IfAvailable", "Always"]
"""Whether a plugin needs the terminal to ask a person something."""


@dataclass(frozen=True, slots=True)
class ExecOptions:
    """A credential plugin: a program that prints an ExecCredential (client.authentication.k8s.io)."""

    command: str
    """A name looked for on PATH, or an absolute path."""
    api_version: str
    args: tuple[str, ...] = field(default=(), repr=False)
    env: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Set on top of this process's environment."""
    install_hint: str = ""
    provide_cluster_info: bool = False
    interactive: Interactive = "IfAvailable"
    cluster_config: Any = field(default=None, repr=False)
    """The cluster's extension `client.authentication.k8s.io/exec`, handed on as it is."""


@dataclass(frozen=True, slots=True)
class AuthProvider:
    """The `auth-provider` section: where identity tokens come from, without a plugin."""

    name: str
    config: Mapping[str, str] = field(repr=False)
    source: Path
    """The kubeconfig it stands in, where renewed tokens are kept."""
    user: str
    """The name of the user there."""


@dataclass(frozen=True, slots=True)
class Impersonation:
    """Whom to act as; requests carry it beside the credentials."""

    user: str
    uid: str = ""
    groups: tuple[str, ...] = ()
    extra: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class AuthOptions:
    """How to say who one is. Of several ways the first of token, password, exec, auth_provider is taken."""

    token: str = field(default="", repr=False)
    token_file: Path | None = None
    """Read again when it changes; goes before `token` while it can be read."""
    username: str = ""
    password: str = field(default="", repr=False)
    exec: ExecOptions | None = None
    auth_provider: AuthProvider | None = None
    impersonation: Impersonation | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """One cluster, as one user."""

    context: str
    cluster: str
    user: str
    """A name of the kubeconfig; empty where the context names none and requests are anonymous."""
    namespace: str
    """`default` where the context sets none."""
    server: str
    """`https://host:port`, perhaps with a path before the API's own; no slash at its end."""
    tls: TlsOptions
    proxy_url: str | None = field(repr=False)
    """The cluster's own proxy, which goes before the environment's; may hold a password."""
    auth: AuthOptions
