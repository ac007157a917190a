"""What containers that serve answer over HTTP: a page that tells who answers, health, and the shop's game.

Owns the small HTTP/1.1 server of a container. Which ports are open, and whether it answers, follows from its spec and
its behaviour.
"""

import html
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import unquote

import httptools
import msgspec

from kubetui.demo.kubelet.behaviour import ANNOTATION, SHELLS, short_name
from kubetui.demo.kubelet.inside.environment import hostname
from kubetui.demo.objects import Json, name_of, namespace_of
from kubetui.demo.streams import Sink, Source

USUAL_PORTS = {"caddy": 80, "httpd": 80, "nginx": 80, "traefik": 80, "grafana": 3000, "prometheus": 9090}
"""What servers listen on whose containers say nothing of ports."""
GAME = "tic-tac-toe"
MAX_REQUEST = 256 * 1024
"""Bytes of a request, its body among them."""
_IDLE_COMMANDS = frozenset(("cat", "echo", "false", "sh", "bash", "ash", "sleep", "tail", "true", "pause"))
_HEALTH = ("/healthz", "/livez", "/readyz", "/health", "/ready")


class Reply(msgspec.Struct, frozen=True):
    """An answer to one request."""

    status: int
    content_type: str
    body: bytes


def open_ports(pod: Json, container: Json) -> tuple[int, ...]:
    """The ports on which a container listens once it serves."""
    annotations = pod["metadata"].get("annotations") or {}
    told = ANNOTATION in annotations or f"{ANNOTATION}.{container['name']}" in annotations
    command = [str(word) for word in (*(container.get("command") or ()), *(container.get("args") or ()))]
    image = short_name(str(container.get("image", "")))
    idle = command[0].rsplit("/", 1)[-1] in _IDLE_COMMANDS if command else image in SHELLS
    if idle and not told:
        return ()
    declared = [one["containerPort"] for one in container.get("ports") or () if one.get("protocol", "TCP") == "TCP"]
    usual = [USUAL_PORTS[image]] if image in USUAL_PORTS and not command else []
    return tuple(dict.fromkeys([*declared, *usual]))


def reply(pod: Json, container: Json, method: str, path: str, *, ready: bool) -> Reply:
    """What a container answers to one request."""
    path = unquote(path.partition("?")[0])
    if method not in ("GET", "HEAD"):
        return Reply(405, "text/plain; charset=utf-8", b"method not allowed\n")
    if path in (*_HEALTH, _probed(container)) and path != "/":
        return Reply(200, _TEXT, b"ok\n") if ready else Reply(503, _TEXT, b"not ready\n")
    if path == "/whoami":
        return Reply(200, "application/json", msgspec.json.encode(_who(pod, container)) + b"\n")
    if short_name(str(container.get("image", ""))) == GAME and path in ("/", "/index.html"):
        return Reply(200, "text/html; charset=utf-8", _game())
    if path in ("/", "/index.html"):
        return Reply(200, "text/html; charset=utf-8", _page(pod, container))
    return Reply(404, _TEXT, b"404 page not found\n")


async def serve(
    answer: Callable[[str, str], Reply], server: str, date: Callable[[], str], incoming: Source, outgoing: Sink
) -> None:
    """Answers the requests of one connection, until the client has no more or wants it closed."""
    reading = _Reading()
    while data := await incoming.read():
        try:
            reading.feed(data)
        except (httptools.HttpParserError, ValueError):
            refused = Reply(400, _TEXT, b"400 Bad Request")
            await outgoing.write(_written(refused, "GET", server, date(), close=True))
            return
        for method, path, close in reading.taken():
            told = _written(answer(method, path), method, server, date(), close=close)
            await outgoing.write(told)
            if close:
                return


class _Reading:
    """Cuts requests out of bytes."""

    def __init__(self) -> None:
        self._parser = httptools.HttpRequestParser(self)
        self._url = b""
        self._size = 0
        self._whole: list[tuple[str, str, bool]] = []

    def feed(self, data: bytes) -> None:
        """ValueError where a request is too large."""
        self._size += len(data)
        if self._size > MAX_REQUEST:
            raise ValueError("too large")
        self._parser.feed_data(data)

    def taken(self) -> list[tuple[str, str, bool]]:
        """The requests that are whole: method, path, and whether the connection ends with it."""
        found, self._whole = self._whole, []
        return found

    def on_message_begin(self) -> None:
        self._url = b""

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_message_complete(self) -> None:
        method = self._parser.get_method().decode("ascii", "replace")
        path = self._url.decode("latin-1") or "/"
        self._whole.append((method, path, not self._parser.should_keep_alive()))
        self._size = 0


_TEXT = "text/plain; charset=utf-8"
_PHRASES = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 503: "Service Unavailable"}


def _written(told: Reply, method: str, server: str, date: str, *, close: bool) -> bytes:
    head = (
        f"HTTP/1.1 {told.status} {_PHRASES[told.status]}\r\nServer: {server}\r\nDate: {date}\r\n"
        f"Content-Type: {told.content_type}\r\nContent-Length: {len(told.body)}\r\n"
        f"Connection: {'close' if close else 'keep-alive'}\r\n\r\n"
    )
    return head.encode("latin-1", "replace") + (b"" if method == "HEAD" else told.body)


def _probed(container: Json) -> str:
    """The path that the container's own probe asks for."""
    probe = container.get("readinessProbe") or container.get("livenessProbe") or {}
    return str((probe.get("httpGet") or {}).get("path", "/"))


def _who(pod: Json, container: Json) -> dict[str, Any]:
    image = str(container.get("image", ""))
    return {
        "pod": name_of(pod),
        "namespace": namespace_of(pod),
        "node": pod["spec"].get("nodeName", ""),
        "address": (pod.get("status") or {}).get("podIP", ""),
        "image": image,
        "version": image.rsplit("/", 1)[-1].partition(":")[2] or "latest",
    }


def _page(pod: Json, container: Json) -> bytes:
    told = _who(pod, container)
    rows = "".join(f"<tr><th>{key}<td>{html.escape(str(value))}</tr>\n" for key, value in told.items())
    title = html.escape(str(container["name"]))
    return (
        f"<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n<title>{title}</title>\n"
        "<style>body{font:16px system-ui;margin:3em}th{text-align:left;padding-right:2em;color:#667}</style>\n"
        f"<h1>{title}</h1>\n<p>Served by {html.escape(hostname(pod))}.</p>\n<table>\n{rows}</table>\n</html>\n"
    ).encode()


@cache
def _game() -> bytes:
    return files(__package__).joinpath("tic-tac-toe.html").read_bytes()


def listener(pod: Json, containers: Sequence[Json], port: int) -> Json | None:
    """The first of some containers that listens on a port."""
    return next((one for one in containers if port in open_ports(pod, one)), None)
