"""The fixture of a real directory, and what stands in it."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from ldap3 import MODIFY_REPLACE, NONE, Connection, Server

from bailiwick.kernel.federation.choices import ProviderKind
from bailiwick.kernel.federation.models import Provider

SERVICE = "cn=service"
_numbers = count(1)


@dataclass
class RunningDirectory:
    """The server, and one organisation's part of it below `base`."""

    port: int
    secure_port: int
    certificate: str
    base: str
    process: subprocess.Popen[bytes]

    def add(self, rdn: str, **attributes: Any) -> str:
        dn = f"{rdn},{self.base}"
        self._write(lambda connection: connection.add(dn, attributes=attributes))
        return dn

    def person(self, login: str, **attributes: Any) -> str:
        given = {"objectClass": ["person"], "uid": login, "cn": login.title(), "displayName": f"{login.title()} Sample"}
        given |= {"mail": f"{login}@example.org", "userPassword": f"password of {login}", "entryUUID": str(uuid4())}
        return self.add(f"uid={login}", **given | attributes)

    def group(self, name: str, *members: str) -> str:
        return self.add(f"cn={name}", objectClass=["groupOfNames"], cn=name, member=list(members) or ["cn=nobody"])

    def change(self, dn: str, **attributes: Any) -> None:
        changes = {name: [(MODIFY_REPLACE, value)] for name, value in attributes.items()}
        self._write(lambda connection: connection.modify(dn, changes))

    def remove(self, dn: str) -> None:
        self._write(lambda connection: connection.delete(dn))

    def provider(self, **settings: Any) -> Provider:
        """How it is asked; not stored."""
        given = {"url": f"ldap://127.0.0.1:{self.port}", "base": self.base, "group_base": self.base}
        given |= {"bind_dn": f"{SERVICE},{self.base}"}
        return Provider(
            kind=ProviderKind.LDAP, name="Directory", secret="secret of the service", settings=given | settings
        )

    def _write(self, change: Any) -> None:
        with Connection(Server("127.0.0.1", self.port, get_info=NONE), check_names=False) as connection:
            change(connection)
            assert connection.result["result"] == 0, connection.result


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def certify(folder: Path, host: str = "localhost") -> tuple[Path, Path]:
    """A key and a certificate that signs itself, for a host and 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    names = x509.SubjectAlternativeName([x509.DNSName(host), x509.IPAddress(ip_address("127.0.0.1"))])
    start = datetime.now(UTC) - timedelta(days=1)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), start, start + timedelta(9)
    )
    made = made.add_extension(names, critical=False).add_extension(x509.BasicConstraints(True, None), critical=True)
    signed = made.sign(key, hashes.SHA256())
    key_file, certificate = folder / "key.pem", folder / "certificate.pem"
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    return key_file, certificate


@pytest.fixture(scope="session")
def directory_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDirectory]:
    key, certificate = certify(tmp_path_factory.mktemp("directory"))
    port, secure = free_port(), free_port()
    command = [sys.executable, "-m", "bailiwick.kernel.federation.tests.ldap_server", str(port), str(secure)]
    process = subprocess.Popen([*command, str(key), str(certificate)])
    try:
        _wait_for(port)
        yield RunningDirectory(port, secure, certificate.read_text(), "dc=test", process)
    finally:
        process.kill()
        process.wait()


def _wait_for(port: int) -> None:
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError("the directory does not start")


@pytest.fixture
def directory(directory_server: RunningDirectory) -> RunningDirectory:
    """A part of the running directory that is nobody else's, with an account that may ask."""
    ours = f"ou=part-{next(_numbers)}"
    directory_server.add(ours, objectClass=["organizationalUnit"], ou=ours[3:])
    shown = RunningDirectory(
        directory_server.port,
        directory_server.secure_port,
        directory_server.certificate,
        f"{ours},{directory_server.base}",
        directory_server.process,
    )
    shown.add(SERVICE, objectClass=["person"], cn="service", userPassword="secret of the service")
    return shown
