"""Receivers of webhooks that note what they get, and answer as they are told."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.db import connection

from bailiwick.kernel.events.sending import Sender


@dataclass
class Got:
    """One request."""

    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def message(self) -> Any:
        return json.loads(self.body)

    @property
    def number(self) -> Any:
        return self.message["data"]["data"].get("n")


@dataclass
class Receiver:
    """`status` is answered to the next requests, after `rest` seconds."""

    url: str = ""
    status: int = 200
    rest: float = 0.0
    location: str = ""
    got: list[Got] = field(default_factory=list)

    @property
    def numbers(self) -> list[Any]:
        return [each.number for each in self.got]


class Server(ThreadingHTTPServer):
    """Says nothing of callers that are killed."""

    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *words: Any) -> None:
        pass


@contextmanager
def receiving(receiver: Receiver | None = None) -> Iterator[Receiver]:
    """A receiver on this machine."""
    receiver = receiver or Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.got.append(Got({name.lower(): value for name, value in self.headers.items()}, body))
            time.sleep(receiver.rest)
            self.send_response(receiver.status)
            if receiver.location:
                self.send_header("Location", receiver.location)
            self.send_header("Set-Cookie", "kept=no")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *words: Any) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


def send_everything() -> None:
    """Send what is due until nothing is."""
    sender = Sender()
    try:
        sender.tell()
        while sender.turn(0.3) or sender.turn(0):
            sender.tell()
    finally:
        sender.close()
        connection.ensure_connection()
