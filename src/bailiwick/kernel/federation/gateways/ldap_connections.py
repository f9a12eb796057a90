"""A connection to a directory, as somebody.

The name is looked up once and the address looked at (`base.outbound`); the certificate is checked against the name.
Without TLS nothing is said, except to this machine itself. Referrals are not followed: a password goes nowhere else.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from ipaddress import ip_address
from ssl import CERT_REQUIRED
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import structlog
from django.utils.translation import gettext as _
from ldap3 import NONE, SIMPLE, Connection, Server, Tls
from ldap3.core.exceptions import LDAPCommunicationError, LDAPException, LDAPSocketOpenError

from bailiwick.kernel.base.errors import DomainError
from bailiwick.kernel.base.outbound import resolve
from bailiwick.kernel.federation.errors import DirectoryFault
from bailiwick.kernel.federation.gateways.ldap_attributes import STATES

if TYPE_CHECKING:
    from bailiwick.kernel.federation.models import Provider

logger = structlog.get_logger(__name__)

CONNECT, ANSWER, WHOLE = 5, 10, 60
"""Seconds for a connection, for a piece of an answer, and for all that one connection is asked."""
LARGEST = 32 * 1024 * 1024
"""Bytes that one connection may answer."""
QUIET = {"auto_referrals": False, "auto_range": False, "read_only": True, "check_names": False}
WRONG = (32, 48, 49, 53)
"""No such object, inappropriate authentication, invalid credentials, unwilling: no way in with this password."""


@dataclass(frozen=True, slots=True)
class Directory:
    """How a directory is asked. Filters hold `{login}`, what was typed, and `{dn}`, whose groups are looked for.

    `nesting` says who follows groups in groups: "walk" we do, "chain" Active Directory does, "none" nobody.
    `certificate` is a PEM of who signed the directory's certificate, where the system does not know them.
    """

    url: str
    base: str
    bind_dn: str = ""
    is_starttls: bool = False
    user_filter: str = "(uid={login})"
    identifier: str = "entryUUID"
    name: str = "displayName"
    email: str = "mail"
    group_base: str = ""
    group_name: str = "cn"
    nesting: str = "walk"
    certificate: str = ""

    @classmethod
    def of(cls, provider: "Provider") -> "Directory":
        """Raises DirectoryFault where a setting is missing."""
        known = {field.name for field in fields(cls)}
        try:
            return cls(**{name: value for name, value in provider.settings.items() if name in known})
        except TypeError as failure:
            raise DirectoryFault(_("The settings of this directory are not complete.")) from failure

    @property
    def told(self) -> list[str]:
        return [self.identifier, self.name, "cn", self.email, *STATES]


@contextmanager
def connected(directory: Directory, dn: str, password: str) -> Iterator[Connection | None]:
    """A connection as somebody, or as nobody without a name; None when it does not take the password."""
    connection = None
    try:
        connection = _open(directory, dn, password)
        connection.socket = Bounded(connection.socket)
        is_bound = connection.bind()
        if not is_bound and connection.result["result"] not in WRONG:
            raise DirectoryFault(_reason(connection.result["description"]))
        yield connection if is_bound else None
    except DomainError:
        raise
    except Exception as failure:
        # What a peer sends makes the parser fail in ways that it does not name.
        logger.warning("directory_failed", url=directory.url, exc_info=failure)
        raise DirectoryFault(_reason(_what_failed(failure))) from failure
    finally:
        if connection is not None:
            _close(connection)


def _reason(told: str) -> str:
    return _("The directory does not answer as it should ({reason}). Nothing was changed.").format(reason=told)


def _what_failed(failure: Exception) -> str:
    """In words that tell a stranger nothing of the network."""
    if "certificate" in str(failure).lower():
        return _("its certificate is not one that we trust for this name")
    return _("no connection") if isinstance(failure, LDAPCommunicationError) else _("its answer cannot be read")


def _open(directory: Directory, dn: str, password: str) -> Connection:
    """A connection to the first address of the host that answers."""
    host, addresses, port, is_tls = _place(directory)
    tls = Tls(validate=CERT_REQUIRED, valid_names=[host], sni=host, ca_certs_data=directory.certificate or None)
    identity: Mapping[str, Any] = {"user": dn, "password": password, "authentication": SIMPLE} if dn else {}
    places = [Server(each, port, use_ssl=is_tls, tls=tls, get_info=NONE, connect_timeout=CONNECT) for each in addresses]
    *others, last = [Connection(place, **identity, receive_timeout=ANSWER, **QUIET) for place in places]
    for connection in others:
        with suppress(LDAPSocketOpenError):
            return _begin(connection, directory)
    return _begin(last, directory)


def _begin(connection: Connection, directory: Directory) -> Connection:
    try:
        connection.open(read_server_info=False)
        if directory.is_starttls and not connection.server.ssl:
            connection.start_tls(read_server_info=False)
    except LDAPException:
        _close(connection)
        raise
    return connection


def _close(connection: Connection) -> None:
    """The library leaves a socket open that it could not open whole."""
    connection.strategy.close()
    if connection.socket is not None:
        connection.socket.close()


def _place(directory: Directory) -> tuple[str, list[str], int, bool]:
    """Host, addresses, port, and whether TLS comes first; raises DirectoryFault where words would go unprotected."""
    try:
        parts = urlsplit(directory.url)
        host, port = parts.hostname or "", parts.port
    except ValueError as failure:
        raise DirectoryFault(_("The address of the directory is not of the form “ldaps://host”.")) from failure
    if parts.scheme not in ("ldap", "ldaps") or not host:
        raise DirectoryFault(_("The address of the directory is not of the form “ldaps://host”."))
    is_tls = parts.scheme == "ldaps"
    number = port or (636 if is_tls else 389)
    addresses = resolve(host, number)
    is_protected = is_tls or directory.is_starttls
    if not is_protected and not all(ip_address(address).is_loopback for address in addresses):
        raise DirectoryFault(_("Without TLS only a directory on this machine is asked. Choose ldaps:// or StartTLS."))
    return host, addresses, number, is_tls


class Bounded:
    """A socket that does not read for ever, nor without end."""

    def __init__(self, plain: Any) -> None:
        self.plain, self.left, self.ends = plain, LARGEST, time.monotonic() + WHOLE

    def recv(self, size: int) -> bytes:
        data: bytes = self.plain.recv(size)
        self.left -= len(data)
        if self.left < 0 or time.monotonic() > self.ends:
            raise OSError("too much, or too slow")
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self.plain, name)
