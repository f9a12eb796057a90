"""A time-stamping authority of one's own, by `openssl ts`: a root, a certificate for time stamps, and a server."""

import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CONFIGURATION = """
[tsa]
default_tsa = house
[house]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/root.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
"""
USAGE = "extendedKeyUsage=critical,timeStamping"
Change = Callable[[bytes], bytes]


def unchanged(content: bytes) -> bytes:
    return content


def openssl(*arguments: str, given: bytes = b"") -> bytes:
    result = subprocess.run(["openssl", *arguments], input=given, capture_output=True, check=False)
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout


@dataclass
class Authority:
    """`url` answers; `ask` changes a question on its way in, `tell` an answer on its way out."""

    folder: Path
    ask: Change = unchanged
    tell: Change = unchanged
    url: str = ""

    def found(self) -> "Authority":
        """Make keys and certificates."""
        for name, subject in (("root", "/CN=Root of a test"), ("tsa", "/CN=Authority of a test")):
            key = ["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self._at(f"{name}.key")]
            openssl(*key)
            openssl("req", "-new", "-key", self._at(f"{name}.key"), "-subj", subject, "-out", self._at(f"{name}.csr"))
        signed = ["-days", "30", "-out"]
        openssl("x509", "-req", "-in", self._at("root.csr"), "-signkey", self._at("root.key"), *signed, self.root)
        (self.folder / "usage").write_text(USAGE)
        by = ["-CA", self.root, "-CAkey", self._at("root.key"), "-CAcreateserial", "-extfile", self._at("usage")]
        openssl("x509", "-req", "-in", self._at("tsa.csr"), *by, *signed, self._at("tsa.pem"))
        (self.folder / "serial").write_text("01\n")
        (self.folder / "tsa.cnf").write_text(CONFIGURATION.format(folder=self.folder))
        return self

    @property
    def root(self) -> str:
        return self._at("root.pem")

    def answer(self, question: bytes) -> bytes:
        (self.folder / "question.tsq").write_bytes(self.ask(question))
        how = ["-config", self._at("tsa.cnf"), "-queryfile", self._at("question.tsq")]
        return self.tell(openssl("ts", "-reply", *how))

    def serve(self) -> ThreadingHTTPServer:
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = authority.answer(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: object) -> None: ...

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_port}/"
        return server

    def verify(self, content: bytes, answer: bytes) -> str:
        """What `openssl ts -verify` says."""
        (self.folder / "content").write_bytes(content)
        (self.folder / "answer.tsr").write_bytes(answer)
        how = ["-data", self._at("content"), "-in", self._at("answer.tsr"), "-CAfile", self.root]
        return openssl("ts", "-verify", *how).decode()

    def _at(self, name: str) -> str:
        return str(self.folder / name)
