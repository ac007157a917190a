"""The real program on the built-in cluster, driven by keys in a terminal, with kubectl as the witness."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.controlplane.plane import CACHE, missing
from tests.demo.end_to_end.operator import Operator, explorer

pytestmark = [
    pytest.mark.real,
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]


def kubectl(operator: Operator, *words: str) -> str:
    """What kubectl prints about the cluster in front of which the operator is."""
    kubeconfig = next(operator.home.rglob("kubeconfig"))
    command = [str(CACHE / "bin" / "kubectl"), f"--kubeconfig={kubeconfig}", f"--cache-dir={operator.home}", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout


def pods(operator: Operator) -> dict[str, Any]:
    """The pods of the web app by name, as kubectl gets them."""
    told = json.loads(kubectl(operator, "get", "pods", "-n", "default", "-l", "app=tic-tac-toe", "-o", "json"))
    return {one["metadata"]["name"]: one for one in told["items"]}


def test_kubectl_sees_what_was_scaled_and_what_was_deleted(tmp_path: Path) -> None:
    if why := missing():
        pytest.skip(why)
    with explorer(tmp_path, (120, 40)) as operator:
        operator.sees("F1 Deployments", "● live")
        operator.lists("deploy", "Deployments")
        operator.filter("tic-tac-toe")
        operator.sees("Deployments 1 of", "3/3")
        operator.press("s")
        operator.sees("Scale deployment/tic-tac-toe")
        operator.press("4")
        operator.sees("--replicas=4")
        operator.press_seen("enter")
        operator.press("enter")
        operator.sees("4/4")
        kubectl(operator, "rollout", "status", "deployment/tic-tac-toe", "-n", "default", "--timeout=30s")
        before = pods(operator)
        assert len(before) == 4

        operator.lists("pods", "Pods")
        operator.filter("tic-tac-toe")
        operator.sees("Pods 4 of")
        operator.press("ctrl+d")
        operator.sees("Delete pod/tic-tac-toe-")
        operator.press_seen("right")
        operator.press("enter")
        (victim,) = (name for name in before if f"pod/{name} " in operator.sees("deleted"))
        kubectl(operator, "wait", "--for=delete", f"pod/{victim}", "-n", "default", "--timeout=60s")
        kubectl(operator, "rollout", "status", "deployment/tic-tac-toe", "-n", "default", "--timeout=30s")
        (born,) = set(pods(operator)) - set(before)
        operator.until(lambda: "Running" in operator.line_of(born), "the new pod, running, on")
