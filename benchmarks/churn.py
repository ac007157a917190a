"""Changes pods of a filled cluster at a steady rate, until it is killed.

    python -m benchmarks.churn KUBECONFIG EVENTS_PER_SECOND

Each event sets the restart count of a pod picked by chance among those that `tests.controlplane.fill` made; no other
pod is touched. Prints a line when it begins.
"""

import json
import random
import sys
import threading
import time
from typing import Any, cast

from kubernetes import client, config

from tests.controlplane.shapes import NAMESPACES

_THREADS = 8


def _names(core: Any) -> list[tuple[str, str]]:
    """Namespace and name of the pods that were filled in."""
    found = []
    for namespace in NAMESPACES:
        answer = core.list_namespaced_pod(namespace, resource_version="0", _preload_content=False)
        found += [(namespace, pod["metadata"]["name"]) for pod in json.loads(answer.data)["items"]]
    return found


def _change(core: Any, names: list[tuple[str, str]], every: float) -> None:
    """One pod after another; a late one is not caught up with."""
    due = time.monotonic() + random.uniform(0, every)
    while True:
        time.sleep(max(0.0, due - time.monotonic()))
        due = max(due + every, time.monotonic() - every)
        namespace, name = random.choice(names)
        count = {"op": "replace", "path": "/status/containerStatuses/0/restartCount", "value": random.randrange(1000)}
        core.patch_namespaced_pod_status(name, namespace, [count], _preload_content=False)


def main(kubeconfig: str, rate: float) -> None:
    core = client.CoreV1Api(cast(Any, config).new_client_from_config(kubeconfig))
    if not (names := _names(core)):
        raise SystemExit("no pods of tests.controlplane.fill there")
    threads = [threading.Thread(target=_change, args=(core, names, _THREADS / rate)) for _ in range(_THREADS)]
    for thread in threads:
        thread.start()
    print("changing", flush=True)
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
