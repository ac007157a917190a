"""Through a proxy to a server: HTTP CONNECT (RFC 9110) and SOCKS5 (RFC 1928, 1929).

Which proxy is proxy.py's matter; what is spoken through the tunnel is not known here.
"""

import asyncio
import ipaddress
from base64 import b64encode

from kubetui.client.conversation import Conversation
from kubetui.client.dial import dial
from kubetui.client.errors import Unavailable
from kubetui.client.proxy import Proxy
from kubetui.client.tls import TlsOptions, ssl_context
from kubetui.client.unreachable import unavailable

TUNNEL_TIMEOUT = 20.0
"""Seconds that a proxy may take to reach the server."""
_HEAD_LIMIT = 64 * 1024

_BY_STATUS: dict[int, str] = {
    403: "{proxy} does not allow connections to {place}",
    405: "{proxy} does not allow connections to {place}: it knows no CONNECT",
    407: "{proxy} wants a user and a password, or refused the ones it got",
    502: "{proxy} could not reach {place}",
    503: "{proxy} could not reach {place}",
    504: "{proxy} got no answer from {place} in time",
}

_BY_REPLY: dict[int, str] = {
    1: "{proxy} failed to reach {place}",
    2: "{proxy} does not allow connections to {place}",
    3: "{proxy} has no network to {place}",
    4: "{proxy} has no route to {place}, or can't look its name up",
    5: "{proxy} reached the machine, but {place} refused the connection",
    6: "{proxy} got no answer from {place} in time",
    7: "{proxy} knows no outgoing connections",
    8: "{proxy} can't reach addresses of the sort of {place}",
}


async def tunnel(proxy: Proxy, host: str, port: int, place: str) -> asyncio.Transport:
    """An open connection to host and port by way of the proxy. Unavailable where there is none, naming the proxy."""
    made = await dial(proxy.host, proxy.port, str(proxy))
    loop = asyncio.get_running_loop()
    context = ssl_context(TlsOptions()) if proxy.scheme == "https" else None
    try:
        async with asyncio.timeout(TUNNEL_TIMEOUT):
            _, conversation = await loop.create_connection(
                lambda: Conversation(str(proxy)),
                sock=made,
                ssl=context,
                server_hostname=proxy.host if context is not None else None,
            )
            with conversation:
                if proxy.scheme == "socks5":
                    await _socks(conversation, proxy, host, port, place)
                else:
                    await _connect(conversation, proxy, place)
            return conversation.transport
    except TimeoutError as late:
        raise Unavailable(f"{proxy} did not connect to {place} within {TUNNEL_TIMEOUT:g} s") from late
    except OSError as error:
        raise unavailable(error, str(proxy), name=proxy.host, trusted="a CA that this machine trusts") from error


async def _connect(conversation: Conversation, proxy: Proxy, place: str) -> None:
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}"]
    if proxy.user is not None:
        credentials = b64encode(f"{proxy.user}:{proxy.password}".encode()).decode()
        lines.append(f"Proxy-Authorization: Basic {credentials}")
    conversation.send("\r\n".join(lines).encode() + b"\r\n\r\n")
    head = await conversation.until(b"\r\n\r\n", _HEAD_LIMIT)
    version, _, rest = head.partition(b"\r\n")[0].decode("latin-1").partition(" ")
    code = rest[:3]
    if not version.startswith("HTTP/1.") or not code.isdigit():
        raise Unavailable(f"{proxy} answered something that is not HTTP")
    if not code.startswith("2"):
        said = _BY_STATUS.get(int(code), "{proxy} did not connect to {place}").format(proxy=proxy, place=place)
        raise Unavailable(f"{said} (HTTP {rest[:80].strip()})")


async def _socks(conversation: Conversation, proxy: Proxy, host: str, port: int, place: str) -> None:
    conversation.send(b"\x05\x01\x00" if proxy.user is None else b"\x05\x02\x00\x02")
    version, method = await conversation.exactly(2)
    if version != 5:
        raise Unavailable(f"{proxy} does not speak SOCKS5")
    if method == 2 and proxy.user is not None:
        conversation.send(b"\x01" + _short(proxy.user, proxy) + _short(proxy.password, proxy))
        if (await conversation.exactly(2))[1] != 0:
            raise Unavailable(f"{proxy} refused its user or password")
    elif method != 0:
        raise Unavailable(f"{proxy} wants a user and a password")
    conversation.send(b"\x05\x01\x00" + _destination(host, proxy) + port.to_bytes(2, "big"))
    _, reply, _, sort = await conversation.exactly(4)
    if reply != 0:
        sentence = _BY_REPLY.get(reply, "{proxy} did not connect to {place}")
        raise Unavailable(sentence.format(proxy=proxy, place=place))
    # The address the proxy goes out from: of no use, but it comes before the server's bytes.
    length = (await conversation.exactly(1))[0] if sort == 3 else 16 if sort == 4 else 4
    await conversation.exactly(length + 2)


def _destination(host: str, proxy: Proxy) -> bytes:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return b"\x03" + _short(host, proxy)
    return (b"\x01" if address.version == 4 else b"\x04") + address.packed


def _short(text: str, proxy: Proxy) -> bytes:
    """A string of SOCKS5: its length in one byte, then itself."""
    raw = text.encode()
    if len(raw) > 255:
        raise Unavailable(f"{proxy} can't be told names or passwords longer than 255 bytes")
    return bytes([len(raw)]) + raw
