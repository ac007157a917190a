"""What a person asked for on the command line of the explorer."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """How the explorer starts; what is None or empty is left to the settings file and the kubeconfig."""

    kind: str | None = None
    """The word for a kind whose list is opened; None opens the board."""
    namespace: str | None = None
    """One namespace, or several between commas; None is all of them."""
    all_namespaces: bool = False
    context: str | None = None
    kubeconfig: Path | None = None
    readonly: bool = False
    theme: str | None = None
