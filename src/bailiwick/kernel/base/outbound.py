"""Calls to addresses that users gave: the one place from which the server speaks to what others named.

Only to public addresses (and networks of OUTBOUND_ALLOWED), so that nobody reads our neighbours through us. A name is
looked up once a connection, and the connection goes to what was looked at (no rebinding). Never a redirect.
"""

import json
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Timer
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.util.connection import create_connection

from bailiwick.kernel.base.errors import DomainError

LARGEST = 1024 * 1024
"""Bytes of an answer."""
TIMES = (5, 10)
"""Seconds for a connection, and for each piece of an answer."""
WHOLE = 12
"""Seconds for an answer."""
MOST_TRIED = 3
"""Addresses of a host, of which each may let us wait."""
TRANSLATED = ip_network("64:ff9b::/96")
"""IPv4 addresses behind a translator (RFC 6052)."""
UNICAST, EXAMPLES = ip_network("2000::/3"), ip_network("3fff::/20")
"""What of IPv6 is given to anybody at all (RFC 4291), but for what documentation uses (RFC 9637)."""

Address = IPv4Address | IPv6Address


class NotReachable(DomainError):
    code = "base.outbound_not_reachable"
    message = _("The other side does not answer as it should. Nothing was changed. Try again, or ask who keeps it.")
    status = 502


class AddressRefused(DomainError):
    code = "base.outbound_refused"
    message = _("This address is not called from here: only https, and only public addresses. Nothing was changed.")
    status = 400


class _Refused(OSError):
    """Comes through the libraries as it is."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, read to its end."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> dict[str, Any]:
        """The object in it; raises NotReachable when there is none."""
        try:
            found = json.loads(self.content)
        except ValueError as failure:
            raise NotReachable from failure
        if not isinstance(found, dict):
            raise NotReachable
        return found


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, each of which may be called; raises AddressRefused, NotReachable."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as failure:
        raise NotReachable from failure
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    if not addresses or not all(may_call(address) for address in addresses):
        raise AddressRefused
    return addresses


def may_call(address: str) -> bool:
    """Whether an address is public, or in a network that the installation allows."""
    try:
        meant = _meant(ip_address(address.partition("%")[0]))
    except ValueError:
        return False
    if any(meant in ip_network(network) for network in settings.OUTBOUND_ALLOWED):
        return True
    if isinstance(meant, IPv6Address) and (meant not in UNICAST or meant in EXAMPLES):
        return False
    return meant.is_global and not meant.is_multicast


def _meant(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, where it does."""
    if isinstance(address, IPv4Address):
        return address
    if address in TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def check_url(url: str) -> str:
    """The URL when it may be called by its form; raises AddressRefused. Plain http is for this machine's tests."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError as failure:
        raise AddressRefused from failure
    is_plain = parts.scheme == "http" and settings.OUTBOUND_PLAIN and host in ("localhost", "127.0.0.1", "::1")
    if not host or "@" in parts.netloc or parts.fragment or not (parts.scheme == "https" or is_plain):
        raise AddressRefused
    if not url.isprintable() or "\\" in url or " " in url:
        raise AddressRefused
    return url


def call(method: str, url: str, **options: Any) -> Answer:
    """One request as `requests.request` takes it; raises AddressRefused, NotReachable. Any status is an answer."""
    with Caller() as caller:
        response = caller.request(method, check_url(url), **options)
        return Answer(response.status_code, response.headers, response.content)


class Caller(requests.Session):
    """A session of `requests` that speaks to permitted addresses alone, and reads a bounded answer."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False  # neither proxies nor .netrc of whoever started the server
        self.adapters.clear()
        self.mount("https://", GuardedAdapter())
        self.mount("http://", GuardedAdapter())

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        """Raises AddressRefused, NotReachable. No option lets it follow a redirect, or wait without end."""
        check_url(request.url or "")
        given = options | {"timeout": options.get("timeout") or TIMES, "allow_redirects": False, "stream": True}
        try:
            with _watched() as watch:
                response = super().send(request, **given)
                response._content = _read(response)
            if watch.is_over:
                raise NotReachable
            return response
        except (requests.RequestException, HTTPError, _Refused) as failure:
            if _is_refused(failure):
                raise AddressRefused from failure
            raise NotReachable from failure


class _Watch:
    """Shuts the connection of a call that takes too long: whoever sends byte after byte passes every other limit."""

    def __init__(self) -> None:
        self.socket: socket.socket | None = None
        self.is_over = False

    def begin(self, opened: socket.socket) -> None:
        """The question was put; the answer may begin."""
        self.socket = opened
        if self.is_over:
            self.end()

    def end(self) -> None:
        self.is_over = True
        if self.socket is not None:
            with suppress(OSError):  # it may have been closed at this moment
                # Not that of TLS, which would go on to read what comes as if it were in the clear.
                socket.socket.shutdown(self.socket, socket.SHUT_RDWR)


_watch: ContextVar[_Watch | None] = ContextVar("bailiwick_outbound_watch", default=None)


@contextmanager
def _watched() -> Iterator[_Watch]:
    watch = _Watch()
    timer, token = Timer(sum(TIMES) + WHOLE, watch.end), _watch.set(watch)
    timer.daemon = True
    timer.start()
    try:
        yield watch
    finally:
        timer.cancel()
        _watch.reset(token)


def _read(response: Any) -> bytes:
    """The answer, until it is too large or takes too long."""
    pieces, size, ends = [], 0, time.monotonic() + WHOLE
    with response:
        while piece := response.raw.read1(64 * 1024, decode_content=True):
            size += len(piece)
            if size > LARGEST or time.monotonic() > ends:
                raise NotReachable
            pieces.append(piece)
    return b"".join(pieces)


def _is_refused(failure: BaseException | None) -> bool:
    while failure is not None:
        if isinstance(failure, _Refused):
            return True
        failure = failure.__cause__ or failure.__context__
    return False


def _connect(connection: Any) -> socket.socket:
    """A connection to an address that was looked at; name and certificate stay those of the host."""
    try:
        addresses = resolve(connection.host, connection.port)
    except AddressRefused as refusal:
        raise _Refused from refusal
    except NotReachable as failure:
        raise requests.ConnectionError from failure
    *others, last = addresses[:MOST_TRIED]
    for address in others:
        try:
            return _open(address, connection)
        except OSError:
            continue  # the host has more addresses than answer
    return _open(last, connection)


def _open(address: str, connection: Any) -> socket.socket:
    return create_connection((address, connection.port), connection.timeout, socket_options=connection.socket_options)


class _Guarded(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _connect(self)

    def getresponse(self) -> Any:
        watch = _watch.get()
        if watch is not None and self.sock is not None:
            watch.begin(self.sock)
        return super().getresponse()


class GuardedConnection(_Guarded):
    pass


class GuardedTlsConnection(_Guarded, HTTPSConnection):
    pass


class GuardedPool(HTTPConnectionPool):
    ConnectionCls = GuardedConnection


class GuardedTlsPool(HTTPSConnectionPool):
    ConnectionCls = GuardedTlsConnection


class GuardedAdapter(HTTPAdapter):
    """Opens connections by `_connect` and in no other way."""

    def init_poolmanager(self, *sizes: Any, **options: Any) -> None:
        super().init_poolmanager(*sizes, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": GuardedPool, "https": GuardedTlsPool}
