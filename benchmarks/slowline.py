"""A slow line to a server: so many bits a second each way, shared by all connections, and a delay.

    python -m benchmarks.slowline PORT [KBIT MILLISECONDS]

Prints the port to connect to instead. 2,000 kbit/s and 80 ms there and back, unless told otherwise.
"""

import asyncio
import sys

PIECE = 1460
"""Bytes that go over the line at a time."""
WINDOW = 64 * 1024
"""Bytes that may be under way, a connection: a sender waits for the line as TCP would have it wait."""


class Line:
    """One direction. A piece begins when the one before it has left, whoever sent that, and arrives a delay later."""

    def __init__(self, kbit: float, delay: float) -> None:
        """delay: seconds, one way."""
        self._rate = kbit * 125
        self._delay = delay
        self._free = 0.0

    def arrival(self, size: int) -> float:
        """When a piece of so many bytes that is sent now is there, on the loop's clock."""
        now = asyncio.get_running_loop().time()
        self._free = max(now, self._free) + size / self._rate
        return self._free + self._delay


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: Line) -> None:
    """Brings over what comes, until there is no more."""
    under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(WINDOW // PIECE)
    loop = asyncio.get_running_loop()

    async def deliver() -> None:
        while True:
            at, piece = await under_way.get()
            await asyncio.sleep(max(0.0, at - loop.time()))
            if not piece:
                return
            writer.write(piece)
            await writer.drain()

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(deliver())
            while piece := await reader.read(PIECE):
                await under_way.put((line.arrival(len(piece)), piece))
            await under_way.put((loop.time(), b""))
    except* OSError:
        pass  # one end has gone; so goes the other
    finally:
        writer.close()


async def serve(port: int, kbit: float, milliseconds: float) -> None:
    """Until it is killed."""
    there, back = (Line(kbit, milliseconds / 2000) for _ in range(2))

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # The handshake of TCP takes a round trip before anything of the client's can be sent.
        await asyncio.sleep(milliseconds / 1000)
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(carry(reader, far_writer, there), carry(far_reader, writer, back))

    async with await asyncio.start_server(client, "127.0.0.1", 0, limit=WINDOW) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), *(float(given) for given in sys.argv[2:] or ("2000", "80"))))
