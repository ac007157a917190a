"""Serves one pod whose containers write logs at a set rate, and no other object.

    python -m benchmarks.generator.talker LINES_A_SECOND [CONTAINERS]

Prints its port. The lines of all containers together come at that rate; who reads too slowly gets them later.
"""

import asyncio
import json
import sys
import time
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

TICK = 0.02
"""Seconds between two handfuls of lines."""
NAME, NAMESPACE = "talker", "default"
_WORDS = "GET /api/v2/orders/3141592 200 12ms upstream=10.0.3.17:8443 trace=5f2b9c41d7e8a063 bytes=2718"


class Talker:
    """The pod, and who reads its logs."""

    def __init__(self, rate: int, containers: int) -> None:
        self._rate = rate / containers
        names = [f"part-{number:02d}" for number in range(containers)]
        began = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        statuses = [
            {
                "name": name,
                "ready": True,
                "started": True,
                "restartCount": 0,
                "state": {"running": {"startedAt": began}},
            }
            for name in names
        ]
        self._pod = {
            "kind": "Pod",
            "apiVersion": "v1",
            "metadata": {
                "name": NAME,
                "namespace": NAMESPACE,
                "uid": "talker-1",
                "resourceVersion": "1",
                "creationTimestamp": began,
            },
            "spec": {"nodeName": "node-1", "containers": [{"name": name, "image": "talker:1"} for name in names]},
            "status": {
                "phase": "Running",
                "conditions": [{"type": "Ready", "status": "True"}],
                "containerStatuses": statuses,
            },
        }

    async def serve(self) -> None:
        """Until it is killed."""
        server = await asyncio.start_server(self._client, "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                method, target, *_ = head.decode().split(" ", 2)
                length = next(
                    (line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")), b":0"
                )
                await reader.readexactly(int(length.partition(b":")[2]))
                await self._answer(method, urlsplit(target).path, parse_qs(urlsplit(target).query), writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, method: str, path: str, query: dict[str, list[str]], writer: asyncio.StreamWriter) -> None:
        if path.endswith("/log"):
            await self._talk(writer)
        elif "watch" in query:
            writer.write(_head("Transfer-Encoding: chunked\r\n"))
            await writer.wait_closed()
        else:
            body = json.dumps(self._told(method, path)).encode()
            writer.write(_head(f"Content-Length: {len(body)}\r\n") + body)
            await writer.drain()

    def _told(self, method: str, path: str) -> object:
        if path == f"/api/v1/namespaces/{NAMESPACE}/pods/{NAME}":
            return self._pod
        if method == "POST":
            rule = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}
            return {"status": {"resourceRules": [rule], "nonResourceRules": [], "incomplete": False}}
        if path in ("/api", "/apis"):
            return {"kind": "APIGroupDiscoveryList", "items": []}
        items = [self._pod] if path == "/api/v1/pods" else []
        return {"kind": "List", "apiVersion": "v1", "metadata": {"resourceVersion": "1"}, "items": items}

    async def _talk(self, writer: asyncio.StreamWriter) -> None:
        """Lines with stamps, as kubelets write them, for as long as somebody reads."""
        writer.write(_head("Transfer-Encoding: chunked\r\n"))
        owed, before, said = 0.0, time.monotonic(), 0
        while True:
            await asyncio.sleep(TICK)
            now = time.monotonic()
            owed, before = owed + self._rate * (now - before), now
            count = int(owed)
            lines = log(count, said, time.time_ns())
            owed, said = owed - count, said + count
            if lines:
                writer.write(b"%x\r\n%b\r\n" % (len(lines), lines))
                await writer.drain()


def log(count: int, first: int, now: int) -> bytes:
    """So many lines, numbered from `first`, with stamps of that moment (nanoseconds since the epoch) as kubelets do."""
    second = datetime.fromtimestamp(now // 10**9, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    start = min(now % 10**9, 10**9 - count - 1)
    return "".join(f"{second}.{start + at:09d}Z {first + at} {_WORDS}\n" for at in range(count)).encode()


def _head(headers: str) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{headers}\r\n".encode()


if __name__ == "__main__":
    asyncio.run(Talker(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1).serve())
