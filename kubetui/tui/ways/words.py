"""What may follow in a command line: kinds, then the namespaces and contexts that fit."""

from collections.abc import Iterator

from kubetui.kinds.builtin import BUILTIN, find
from kubetui.tui.session import Session
from kubetui.tui.ways.command import COMMANDS, CONTEXT_WORDS, NAMESPACE_WORDS


def completions(session: Session, typed: str) -> Iterator[str]:
    """Lines that may be meant by what is typed so far, the likelier first; the caller takes those that fit."""
    namespaces = session.namespaces()
    first, blank, rest = typed.partition(" ")
    if not blank:
        yield from _words(session, grouped="." in typed)
        return
    head = typed[: len(typed) - len(rest.rpartition(" ")[2])]
    contexts = session.kubeconfig.contexts if session.kubeconfig else ()
    if first.lower() in CONTEXT_WORDS:
        yield from (head + each.name for each in contexts)
    elif first.lower() in NAMESPACE_WORDS:
        yield from (head + name for name in namespaces)
    elif rest.rpartition(" ")[2].startswith("@"):
        yield from (f"{head}@{each.name}" for each in contexts)
    elif (kind := find(first)) is None or kind.resource.namespaced:
        yield from (head + name for name in namespaces)


def _words(session: Session, *, grouped: bool) -> Iterator[str]:
    """What a line may begin with. Plurals come first, since short names need no help.

    Names with their group are for who types the dot: `pods` is whole without `pods.metrics.k8s.io`.
    """
    yield from (kind.resource.plural for kind in BUILTIN)
    yield from COMMANDS
    served = [each for each in session.resources if "list" in each.verbs]
    yield from (each.plural for each in served)
    known = (*(kind.resource for kind in BUILTIN), *served)
    yield from (name for each in known for name in each.names[1:] if grouped or name != each.qualified)
