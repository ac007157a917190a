"""Serves a world as an API server would, to kubetui: lists and watches of pods in protobuf, empty lists of the rest.

    python -m benchmarks.generator.server PODS

Prints its port. What is done to it comes as pods that are created and deleted, and as `PUT /rate/N`: so many events a
second from then on.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from benchmarks.generator.pods import Pod
from benchmarks.generator.world import World

PODS = "/api/v1/pods"
TICK = 0.02
"""Seconds between two handfuls of events."""
_PROTOBUF = "application/vnd.kubernetes.protobuf"


class Server:
    """One world, many clients."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._rate = 0

    async def serve(self) -> None:
        """Until it is killed."""
        server = await asyncio.start_server(self._client, "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        owed, before = 0.0, time.monotonic()
        while True:
            await asyncio.sleep(TICK)
            now = time.monotonic()
            owed, before = owed + self._rate * (now - before), now
            for _ in range(int(owed)):
                self._world.change()
            owed %= 1

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                method, target, _ = line.decode().split(" ")
                headers: dict[str, str] = {}
                while (line := await reader.readline()).strip():
                    name, _, value = line.decode().partition(":")
                    headers[name.lower()] = value.strip()
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                await self._answer(method, target, headers, body, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(
        self, method: str, target: str, headers: dict[str, str], body: bytes, writer: asyncio.StreamWriter
    ) -> None:
        url = urlsplit(target)
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        if method == "GET" and url.path == PODS:
            if "watch" in query:
                await self._watch(int(query["resourceVersion"]), writer)
            else:
                await self._list(int(query.get("limit", 0)), "gzip" in headers.get("accept-encoding", ""), writer)
            return
        await _send(writer, json.dumps(self._told(method, url.path, body)).encode())

    def _told(self, method: str, path: str, body: bytes) -> object:
        parts = path.strip("/").split("/")
        if parts[0] == "rate":
            self._rate = int(parts[1])
        elif method == "POST" and path.endswith("rulesreviews"):
            rule = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}
            return {"status": {"resourceRules": [rule], "nonResourceRules": [], "incomplete": False}}
        elif method == "POST":
            name, now = json.loads(body)["metadata"]["name"], int(time.time())
            self._world.create(Pod(parts[3], f"{name}-0-0", f"uid-{now}-{name}", 0, "node-0000", now, 0))
        elif method == "DELETE":
            self._world.delete(parts[3], f"{parts[5]}-0-0")
        elif path == "/version":
            return {"gitVersion": "v1.36.3", "major": "1", "minor": "36"}
        elif path in ("/api", "/apis"):
            return {"kind": "APIGroupDiscoveryList", "items": []}
        return {"kind": "List", "apiVersion": "v1", "metadata": {"resourceVersion": "1"}, "items": []}

    async def _list(self, limit: int, compressed: bool, writer: asyncio.StreamWriter) -> None:
        size, parts = self._world.page(limit, compressed=compressed)
        encoding = "Content-Encoding: gzip\r\n" if compressed else ""
        writer.write(_head(f"Content-Type: {_PROTOBUF}\r\nContent-Length: {size}\r\n{encoding}"))
        for piece in _in_pieces(parts):
            writer.write(piece)
            await writer.drain()

    async def _watch(self, version: int, writer: asyncio.StreamWriter) -> None:
        writer.write(_head(f"Content-Type: {_PROTOBUF};stream=watch\r\nTransfer-Encoding: chunked\r\n"))

        def send(frame: bytes) -> None:
            writer.write(b"%x\r\n%b\r\n" % (len(frame), frame))

        for frame in self._world.since(version):
            send(frame)
        self._world.listeners.append(send)
        try:
            await writer.wait_closed()
        finally:
            self._world.listeners.remove(send)


def _in_pieces(parts: Iterator[bytes], size: int = 1 << 18) -> Iterator[bytes]:
    """The same bytes, in pieces that are worth a call."""
    waiting: list[bytes] = []
    length = 0
    for part in parts:
        waiting.append(part)
        length += len(part)
        if length >= size:
            yield b"".join(waiting)
            waiting, length = [], 0
    yield b"".join(waiting)


async def _send(writer: asyncio.StreamWriter, body: bytes) -> None:
    writer.write(_head(f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n") + body)
    await writer.drain()


def _head(headers: str) -> bytes:
    return f"HTTP/1.1 200 OK\r\n{headers}\r\n".encode()


if __name__ == "__main__":
    asyncio.run(Server(World(int(sys.argv[1]))).serve())
