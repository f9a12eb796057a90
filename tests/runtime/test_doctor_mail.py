"""`bailiwick doctor` asks the mail server what a mail would be told."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bailiwick.config.doctor.mail import look_at_mail_server
from bailiwick.config.environment import mail
from tests.runtime.findings import only, told
from tests.runtime.installations import Installation
from tests.runtime.mail_servers import mail_server

SIGNS_IN = ("AUTH LOGIN PLAIN",)


@pytest.fixture
def named(settings: Any) -> Any:
    """Names a mail server as the environment would."""

    def name(url: str) -> None:
        settings.DEFAULT_FROM_EMAIL = "Bailiwick <bailiwick@example.org>"
        for key, value in mail(url).items():
            setattr(settings, key, value)

    return name


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """One that nobody has signed."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nobody")])
    begin = datetime.now(UTC) - timedelta(hours=1)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "server.pem"
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, form, plain) + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def test_a_server_that_takes_our_mail_and_none_at_all(named: Any) -> None:
    assert list(look_at_mail_server()) == []
    with mail_server({"AUTH": "235 in"}, SIGNS_IN) as port:
        named(f"smtp://a:b@127.0.0.1:{port}?tls=no")
        assert told(look_at_mail_server()) == []


def test_nobody_answers(named: Any) -> None:
    named("smtp://127.0.0.1:1?tls=no")
    level, sentence = only(look_at_mail_server())
    assert level == "bad"
    assert "127.0.0.1:1 cannot be reached" in sentence


def test_a_login_that_is_refused_is_told_without_the_password(named: Any) -> None:
    with mail_server({"AUTH": "535 not you"}, SIGNS_IN) as port:
        named(f"smtp://a:geheim@127.0.0.1:{port}?tls=no")
        [found] = look_at_mail_server()
    assert "refuses the login (not you)" in found.sentence
    assert "geheim" not in str(found)


def test_a_server_that_does_not_encrypt_or_does_not_know_logins(named: Any) -> None:
    with mail_server({}) as port:
        named(f"smtp://127.0.0.1:{port}")
        assert "STARTTLS" in only(look_at_mail_server())[1]
        named(f"smtp://a:b@127.0.0.1:{port}?tls=no")
        assert "AUTH" in only(look_at_mail_server())[1]


def test_a_certificate_that_nobody_signed(named: Any, certificate: Path) -> None:
    with mail_server({"STARTTLS": "220 go on"}, ("STARTTLS",), certificate) as port:
        named(f"smtp://127.0.0.1:{port}")
        assert "cannot be trusted" in only(look_at_mail_server())[1]


def test_a_sender_that_is_not_taken(named: Any) -> None:
    with mail_server({"MAIL": "550 not from there"}) as port:
        named(f"smtp://127.0.0.1:{port}?tls=no")
        assert "nothing from Bailiwick <bailiwick@example.org> (not from there)" in only(look_at_mail_server())[1]


def test_the_command_tells_it(tmp_path: Path) -> None:
    result = Installation(tmp_path).run("doctor", BAILIWICK_EMAIL_URL="smtp://127.0.0.1:1?tls=no")
    assert result.returncode == 1
    assert "bad   The mail server 127.0.0.1:1 cannot be reached" in result.stdout
    assert "Traceback" not in result.stderr
