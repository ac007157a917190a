"""Writes many objects to an API server, as fast as it takes them: keep-alive connections, threads, retries."""

import http.client
import json
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")
_THREADS = 16


class Writer:
    """Requests to the API server of a control plane of `up.sh`, as its admin. A connection for each thread."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._own = threading.local()

    def send(self, method: str, path: str, body: Any, content_type: str = "application/json") -> None:
        """Write; what is there already is left, what is refused is told on stderr, a busy server is asked again."""
        headers = {"Authorization": "Bearer admintoken", "Content-Type": content_type}
        for attempt in range(5):
            try:
                connection = self._connection()
                connection.request(method, path, json.dumps(body), headers)
                answer = connection.getresponse()
                said = answer.read()
            except (http.client.HTTPException, OSError):
                self._own.connection = None
                continue
            if answer.status not in (429, 500, 503):
                if answer.status >= 300 and answer.status != 409:
                    print(method, path, answer.status, said[:200].decode(errors="replace"), file=sys.stderr)
                return
            time.sleep(0.2 * 2**attempt)

    def each(self, work: Callable[[T], None], items: Iterable[T]) -> None:
        """Do the work for every item, several at a time; raises what it raises."""
        with ThreadPoolExecutor(_THREADS) as pool:
            list(pool.map(work, items))

    def namespaces(self, names: Iterable[str]) -> None:
        """Namespaces, and the time their service accounts take."""
        self.each(lambda name: self.send("POST", "/api/v1/namespaces", {"metadata": {"name": name}}), names)
        time.sleep(2)

    def _connection(self) -> http.client.HTTPSConnection:
        connection: http.client.HTTPSConnection | None = getattr(self._own, "connection", None)
        if connection is None:
            unchecked = ssl._create_unverified_context()  # a loopback port that this machine has just opened
            connection = http.client.HTTPSConnection("127.0.0.1", self._port, context=unchecked, timeout=60)
            self._own.connection = connection
        return connection
