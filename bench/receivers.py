"""Receivers of webhooks: a thread that listens at many ports, and notes when something arrives."""

import asyncio
import re
import threading
import time

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class Receivers:
    """`urls` answer at once, `deaf` never."""

    def __init__(self, number: int, deaf: int) -> None:
        self.arrivals: list[float] = []
        self.urls: list[str] = []
        self.deaf: list[str] = []
        self._wanted = number, deaf
        self._are_open = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._listen()), daemon=True).start()
        self._are_open.wait()

    async def _listen(self) -> None:
        for urls, number, serve in (
            (self.urls, self._wanted[0], self._serve),
            (self.deaf, self._wanted[1], _say_nothing),
        ):
            for _ in range(number):
                server = await asyncio.start_server(serve, "127.0.0.1", 0)
                urls.append(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        self._are_open.set()
        await asyncio.Event().wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                found = LENGTH.search(await reader.readuntil(b"\r\n\r\n"))
                await reader.readexactly(int(found[1]) if found else 0)
                self.arrivals.append(time.monotonic())
                writer.write(ANSWER)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


async def _say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()
