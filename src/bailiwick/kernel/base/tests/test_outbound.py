import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bailiwick.kernel.base import outbound
from bailiwick.kernel.base.outbound import AddressRefused, NotReachable, call, check_url, may_call, resolve


class Peer(BaseHTTPRequestHandler):
    seen: list[str] = []

    def do_GET(self) -> None:
        self.seen.append(f"{self.headers['Host']}{self.path}")
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "/data")
            self.end_headers()
            return
        body = b"x" * (outbound.LARGEST + 1) if self.path == "/large" else b'{"a": 1}'
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *values: Any) -> None:
        pass


@pytest.fixture
def peer() -> Iterator[ThreadingHTTPServer]:
    Peer.seen.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Peer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def with_certificate(server: ThreadingHTTPServer, folder: Path, name: str) -> str:
    """Serve TLS for a name; the path of the certificate that vouches for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begins = datetime.now(UTC) - timedelta(hours=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    return str(path)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
        "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "nothing",
        "::127.0.0.1", "fec0::1", "64:ff9b:1::7f00:1", "5f00::1", "3fff::1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public_are_refused(settings: Any, address: str) -> None:
    settings.OUTBOUND_ALLOWED = []
    assert not may_call(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses_may_be_called(settings: Any, address: str) -> None:
    settings.OUTBOUND_ALLOWED = []
    assert may_call(address)


def test_an_installation_can_allow_a_network_of_its_own(settings: Any) -> None:
    settings.OUTBOUND_ALLOWED = ["10.1.0.0/16"]
    assert may_call("10.1.2.3") and not may_call("10.2.0.1")
    assert may_call("::ffff:10.1.2.3")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/", "ftp://example.com/", "https://", "//example.com", "https://user@example.com/",
        "https://:word@example.com/",
        "https://example.com/#x", "https://example.com\\@10.0.0.1/", "https://example.com/\n", "https://ex ample.com/",
        "https://example.com:port/", "https://[::1/", "file:///etc/passwd", "",
    ],
)  # fmt: skip
def test_only_https_is_called(url: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(url)


def test_plain_http_is_for_this_machine_and_only_where_a_setting_says_so(settings: Any) -> None:
    assert check_url("http://localhost:1/")
    settings.OUTBOUND_PLAIN = False
    with pytest.raises(AddressRefused):
        check_url("http://localhost:1/")


def test_an_answer_is_read(peer: ThreadingHTTPServer) -> None:
    answer = call("GET", f"http://localhost:{peer.server_port}/data")
    assert answer.status == 200 and answer.json() == {"a": 1}


def test_a_name_that_means_a_private_address_is_not_called(settings: Any, peer: ThreadingHTTPServer) -> None:
    settings.OUTBOUND_ALLOWED = []
    with pytest.raises(AddressRefused):
        call("GET", f"http://localhost:{peer.server_port}/data")
    assert Peer.seen == []


def test_one_private_address_among_public_ones_is_enough_to_refuse(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OUTBOUND_ALLOWED = []
    names = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *given, **options: names)
    with pytest.raises(AddressRefused):
        resolve("example.com", 443)


def test_a_name_is_looked_up_once_so_that_it_cannot_change_its_mind(
    peer: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def once(host: str, *given: Any, **options: Any) -> Any:
        if host == "localhost":
            asked.append(host)
        return real("127.0.0.1" if len(asked) < 2 else "10.0.0.1", *given, **options)

    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", once)
    assert call("GET", f"http://localhost:{peer.server_port}/data").status == 200
    assert asked == ["localhost"]


def test_a_redirect_is_not_followed(peer: ThreadingHTTPServer) -> None:
    assert call("GET", f"http://localhost:{peer.server_port}/elsewhere", allow_redirects=True).status == 302
    assert Peer.seen == [f"localhost:{peer.server_port}/elsewhere"]


def test_an_answer_without_end_is_cut_off(peer: ThreadingHTTPServer) -> None:
    with pytest.raises(NotReachable):
        call("GET", f"http://localhost:{peer.server_port}/large")


@pytest.mark.parametrize("drop", [b"X-A: b\r\n", b"x"])
def test_an_answer_that_comes_byte_after_byte_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, drop: bytes) -> None:
    """Headers without end, or one that never ends: each piece comes in time."""
    monkeypatch.setattr(outbound, "TIMES", (1, 1))
    monkeypatch.setattr(outbound, "WHOLE", -1)
    ends = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            peer, _from = server.accept()
            with peer, suppress(OSError):
                peer.sendall(b"HTTP/1.1 200 OK\r\n")
                while not ends.wait(0.2):
                    peer.sendall(drop)

        threading.Thread(target=drip, daemon=True).start()
        begun = time.monotonic()
        with pytest.raises(NotReachable):
            call("GET", f"http://127.0.0.1:{server.getsockname()[1]}/")
        ends.set()
    assert time.monotonic() - begun < 10


def test_no_more_than_some_addresses_are_tried(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OUTBOUND_ALLOWED = []
    tried: list[str] = []

    def refuse(address: str, connection: Any) -> socket.socket:
        tried.append(address)
        raise OSError

    monkeypatch.setattr(outbound, "resolve", lambda host, port: [f"93.184.215.{number}" for number in range(1, 100)])
    monkeypatch.setattr(outbound, "_open", refuse)
    with pytest.raises(NotReachable):
        call("GET", "https://example.com/")
    assert len(tried) == outbound.MOST_TRIED


def test_nobody_there_is_said_so(unused_port: int) -> None:
    with pytest.raises(NotReachable):
        call("GET", f"http://localhost:{unused_port}/")
    with pytest.raises(NotReachable):
        call("GET", "https://nobody.invalid/")


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_the_certificate_is_that_of_the_name_although_an_address_is_called(
    peer: ThreadingHTTPServer, tmp_path: Path
) -> None:
    trusted = with_certificate(peer, tmp_path, "localhost")
    assert call("GET", f"https://localhost:{peer.server_port}/data", verify=trusted).status == 200
    assert Peer.seen == [f"localhost:{peer.server_port}/data"]
    with pytest.raises(NotReachable):
        call("GET", f"https://localhost:{peer.server_port}/data")  # trusted by nobody


def test_the_certificate_of_another_name_is_refused(peer: ThreadingHTTPServer, tmp_path: Path) -> None:
    trusted = with_certificate(peer, tmp_path, "example.com")
    with pytest.raises(NotReachable):
        call("GET", f"https://localhost:{peer.server_port}/data", verify=trusted)
    assert Peer.seen == []
