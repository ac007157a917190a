"""One HTTP request from inside a container, and its answer, over the network that the container sees."""

import asyncio
from urllib.parse import urlsplit

import httptools
import msgspec

from kubetui.demo.kubelet.inside.box import Call
from kubetui.demo.streams import Conduit


class Asked(msgspec.Struct, frozen=True):
    """What is fetched: the parts of a URL."""

    host: str
    port: int
    path: str
    secure: bool

    @classmethod
    def of(cls, url: str) -> "Asked":
        """ValueError for what is no URL."""
        parts = urlsplit(url if "://" in url else f"http://{url}")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(url)
        secure = parts.scheme == "https"
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return cls(parts.hostname, parts.port or (443 if secure else 80), path, secure)

    @property
    def authority(self) -> str:
        return self.host if self.port == (443 if self.secure else 80) else f"{self.host}:{self.port}"


class Fetched:
    """An HTTP answer, as it comes."""

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self.status = 0
        self.head = b""
        self.headers: dict[str, str] = {}
        self.body = bytearray()
        self.whole = False

    def feed(self, data: bytes) -> None:
        """httptools.HttpParserError for what is no HTTP."""
        self._parser.feed_data(data)

    def on_status(self, status: bytes) -> None:
        self.head = f"HTTP/1.1 {self._parser.get_status_code()} {status.decode('latin-1')}\r\n".encode()

    def on_header(self, name: bytes, value: bytes) -> None:
        self.head += name + b": " + value + b"\r\n"
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        self.status = self._parser.get_status_code()

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.whole = True


async def fetch(
    call: Call, asked: Asked, address: str, method: str, headers: dict[str, str], patience: float
) -> Fetched:
    """One request and its answer. Errors of the network as `Network.connect` tells them; TimeoutError."""
    told = {"Host": asked.authority, "Accept": "*/*", **headers, "Connection": "close"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    request = f"{method} {asked.path} HTTP/1.1\r\n{lines}\r\n".encode("latin-1", "replace")
    answer = Conduit()
    fetched = Fetched()

    async def read() -> None:
        while not fetched.whole and (data := await answer.read()):
            fetched.feed(data)
            if method == "HEAD" and fetched.status:
                return

    # What the connection needs stays open until the answer is there.
    outgoing = Conduit()
    await outgoing.write(request)
    connection = asyncio.ensure_future(call.box.network.connect(address, asked.port, outgoing, answer))
    reading = asyncio.ensure_future(read())
    clock = asyncio.ensure_future(call.box.clock.sleep(patience))
    try:
        await asyncio.wait((connection, reading, clock), return_when=asyncio.FIRST_COMPLETED)
        if connection.done() and not reading.done():
            connection.result()
            answer.finish()
            await reading
        if not reading.done():
            raise TimeoutError
        reading.result()
        return fetched
    finally:
        for task in (connection, reading, clock):
            task.cancel()
        await asyncio.gather(connection, reading, clock, return_exceptions=True)
