"""One kubeconfig file as it is written: its schema, and reading it.

Owns the names and types of k8s.io/client-go/tools/clientcmd/api/v1. Merges nothing, checks no references, opens none
of the files it names.
"""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from kubetui.client.errors import BadConfig

if TYPE_CHECKING:
    from yaml import CSafeLoader

_DEEPEST = 100
"""Levels of nesting; libyaml's own recursion ends in a crash somewhere far above."""


class _Stanza(msgspec.Struct, frozen=True, rename="kebab"):
    """Part of a kubeconfig; its keys are written with hyphens where nothing else is said."""

    def __repr__(self) -> str:
        """Nothing of what it holds, which is secret for the most part."""
        return f"<{type(self).__name__}>"


class NamedExtension(_Stanza, frozen=True):
    name: str = ""
    extension: Any = None


class Cluster(_Stanza, frozen=True):
    server: str = ""
    tls_server_name: str = ""
    insecure_skip_tls_verify: bool = False
    certificate_authority: str = ""
    certificate_authority_data: str = ""
    """Base64, as all data in the file."""
    proxy_url: str = ""
    extensions: tuple[NamedExtension, ...] = ()


class EnvVar(_Stanza, frozen=True):
    name: str = ""
    value: str = ""


class Exec(_Stanza, frozen=True, rename="camel"):
    command: str = ""
    args: tuple[str, ...] = ()
    env: tuple[EnvVar, ...] = ()
    api_version: str = ""
    install_hint: str = ""
    provide_cluster_info: bool = False
    interactive_mode: str = ""


class AuthProvider(_Stanza, frozen=True):
    name: str = ""
    config: dict[str, str] = {}


class User(_Stanza, frozen=True):
    client_certificate: str = ""
    client_certificate_data: str = ""
    client_key: str = ""
    client_key_data: str = ""
    token: str = ""
    token_file: str = msgspec.field(default="", name="tokenFile")
    as_: str = msgspec.field(default="", name="as")
    as_uid: str = ""
    as_groups: tuple[str, ...] = ()
    as_user_extra: dict[str, tuple[str, ...]] = {}
    username: str = ""
    password: str = ""
    auth_provider: AuthProvider | None = None
    exec: Exec | None = None


class Context(_Stanza, frozen=True):
    cluster: str = ""
    user: str = ""
    namespace: str = ""


class NamedCluster(_Stanza, frozen=True):
    name: str = ""
    cluster: Cluster = Cluster()


class NamedUser(_Stanza, frozen=True):
    name: str = ""
    user: User = User()


class NamedContext(_Stanza, frozen=True):
    name: str = ""
    context: Context = Context()


class ConfigFile(_Stanza, frozen=True):
    """The whole file."""

    kind: str = "Config"
    api_version: str = msgspec.field(default="v1", name="apiVersion")
    clusters: tuple[NamedCluster, ...] = ()
    users: tuple[NamedUser, ...] = ()
    contexts: tuple[NamedContext, ...] = ()
    current_context: str = ""


def parse(text: bytes, source: Path) -> ConfigFile:
    """What a kubeconfig file says, or BadConfig with what is wrong with it; no value of it shows in the error."""
    document = _load_yaml(text, source)
    if document is None:
        return ConfigFile()
    if not isinstance(document, Mapping):
        shape = "list" if isinstance(document, list) else "value"
        raise _bad(source, f"is no kubeconfig: it holds just a {shape}, no clusters, users and contexts")
    try:
        config = msgspec.convert(document, ConfigFile)
    except (msgspec.ValidationError, RecursionError) as why:
        raise _bad(source, f"is no kubeconfig that kubectl would read: {_where(why)}") from None
    if config.kind not in ("", "Config") or config.api_version not in ("", "v1"):
        raise _bad(source, f"is no kubeconfig: it says kind {config.kind!r} of {config.api_version!r}")
    for what, entries in (("clusters", config.clusters), ("users", config.users), ("contexts", config.contexts)):
        name, times = max(Counter(entry.name for entry in entries).items(), key=itemgetter(1), default=("", 0))
        if times > 1:
            raise _bad(source, f"has {times} {what} named {name!r}")
    return config


def _bad(source: Path, wrong: str) -> BadConfig:
    return BadConfig(f"{source} {wrong}. Correct it, or name another file with --kubeconfig.")


def _load_yaml(text: bytes, source: Path) -> Any:
    import yaml

    loader = None
    try:
        loader = _loader()(text)
        return loader.get_data()
    except yaml.MarkedYAMLError as why:
        # Not its own words: they quote the file, and what breaks YAML may be a password with an asterisk.
        mark = why.problem_mark or why.context_mark
        raise _bad(source, f"is not YAML: line {mark.line + 1} breaks its rules" if mark else "is not YAML") from None
    # pyyaml lets errors of its constructors through where an explicit tag does not fit its value.
    except (yaml.YAMLError, ValueError, LookupError, AttributeError, TypeError, RecursionError):
        raise _bad(source, "is not YAML that holds a kubeconfig") from None
    finally:
        if loader is not None:
            loader.dispose()


@cache
def _loader() -> type["CSafeLoader"]:
    """The loader for kubeconfigs, made when first needed: pyyaml takes 20 ms to import."""
    import yaml

    class Loader(yaml.CSafeLoader):
        """YAML as kubectl takes it: what is null is as if it were not there, and a date is text."""

        yaml_implicit_resolvers = {
            first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
            for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
        }
        depth = 0

        def descend_resolver(self, current_node: Any, current_index: Any) -> None:
            self.depth += 1
            if self.depth > _DEEPEST:
                raise yaml.YAMLError("nested too deeply")

        def ascend_resolver(self) -> None:
            self.depth -= 1

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            mapping = super().construct_mapping(node, deep=deep)
            return {key: value for key, value in mapping.items() if value is not None and isinstance(key, str)}

    return Loader


def _where(why: Exception) -> str:
    """msgspec's error with the place in front: `users[0].user.token: expected text, got a number`."""
    said, _, place = str(why).partition(" - at `$.")
    return f"{place.rstrip('`')}: {said[:1].lower()}{said[1:]}" if place else said
