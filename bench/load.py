"""A load generator that costs little: raw sockets kept open, one thread a client, answers read by their length."""

import re
import socket
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class Client:
    """One caller with one credential, on one connection."""

    def __init__(self, port: int, credential: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.head = (
            f"Host: localhost\r\nAuthorization: Bearer {credential}\r\nContent-Type: application/json\r\n".encode()
        )
        self.seconds: dict[str, list[float]] = {}

    def send(self, label: str, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """Status and body of the answer; the time it took is kept under `label`."""
        begun = time.perf_counter()
        line = f"{method} {path} HTTP/1.1\r\n".encode()
        self.socket.sendall(line + self.head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        status, answer = self._receive()
        self.seconds.setdefault(label, []).append(time.perf_counter() - begun)
        return status, answer

    def _receive(self) -> tuple[int, bytes]:
        data = self.socket.recv(262_144)
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        status = int(data[9:12])
        found = LENGTH.search(data, 0, end)
        wanted = end + 4 + (int(found[1]) if found else 0)
        parts, size = [data], len(data)
        while size < wanted:
            parts.append(self._more())
            size += len(parts[-1])
        return status, b"".join(parts)[end + 4 :]

    def _more(self) -> bytes:
        data = self.socket.recv(262_144)
        if not data:
            raise ConnectionError("The server closed the connection.")
        return data


@dataclass
class Round:
    """What some clients did side by side; `each` is wall-clock seconds for one operation of all of them together."""

    count: int
    seconds: float

    @property
    def each(self) -> float:
        return self.seconds / self.count


@dataclass
class Pairs:
    """Rounds of a thing and of its floor, taken in turn; the ratio is the median of the ratios of neighbours."""

    values: list[float] = field(default_factory=list)
    floors: list[float] = field(default_factory=list)

    def add(self, value: float, floor: float) -> None:
        self.values.append(value)
        self.floors.append(floor)

    @property
    def value(self) -> float:
        return statistics.median(self.values)

    @property
    def floor(self) -> float:
        return statistics.median(self.floors)

    @property
    def ratio(self) -> float:
        return statistics.median(a / b for a, b in zip(self.values, self.floors, strict=True))


def run_for(seconds: float, steps: Sequence[Callable[[], bool]]) -> Round:
    """Repeat each step in a thread of its own until the time is over or it says False."""
    counts, faults = [0] * len(steps), list[BaseException]()
    begun = time.perf_counter()

    def work(number: int) -> None:
        try:
            while time.perf_counter() - begun < seconds and steps[number]():
                counts[number] += 1
        except (OSError, AssertionError, ValueError, KeyError) as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work, args=[number]) for number in range(len(steps))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return Round(sum(counts), time.perf_counter() - begun)


def p95(seconds: Sequence[float]) -> float:
    """The 95th percentile, in milliseconds."""
    return statistics.quantiles(seconds, n=20)[-1] * 1000


def empty(client: Client) -> Callable[[], bool]:
    """The floor of requests."""

    def step() -> bool:
        status, _body = client.send("empty", "GET", "/bench/empty")
        assert status == 200, status
        return True

    return step
