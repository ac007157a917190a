"""Requests taken out of the bytes of one connection, and the limits of what a request may be.

Owns how HTTP/1.1 is read and what of it is refused. Knows no socket, and answers nothing itself.
"""

from collections.abc import Callable

import httptools

from kubetui.demo.http.message import Request, first_of_each, target
from kubetui.demo.refusals import Refusal, bad_request, refuse

MAX_BODY = 3 * 1024 * 1024
"""Bytes of a body, as the real server's limit for writes."""
MAX_HEAD = 1024 * 1024
"""Bytes of the request line and the headers together, as the real server's limit."""
_FIELD = 64
"""Bytes that a header field counts beside its text, so that a million empty ones don't fit."""
_LISTS = ("connection", "sec-websocket-protocol", "x-stream-protocol-version")
"""Header fields that may be given in several pieces."""


class Intake:
    """Cuts requests out of bytes.

    `complete` gets each whole request; `proceed` is called where a client waits for leave to send its body; `leave`
    gets the bytes behind a request after which the client goes on with something else than HTTP.
    """

    def __init__(
        self, complete: Callable[[Request], None], proceed: Callable[[], None], leave: Callable[[bytes], None]
    ) -> None:
        self._complete = complete
        self._proceed = proceed
        self._leave = leave
        self._parser = httptools.HttpRequestParser(self)
        self._url = b""
        self._headers: dict[str, str] = {}
        self._hosts = 0
        self._head = 0
        self._body = bytearray()
        self.begun = False
        """Whether a part of a request is there, and the rest is not."""

    @property
    def held(self) -> int:
        """Bytes of the body that is not whole yet."""
        return len(self._body)

    def feed(self, data: bytes) -> None:
        """Takes what came. Refusal where it is no request, or too large a one; nothing more can be read then."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._leave(data[upgrade.args[0] :])
        except httptools.HttpParserError as why:
            # The parser wraps what a callback raises.
            if isinstance(why.__context__, Refusal):
                raise why.__context__ from None
            raise bad_request(f"malformed request: {why}") from None

    # httptools

    def on_message_begin(self) -> None:
        self._url, self._headers, self._hosts, self._head = b"", {}, 0, 0
        self._body = bytearray()
        self.begun = True

    def on_url(self, url: bytes) -> None:
        self._head += len(url)
        if self._head > MAX_HEAD:
            raise refuse(414, "RequestURITooLong", f"request URI too long: limit is {MAX_HEAD} bytes")
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head += len(name) + len(value) + _FIELD
        if self._head > MAX_HEAD:
            raise refuse(431, "", f"request header fields too large: limit is {MAX_HEAD} bytes")
        known = name.decode("latin-1").lower()
        self._hosts += known == "host"
        text = value.decode("latin-1")
        # Of a field given twice the first counts, unless it is a list.
        if known in _LISTS and known in self._headers:
            self._headers[known] += f", {text}"
        else:
            self._headers.setdefault(known, text)

    def on_headers_complete(self) -> None:
        version = self._parser.get_http_version()
        if version not in ("1.0", "1.1"):
            raise refuse(505, "", f"HTTP/{version} is not spoken here")
        if self._hosts > 1 or (not self._hosts and version == "1.1"):
            raise bad_request("malformed request: a request names one host")
        if int(self._headers.get("content-length", 0)) > MAX_BODY:
            raise _too_large()
        expected = self._headers.get("expect", "").lower()
        if expected == "100-continue":
            self._proceed()
        elif expected:
            raise refuse(417, "", f'the expectation "{expected}" can\'t be met')

    def on_body(self, body: bytes) -> None:
        if len(self._body) + len(body) > MAX_BODY:
            raise _too_large()
        self._body += body

    def on_message_complete(self) -> None:
        path, parameters = target(self._url)
        request = Request(
            self._parser.get_method().decode("ascii", "replace"),
            path,
            first_of_each(parameters),
            self._headers,
            bytes(self._body),
            parameters,
            version=self._parser.get_http_version(),
            keep_alive=self._parser.should_keep_alive(),
        )
        self._body = bytearray()
        self.begun = False
        self._complete(request)


def _too_large() -> Refusal:
    return refuse(413, "RequestEntityTooLarge", f"Request entity too large: limit is {MAX_BODY}")
