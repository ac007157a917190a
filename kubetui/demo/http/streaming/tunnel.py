"""Plain bytes carried in the messages of a websocket, as kubectl carries SPDY."""

from kubetui.demo.http.streaming.websocket import WebSocket


class Tunnel:
    """A source and a sink of bytes over one websocket. Where messages begin means nothing."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket

    async def read(self) -> bytes:
        while (message := await self._socket.receive()) is not None:
            if message:
                return message
        return b""

    async def write(self, data: bytes) -> None:
        await self._socket.send(data)
