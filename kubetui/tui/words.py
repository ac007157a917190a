"""What a command may begin with: kinds, contexts, namespaces."""

from kubetui.kinds.builtin import BUILTIN
from kubetui.tui.session import Session


def completions(session: Session) -> list[str]:
    """Every word known now, those of our own kinds first."""
    words = [word for kind in BUILTIN for word in kind.resource.names[:2]]
    words += [each.plural for each in session.resources]
    contexts = session.kubeconfig.contexts if session.kubeconfig else ()
    words += [f"ctx {each.name}" for each in contexts]
    words += [f"ns {name}" for name in session.namespaces()]
    return [*dict.fromkeys(words), "board", "help", "quit"]
