"""A mail server that says what a test wants to hear."""

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def mail_server(
    answers: dict[str, str], offers: tuple[str, ...] = (), certificate: Path | None = None
) -> Iterator[int]:
    """Gives the port; `answers` are by command, and what is not among them is taken."""

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 ready")
            while line := self.rfile.readline().decode().strip():
                self.answer(line.split()[0].upper())

        def answer(self, command: str) -> None:
            if command == "EHLO":
                for each in ("here", *offers):
                    self.say(f"250-{each}")
            self.say(answers.get(command, "250 well"))
            if command == "STARTTLS" and certificate:
                context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
                context.load_cert_chain(certificate)
                self.connection = context.wrap_socket(self.connection, server_side=True)
                self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")

        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())
            self.wfile.flush()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that leaves, as one that does not trust us does."""

    with Server(("127.0.0.1", 0), Talk) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
