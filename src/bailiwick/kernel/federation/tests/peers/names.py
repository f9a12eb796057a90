"""A name server of its own, on a port of this machine."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


class NameServer:
    """Knows TXT records: `texts["_bailiwick.example.com"] = ["…"]`; is silent while `is_away`."""

    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = {}
        self.is_away = False
        self.address = ""

    def answer(self, asked: bytes) -> bytes:
        question = dns.message.from_wire(asked)
        response = dns.message.make_response(question)
        response.flags |= dns.flags.RA
        name = question.question[0].name
        if texts := self.texts.get(name.to_text(omit_final_dot=True)):
            quoted = [f'"{text}"' for text in texts]
            response.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *quoted))
        else:
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response.to_wire()


@contextmanager
def serving() -> Iterator[NameServer]:
    names = NameServer()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            asked, connection = self.request
            if not names.is_away:
                connection.sendto(names.answer(asked), self.client_address)

    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address: Any = server.server_address
        names.address = f"127.0.0.1:{address[1]}"
        yield names
        server.shutdown()
