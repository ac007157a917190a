"""The programs that are measured, each as a small description: how it starts, what it shows, which keys it takes."""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

ROOT = Path(__file__).parent.parent
KUBECTL = Path.home() / ".cache" / "realcluster" / "bin" / "kubectl"
NO_LOOK_FOR_RELEASES = "k9s: {skipLatestRevCheck: true}\n"


@dataclass(frozen=True, slots=True)
class Program:
    name: str
    argv: tuple[str, ...]
    """Shows all pods of all namespaces; the cluster comes by KUBECONFIG."""
    release: tuple[str, ...] = ("--version",)
    """Its arguments that make it print its version; empty where it has none."""
    watch: tuple[str, ...] = ()
    """Where following takes other words than listing (kubectl -w)."""
    keys: bool = True
    """Whether it has a cursor that the arrow keys move."""
    tinted: bool = False
    """Whether its cursor has the colour of the row that it is on, and other rows have no background."""
    filter: str = "/"
    """The key after which a text filters, once enter is pressed; empty where it can't."""
    fuzzy: bool = False
    """Whether a filter lets through what has its characters anywhere, if in that order."""
    lists: bool = True
    """Whether it shows the cluster's pods at all (the bare app does not)."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """What stands in files of its XDG_CONFIG_HOME, so that nothing is measured but the cluster's list."""
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def there(self) -> bool:
        return shutil.which(self.argv[0]) is not None

    def told(self) -> str:
        """Its name and version."""
        if not self.release:
            return self.name
        command = [self.argv[0], *self.release]
        printed = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout
        found = re.search(r"\d+\.\d+\.\d+\S*", printed)
        return f"{self.name} {found.group()}" if found else self.name

    @contextmanager
    def at_home(self) -> Iterator["Program"]:
        """The program with folders of its own, gone after it: nobody's settings count, nor what another run has left.

        What clients of Kubernetes share, `~/.kube/cache`, is left to them all.
        """
        with tempfile.TemporaryDirectory(prefix="kubetui-bench-") as folder:
            home = {name: Path(folder) / name.lower() for name in ("CONFIG", "STATE", "DATA", "CACHE")}
            for file, text in self.settings.items():
                path = home["CONFIG"] / file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            own = {f"XDG_{name}_HOME": str(path) for name, path in home.items()}
            # Installed programs are not compiled anew at each start.
            yield replace(self, env={**own, "PYTHONDONTWRITEBYTECODE": "", **self.env})


def programs() -> list[Program]:
    """All that are on this machine, ours first."""
    kubectl = str(KUBECTL) if KUBECTL.exists() else "kubectl"
    get = (kubectl, "get", "pods", "--all-namespaces")
    known = [
        Program("kubetui", (str(ROOT / ".venv/bin/kubetui"), "pods", "-A")),
        Program("kubetui, the board", (str(ROOT / ".venv/bin/kubetui"), "-A"), filter="", lists=False),
        Program("kubectl", get, ("version", "--client"), (*get, "--watch"), keys=False, filter=""),
        Program("bare Textual app", (sys.executable, str(ROOT / "benchmarks/bare.py")), (), filter="", lists=False),
        Program(
            "k9s",
            ("k9s", "--command", "pods", "--all-namespaces", "--readonly", "--splashless", "--logoless"),
            ("version", "--short"),
            tinted=True,
            settings={"k9s/config.yaml": NO_LOOK_FOR_RELEASES},
        ),
        Program("sofka", ("sofka", "pods", "--all-namespaces", "--readonly"), fuzzy=True),
    ]
    return [program for program in known if program.there]
