"""What `get` was asked for."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from kubetui.resource import Resource

Format: TypeAlias = Literal["table", "wide", "json", "yaml", "name"]


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be printed, of what, and how."""

    kind: str
    """Any word for a kind."""
    names: tuple[str, ...] = ()
    """None of them means all objects."""
    namespaces: tuple[str, ...] = ()
    """Empty takes the context's."""
    all_namespaces: bool = False
    watch: bool = False
    output: Format = "table"
    selector: str = ""
    """A label selector, as the API takes it."""
    context: str | None = None
    kubeconfig: Path | None = None

    def contradiction(self, resource: Resource) -> str:
        """What can't be meant of that resource, in kubectl's words; empty where all is well."""
        if "" in self.names:
            return "resource name may not be empty"
        if self.names and self.all_namespaces and resource.namespaced:
            return "a resource cannot be retrieved by name across all namespaces"
        if self.names and self.selector:
            return "name cannot be provided when a selector is specified"
        return ""
