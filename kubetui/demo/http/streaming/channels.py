"""Channels in a websocket, as Kubernetes has them: each message begins with the number of its channel.

Owns the subprotocols `channel.k8s.io` (bytes) and `base64.channel.k8s.io` (text), and how v5 ends one channel alone.
"""

import base64
from binascii import Error as Base64Error
from collections.abc import Iterable
from contextlib import suppress
from functools import partial

import msgspec

from kubetui.demo.http.streaming.websocket import WebSocket
from kubetui.demo.streams import Conduit, Sink

END = 255
"""The channel on which v5 tells the number of a channel that has come to its end."""


class Subprotocol(msgspec.Struct, frozen=True):
    """How messages are written."""

    name: str

    @property
    def is_text(self) -> bool:
        """Whether messages are text: a digit, and the bytes in base64."""
        return "base64." in self.name

    @property
    def ends_channels(self) -> bool:
        """Whether the client may end one channel and go on with the others."""
        return self.name == "v5.channel.k8s.io"

    @property
    def tells_status(self) -> bool:
        """Whether the error channel carries a `Status`, else words."""
        return self.name.startswith(("v4.", "v5."))


class Channels:
    """The channels of one websocket; those in `incoming` are read from the client, all others are not."""

    def __init__(self, socket: WebSocket, subprotocol: Subprotocol, incoming: Iterable[int]) -> None:
        self._socket = socket
        self._subprotocol = subprotocol
        self._incoming = {number: Conduit() for number in incoming}

    def source(self, number: int) -> Conduit:
        """What the client sends on one of the channels that are read."""
        return self._incoming[number]

    def ignore(self) -> None:
        """What the client sends from now on is lost."""
        for channel in self._incoming.values():
            channel.abandon()

    def sink(self, number: int) -> Sink:
        """Where bytes for the client go on a channel."""
        return _Channel(self, number)

    async def send(self, number: int, data: bytes) -> None:
        """Sends one message on a channel, be it empty."""
        if self._subprotocol.is_text:
            await self._socket.send(str(number).encode(), base64.b64encode(data), text=True)
        else:
            await self._socket.send(bytes((number,)), data)

    async def run(self) -> None:
        """Hands on what comes until the websocket is closed; then every channel is at its end."""
        try:
            while (message := await self._socket.receive()) is not None:
                if message and not await self._take(message):
                    return
        finally:
            for channel in self._incoming.values():
                channel.finish()

    async def _take(self, message: bytes) -> bool:
        """Whether the message makes sense enough to go on."""
        number, data = message[0], message[1:]
        if self._subprotocol.ends_channels and number == END:
            if len(data) != 1:
                return False
            channel = self._incoming.get(data[0])
            if channel is not None:
                channel.finish()
            return True
        if self._subprotocol.is_text:
            number -= ord("0")
            try:
                data = base64.b64decode(data, validate=True)
            except (Base64Error, ValueError):
                return True  # As the real server does: what can't be read is passed over.
        channel = self._incoming.get(number)
        if channel is not None:
            # Its process may have ended.
            with suppress(BrokenPipeError):
                await channel.write(data)
        return True


class _Channel:
    """One channel's sink."""

    def __init__(self, channels: Channels, number: int) -> None:
        self.write = partial(channels.send, number)
