"""A real control plane for sessions: its nodes have the names, the labels and the room of the built-in ones."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from kubetui.demo.kubelet.machine import node, status
from tests.controlplane.plane import CACHE, start
from tests.differential.cluster import MACHINES
from tests.differential.target import Target

Json = dict[str, Any]
_TOKENS = {"admin": "admintoken", "viewer": "viewertoken", "nobody": "nobodytoken"}


@contextmanager
def running(folder: Path) -> Iterator[Target]:
    """A control plane in a folder, ready to be asked."""
    plane = start(folder / "plane", STAGES=str(_prompt_stages(folder / "stages")))
    try:
        for machine in MACHINES:
            known = {key: status(machine, {}, [], 0.0)[key] for key in ("capacity", "allocatable")}
            plane.apply({**node(machine), "status": known})
        plane.kubectl("wait", "--for=condition=Ready", "nodes", "--all", "--timeout=60s")
        certificate = (plane.folder / "certs" / "apiserver.crt").read_text()
        yield Target("real", plane.url, certificate, _TOKENS)
    finally:
        plane.down()


def _prompt_stages(folder: Path) -> Path:
    """kwok's stages without the delays that they put before a pod's next step."""
    shutil.copytree(CACHE / "stage", folder, ignore=shutil.ignore_patterns("*.go", "testdata"))
    for path in (folder / "pod" / "general").glob("*.yaml"):
        stage: Json = yaml.safe_load(path.read_text())
        if stage.get("kind") == "Stage":
            stage["spec"].pop("delay", None)
            path.write_text(yaml.safe_dump(stage))
    return folder
