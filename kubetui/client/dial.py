"""From a name to a connected socket: looks it up, tries every address, tells why none worked.

Addresses are raced as RFC 8305 (happy eyeballs) has it. It knows nothing of TLS, proxies or HTTP.
"""

import asyncio
import socket
import threading
from contextlib import suppress
from itertools import chain, zip_longest

from kubetui.client.errors import Unavailable
from kubetui.client.unreachable import unavailable

CONNECT_TIMEOUT = 10.0
"""Seconds that one address, or the look-up of a name, may take."""
_STAGGER = 0.25
"""Seconds that an address is given before the next one is tried beside it."""

_Address = tuple[socket.AddressFamily, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]]


async def dial(host: str, port: int, place: str) -> socket.socket:
    """A non-blocking connected socket; Unavailable, which names `place`, where no address answers."""
    addresses = await _look_up(host, port, place)
    if len(addresses) == 1:
        try:
            return await _connect(addresses[0])
        except OSError as error:
            raise _told(error, place, host) from error
    return await _race(addresses, place, host)


async def _look_up(host: str, port: int, place: str) -> list[_Address]:
    """Addresses of a name, families taking turns."""
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host)
        except (OSError, UnicodeError):
            continue
        return [(family, (host, port))]
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT):
            found = await _addresses(host, port)
    except TimeoutError as late:
        raise Unavailable(f"DNS gave no answer about {host} within {CONNECT_TIMEOUT:g} s ({place})") from late
    except OSError as error:
        raise unavailable(error, place, host=host) from error
    except UnicodeError as error:
        raise Unavailable(f"{host} is not a name that DNS could know") from error
    preferred = [address for address in found if address[0] == found[0][0]]
    others = [address for address in found if address[0] != found[0][0]]
    return [address for address in chain(*zip_longest(preferred, others)) if address is not None]


async def _addresses(host: str, port: int) -> list[_Address]:
    """getaddrinfo in a daemon thread: the loop's own executor would keep the program from ending while DNS hangs."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[_Address]] = loop.create_future()

    def tell(found: list[_Address], error: OSError | UnicodeError | None) -> None:
        if answer.done():
            return
        if error is None:
            answer.set_result(found)
        else:
            answer.set_exception(error)

    def look_up() -> None:
        found: list[_Address] = []
        failure: OSError | UnicodeError | None = None
        try:
            found = [(entry[0], entry[4]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        except (OSError, UnicodeError) as error:
            failure = error
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(tell, found, failure)

    threading.Thread(target=look_up, name=f"look up {host}", daemon=True).start()
    return await answer


async def _connect(address: _Address) -> socket.socket:
    family, where = address
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setblocking(False)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _keep_alive(made)
        async with asyncio.timeout(CONNECT_TIMEOUT):
            await asyncio.get_running_loop().sock_connect(made, where)
    except BaseException:
        made.close()
        raise
    return made


def _keep_alive(made: socket.socket) -> None:
    """Let the kernel notice a peer that is gone: probes after 30 s of silence, given up 30 s later."""
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, option):
            made.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


async def _race(addresses: list[_Address], place: str, host: str) -> socket.socket:
    attempts: set[asyncio.Task[socket.socket]] = set()
    failed: OSError | None = None
    waiting = iter(addresses)
    try:
        while True:
            fresh = next(waiting, None)
            if fresh is not None:
                attempts.add(asyncio.create_task(_connect(fresh)))
            elif not attempts:
                assert failed is not None
                raise _told(failed, place, host) from failed
            done, _ = await asyncio.wait(
                attempts, timeout=None if fresh is None else _STAGGER, return_when=asyncio.FIRST_COMPLETED
            )
            for attempt in done:
                attempts.discard(attempt)
                error = attempt.exception()
                if error is None:
                    return attempt.result()
                if not isinstance(error, OSError):
                    raise error
                failed = failed or error
    finally:
        for attempt in attempts:
            attempt.add_done_callback(_discard)
            attempt.cancel()


def _discard(attempt: asyncio.Task[socket.socket]) -> None:
    """Close the socket of an attempt that came too late."""
    if not attempt.cancelled() and attempt.exception() is None:
        attempt.result().close()


def _told(error: OSError, place: str, host: str) -> Unavailable:
    if isinstance(error, TimeoutError) and error.errno is None:
        return Unavailable(
            f"no connection to {place} within {CONNECT_TIMEOUT:g} s: is the address right, and the network or VPN up?"
        )
    return unavailable(error, place, host=host)
