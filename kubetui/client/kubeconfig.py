"""Which clusters and users there are: kubeconfigs found and merged as kubectl does, or a pod's own service account.

Speaks to no server, runs no plugin, opens none of the files that a kubeconfig names.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from kubetui.client import configfile, resolve
from kubetui.client.access import Access
from kubetui.client.configfile import Cluster, ConfigFile, User
from kubetui.client.errors import BadConfig
from kubetui.client.incluster import service_account
from kubetui.client.resolve import Entry

__all__ = ["Access", "ContextEntry", "Kubeconfig", "load", "merge"]

T = TypeVar("T")

_NAMES_TOLD = 12
"""Names at most that an error lists."""


@dataclass(frozen=True, slots=True)
class ContextEntry:
    """A context as it is written; what it names need not exist."""

    name: str
    cluster: str
    user: str
    namespace: str
    """Empty where the context sets none."""


@dataclass(frozen=True, slots=True)
class Kubeconfig:
    """All kubeconfig files as one: the first file to name a cluster, a user, a context or the current one wins."""

    contexts: tuple[ContextEntry, ...]
    """In the order of the files."""
    current: str
    """The name of the current context, or empty. There need not be such a context."""
    sources: tuple[Path, ...]
    """The files that were read."""
    _clusters: Mapping[str, Entry[Cluster]] = field(repr=False)
    _users: Mapping[str, Entry[User]] = field(repr=False)

    def access(self, context: str | None = None) -> Access:
        """How to reach the cluster of a context (of the current one, if none is named), or BadConfig."""
        name = context or self.current
        entry = next((each for each in self.contexts if each.name == name), None)
        if entry is None:
            raise BadConfig(self._no_context(name))
        if not entry.cluster:
            raise BadConfig(f"The context {name!r} names no cluster in {self._files}. Add cluster: NAME to it.")
        cluster = self._clusters.get(entry.cluster)
        if cluster is None:
            raise BadConfig(
                f"The context {name!r} names the cluster {entry.cluster!r}, which is not in {self._files}. "
                f"Known clusters: {_listed(self._clusters)}."
            )
        user = self._users.get(entry.user)
        if user is None and entry.user:
            raise BadConfig(
                f"The context {name!r} names the user {entry.user!r}, which is not in {self._files}. "
                f"Known users: {_listed(self._users)}."
            )
        # A context without a user is allowed: its requests are anonymous.
        return resolve.access(name, entry.namespace, cluster, user or Entry("", User(), cluster.source))

    def _no_context(self, name: str) -> str:
        known = f"Known contexts: {_listed(each.name for each in self.contexts)}."
        if not name:
            return f"No context is chosen: {self._files} sets no current-context. Name one with --context. {known}"
        return f"There is no context {name!r} in {self._files}. Choose another with --context. {known}"

    @property
    def _files(self) -> str:
        return ", ".join(map(str, self.sources))


def load(explicit: Path | None = None, environ: Mapping[str, str] = os.environ) -> Kubeconfig:
    """The kubeconfig as kubectl finds it: the file named, else those of KUBECONFIG, else ~/.kube/config.

    Where these say nothing and we run in a pod, its service account. BadConfig where there is neither, where a file
    can't be read or is no kubeconfig. Of several files those that are missing are passed over.
    """
    looked_at = [explicit] if explicit else _standard_places(environ)
    files = [(path, text) for path in looked_at if (text := _read(path, needed=path is explicit)) is not None]
    configs = [(path, configfile.parse(text, path)) for path, text in files]
    if not any(config.clusters or config.users or config.contexts for _, config in configs):
        in_cluster = service_account(environ)
        if in_cluster is None:
            raise BadConfig(_nothing_found(looked_at, bool(files)))
        configs = [in_cluster]
    return merge(configs)


def _standard_places(environ: Mapping[str, str]) -> list[Path]:
    listed = [Path(part) for part in environ.get("KUBECONFIG", "").split(os.pathsep) if part]
    home = environ.get("HOME") or os.path.expanduser("~")
    return list(dict.fromkeys(listed)) or [Path(home, ".kube", "config")]


def _read(path: Path, *, needed: bool) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError as why:
        if isinstance(why, FileNotFoundError) and not needed:
            return None
        raise BadConfig(
            f"The kubeconfig {path} can't be read: {why.strerror}. Check its path and rights, or name another with "
            "--kubeconfig."
        ) from None
    except ValueError:
        raise BadConfig(f"The kubeconfig {str(path)!r} can't be read: that is no path.") from None


def merge(configs: Sequence[tuple[Path, ConfigFile]]) -> Kubeconfig:
    """Several files as one, in the order of their precedence."""
    contexts = _first_wins(
        Entry(named.name, named.context, path) for path, config in configs for named in config.contexts
    )
    return Kubeconfig(
        contexts=tuple(
            ContextEntry(name, entry.stanza.cluster, entry.stanza.user, entry.stanza.namespace)
            for name, entry in contexts.items()
        ),
        current=next((config.current_context for _, config in configs if config.current_context), ""),
        sources=tuple(path for path, _ in configs),
        _clusters=_first_wins(
            Entry(named.name, named.cluster, path) for path, config in configs for named in config.clusters
        ),
        _users=_first_wins(Entry(named.name, named.user, path) for path, config in configs for named in config.users),
    )


def _first_wins(entries: Iterable[Entry[T]]) -> dict[str, Entry[T]]:
    by_name: dict[str, Entry[T]] = {}
    for entry in entries:
        by_name.setdefault(entry.name, entry)
    return by_name


def _nothing_found(looked_at: Sequence[Path], exist: bool) -> str:
    places = ", ".join(map(str, looked_at))
    found = f"The kubeconfig {places} names no cluster." if exist else f"No kubeconfig found: looked at {places}."
    return f"{found} Set KUBECONFIG or give --kubeconfig FILE."


def _listed(names: Iterable[str]) -> str:
    known = list(names)
    more = f" and {len(known) - _NAMES_TOLD} more" if len(known) > _NAMES_TOLD else ""
    return ", ".join(known[:_NAMES_TOLD]) + more if known else "none"
