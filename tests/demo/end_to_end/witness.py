"""An independent witness of what a cluster's state is: a kubeconfig, and an HTTP client of the standard library."""

import base64
import json
import ssl
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

Json = dict[str, Any]
PATIENCE = 30.0
"""Seconds for the cluster to come to a state."""


class Witness:
    """Asks the cluster of a kubeconfig, as its first user."""

    def __init__(self, kubeconfig: Path) -> None:
        config = yaml.safe_load(kubeconfig.read_text())
        cluster = config["clusters"][0]["cluster"]
        authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        self.server: str = cluster["server"]
        self._token: str = config["users"][0]["user"]["token"]
        tls = urllib.request.HTTPSHandler(context=ssl.create_default_context(cadata=authority))
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), tls)

    def ask(self, method: str, path: str, body: Json | None = None, content_type: str = "application/json") -> Json:
        """One request. OSError where it is refused, or nobody answers."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": content_type}
        request = urllib.request.Request(self.server + path, data, headers, method=method)
        with self._opener.open(request, timeout=10) as answer:
            told: Json = json.load(answer)
        return told

    def get(self, path: str) -> Json:
        return self.ask("GET", path)

    def uids(self, path: str) -> dict[str, str]:
        """The names and uids of what is listed under a path."""
        items = self.get(path)["items"]
        return {one["metadata"]["name"]: one["metadata"]["uid"] for one in items}

    def until(self, seen: Callable[[], bool], what: str) -> None:
        """Waits until the cluster is in a state."""
        end = time.monotonic() + PATIENCE
        while not seen():
            assert time.monotonic() < end, f"the cluster does not come to: {what}"
            time.sleep(0.05)
