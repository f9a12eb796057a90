"""What the mail server says, asked as a mail would be sent."""

import ssl
from collections.abc import Iterator
from email.utils import parseaddr
from smtplib import SMTPAuthenticationError, SMTPException, SMTPNotSupportedError
from typing import Any

from django.conf import settings
from django.core.mail import get_connection

from bailiwick.config.doctor.findings import Finding, bad, ok, warn

TIMEOUT = 5
REFUSED = 400
URL = "BAILIWICK_EMAIL_URL"


def look_at_mail() -> Iterator[Finding]:
    """Whether a new password can be sent, and will arrive, by the settings alone."""
    if not _sends():
        yield warn(
            "No mail server is named: forgotten passwords cannot be replaced by mail",
            f"Set {URL}=smtp://user:password@host:587 and BAILIWICK_EMAIL_FROM.",
        )
    elif settings.DEFAULT_FROM_EMAIL.rstrip(">").endswith("@localhost"):
        yield warn(
            f"Mail comes from {settings.DEFAULT_FROM_EMAIL}, which no other server takes",
            "Set BAILIWICK_EMAIL_FROM to an address of yours.",
        )


def look_at_mail_server() -> Iterator[Finding]:
    """Connect, encrypt, sign in and name the sender; nothing is sent. Without a mail server there is nothing to say."""
    if not _sends():
        return
    place = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    connection: Any = get_connection(timeout=TIMEOUT)
    try:
        connection.open()
        yield from judge_sender(settings.DEFAULT_FROM_EMAIL, *_name_sender(connection.connection))
    except SMTPAuthenticationError as error:
        yield bad(
            f"The mail server {place} refuses the login ({_line(error.smtp_error)})",
            f"Put the right user and password into {URL}, characters other than letters and digits as %40.",
        )
    except SMTPNotSupportedError as error:
        yield bad(f"The mail server {place} cannot do what is asked ({error})", _remedy_of(str(error)))
    except ssl.SSLError as error:
        yield bad(
            f"The mail server {place} cannot be trusted ({error.reason})",
            f"Name it in {URL} as its certificate does; smtps:// is for port 465, smtp:// for 587.",
        )
    except (SMTPException, OSError) as error:
        yield bad(
            f"The mail server {place} cannot be reached ({_line(error)})",
            f"See that it runs and that {URL} names it; a firewall may keep port {settings.EMAIL_PORT} closed.",
        )
    finally:
        connection.close()


def judge_sender(sender: str, code: int, answer: bytes) -> Iterator[Finding]:
    """What the server says to the address that mail comes from."""
    if code >= REFUSED:
        yield bad(
            f"The mail server takes nothing from {sender} ({_line(answer)})",
            "Set BAILIWICK_EMAIL_FROM to an address that this login may send from.",
        )
    else:
        yield ok("The mail server takes our mail")


def _sends() -> bool:
    return bool(settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"))


def _name_sender(server: Any) -> tuple[int, bytes]:
    code, answer = server.mail(parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
    server.rset()
    return code, answer


def _remedy_of(what: str) -> str:
    if "STARTTLS" in what:
        return f"Use smtps:// in {URL}, or have the server offer STARTTLS; ?tls=no is for the same machine alone."
    return f"Leave user and password out of {URL}, or have the server offer to sign in."


def _line(answer: object) -> str:
    """What a server said, in one line."""
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else str(answer)
    return " ".join(text.split()) or type(answer).__name__
