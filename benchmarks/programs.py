"""The programs that are measured, each as a small description: how it starts, what it shows, which keys it takes."""

import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
KUBECTL = Path.home() / ".cache" / "realcluster" / "bin" / "kubectl"


@dataclass(frozen=True, slots=True)
class Program:
    name: str
    argv: tuple[str, ...]
    """Shows all pods of all namespaces; the cluster comes by KUBECONFIG."""
    watch: tuple[str, ...] = ()
    """Where following takes other words than listing (kubectl -w)."""
    keys: bool = True
    """Whether it has a cursor that the arrow keys move."""
    filter: str = "/"
    """The key after which a text filters, once enter is pressed; empty where it can't."""
    lists: bool = True
    """Whether it shows the cluster's pods at all (the bare app does not)."""
    env: dict[str, str] = field(default_factory=dict)

    @property
    def there(self) -> bool:
        return shutil.which(self.argv[0]) is not None


def programs() -> list[Program]:
    """All that are on this machine, ours first."""
    kubectl = str(KUBECTL) if KUBECTL.exists() else "kubectl"
    get = (kubectl, "get", "pods", "--all-namespaces")
    known = [
        Program("kubetui", (str(ROOT / ".venv/bin/kubetui"), "pods", "-A")),
        Program("kubectl", get, (*get, "--watch"), keys=False, filter=""),
        Program("bare Textual app", (sys.executable, str(ROOT / "benchmarks/bare.py")), filter="", lists=False),
        Program("k9s", ("k9s", "--command", "pods", "--all-namespaces", "--readonly", "--splashless", "--logoless")),
        Program("sofka", ("sofka", "pods", "-A")),
    ]
    return [program for program in known if program.there]
