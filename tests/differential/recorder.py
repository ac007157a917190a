"""A way to an API server on which everything said is written down."""

import http.client
import json
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from kubetui.demo.http import protobuf
from kubetui.demo.http.certificate import Identity, issued
from tests.differential import alike
from tests.differential.conversation import Exchange
from tests.differential.target import Target

Json = dict[str, Any]
_PASSED_ON = ("Accept", "Authorization", "Content-Type", "User-Agent", "Impersonate-User", "Impersonate-Group")


class _Heard:
    """One request, and what has come in answer to it so far."""

    def __init__(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> None:
        self.method, self.target, self.headers, self.body = method, target, headers, body
        self.status = 0
        self.warnings: tuple[str, ...] = ()
        self.said = b""


class Recorder:
    """Passes requests on to one cluster, and remembers them together with what was answered."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._host = urlsplit(target.url).netloc
        self._context = ssl.create_default_context(cadata=target.certificate)
        self._users = {token: user for user, token in target.tokens.items()}
        self._lock = threading.Lock()
        self._heard: list[_Heard] = []
        self._uids: dict[str, str] = {}
        self._versions: set[str] = set()
        self.url = ""
        self.identity: Identity = issued()

    def heard(self) -> tuple[Exchange, ...]:
        """What was said since this was asked last, in the order of the requests; of a watch what came so far."""
        with self._lock:
            found, self._heard = self._heard, []
            return tuple(self._exchange(one) for one in found)

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Listens on a free port of the loopback address."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        server.daemon_threads = True
        server.socket = self.identity.server_context().wrap_socket(server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join(10)
            server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except OSError:
                    # The client has gone, as it does with a watch that has told it enough.
                    self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

            def __getattr__(self, name: str) -> Any:
                if name.startswith("do_"):
                    return lambda: recorder._pass_on(self)
                raise AttributeError(name)

        return Handler

    def _pass_on(self, client: BaseHTTPRequestHandler) -> None:
        body = _body(client)
        headers = {name: client.headers[name] for name in _PASSED_ON if client.headers[name]}
        if protobuf.MEDIA in headers.get("Accept", ""):
            headers["Accept"] = "application/json"  # which the client reads as well, and a person too
        heard = _Heard(client.command, client.path, dict(client.headers), body)
        self._remember(heard)
        connection = http.client.HTTPSConnection(self._host, context=self._context, timeout=90)
        try:
            connection.request(client.command, client.path, body or None, headers)
            answer = connection.getresponse()
            heard.status, heard.warnings = answer.status, tuple(answer.headers.get_all("Warning") or ())
            client.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() in ("content-type", "warning", "retry-after"):
                    client.send_header(name, value)
            if answer.headers.get("Content-Length") is None:
                client.send_header("Transfer-Encoding", "chunked")
                client.end_headers()
                while chunk := answer.read1(65_536):
                    heard.said += chunk
                    client.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
                client.wfile.write(b"0\r\n\r\n")
            else:
                heard.said = answer.read()
                client.send_header("Content-Length", str(len(heard.said)))
                client.end_headers()
                client.wfile.write(heard.said)
        finally:
            connection.close()

    def _remember(self, heard: "_Heard") -> None:
        """Puts a request behind those before it, unless it only asks what is served."""
        path = heard.target.partition("?")[0]
        if path.startswith("/api/v1/") or (path.startswith("/apis/") and path.count("/") > 3):
            with self._lock:
                self._heard.append(heard)

    def _exchange(self, heard: "_Heard") -> Exchange:
        told = _decoded(heard.said)
        path, _, query = heard.target.partition("?")
        kind = heard.headers.get("Content-Type", "")
        asked = self._asked(path, query)
        if kind == protobuf.MEDIA:
            sent, kind = self._sent(protobuf.read(heard.body)), ""
        else:
            sent = self._sent(_decoded(heard.body)) if heard.body else None
        self._learn(told)
        return Exchange(
            ask=f"{heard.method} {asked}",
            user=self._users.get(heard.headers.get("Authorization", "").removeprefix("Bearer "), ""),
            acting_as=",".join(filter(None, (heard.headers.get(name, "") for name in _PASSED_ON[-2:]))),
            table="as=Table" in heard.headers.get("Accept", ""),
            sent_as="" if kind in ("", "application/json") else kind,
            body=sent,
            status=heard.status,
            answer=alike.value(told[-1] if isinstance(told, list) and told else told),
            warnings=heard.warnings,
        )

    def _asked(self, path: str, query: str) -> str:
        pairs = [(key, self._named(value)) for key, value in parse_qsl(query, keep_blank_values=True)]
        pairs = [
            (key, "VERSION" if key == "resourceVersion" and value not in ("", "0") else value) for key, value in pairs
        ]
        pairs = [(key, "CONTINUE" if key == "continue" else value) for key, value in pairs if key != "timeoutSeconds"]
        asked = self._named(unquote(path))
        return f"{asked}?{urlencode(pairs, safe='=,/!() ')}" if pairs else asked

    def _named(self, text: str) -> str:
        for uid, name in self._uids.items():
            text = text.replace(uid, f"UID({name})")
        return alike.told(text)

    def _sent(self, found: Any) -> Any:
        """A body, with what was taken from an answer named as such."""
        if isinstance(found, dict):
            sent = {key: self._sent(one) for key, one in found.items() if key != "managedFields"}
            version = found.get("resourceVersion")
            if isinstance(version, str) and version in self._versions:
                sent["resourceVersion"] = "VERSION"
            if found.get("path") == "/metadata/resourceVersion":
                sent["value"] = "VERSION"
            return sent
        if isinstance(found, list):
            return [self._sent(one) for one in found]
        return self._named(found) if isinstance(found, str) else found

    def _learn(self, told: Any, listed: str = "") -> None:
        """Which object has which uid, and which versions there were."""
        if isinstance(told, list):
            for one in told:
                self._learn(one, listed)
        elif isinstance(told, dict):
            metadata = told.get("metadata")
            kind = told.get("kind") or listed
            if isinstance(metadata, dict) and metadata.get("uid"):
                self._uids[metadata["uid"]] = f"{kind}/{alike.names(metadata.get('name', ''))}"
                self._versions.add(metadata.get("resourceVersion", ""))
            for key in ("items", "rows", "object"):
                self._learn(told.get(key), kind.removesuffix("List"))


def _body(client: BaseHTTPRequestHandler) -> bytes:
    if client.headers.get("Transfer-Encoding") != "chunked":
        return client.rfile.read(int(client.headers.get("Content-Length") or 0))
    body = b""
    while size := int(client.rfile.readline(), 16):
        body += client.rfile.read(size)
        client.rfile.readline()
    client.rfile.readline()
    return body


def _decoded(said: bytes) -> Any:
    """The JSON of an answer, a list of the events of a watch, or its text."""
    text = said.decode("utf-8", "replace")
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        return [json.loads(line) for line in text.splitlines()]
    except ValueError:
        return text
