"""Who may try to sign in, and from where.

A password is guessed at from one address, or at one account from many. Each is counted, and so is each account from
devices that nobody knows; a device that the person has signed in from carries a cookie, and has an allowance of its
own, so that guesses from elsewhere do not lock them out (OWASP, "Device cookies").
"""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address, ip_network
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.utils.translation import gettext as _

from bailiwick.kernel.base.callers import caller_of
from bailiwick.kernel.base.rates import client_address, refund, spend
from bailiwick.kernel.identity.actions.devices import note_device
from bailiwick.kernel.identity.errors import InvalidCredentials, TooManyTries
from bailiwick.kernel.identity.models import Session
from bailiwick.kernel.identity.queries import find_by_login
from bailiwick.kernel.identity.queries.devices import is_device, is_device_of_member, is_known_device
from bailiwick.kernel.identity.rules.logins import normal
from bailiwick.kernel.tenancy.scope import enter

DEVICE_COOKIE = "bw_device"

Counted = tuple[str, str]


@contextmanager
def attempt(request: HttpRequest, login: str, password: str, *, place: UUID | None = None) -> Iterator[None]:
    """Try a password within this block; InvalidCredentials says that it was wrong.

    `place` is the organisation whose directory knows the login: there a device is known once a member has used it.
    Raises TooManyTries for an address that has tried too often; InvalidCredentials, as for a wrong password and after
    as long, for an account that is under attack where the device is not known.
    """
    by_address = ("sign_in_address", _network(client_address(request)))
    if wait := _overdrawn(by_address):
        sentence = _("Too many attempts from your network. Wait %(minutes)d min and try again.")
        raise TooManyTries(sentence % {"minutes": max(1, round(wait / 60))}, retry_after=max(1, round(wait)))
    by_account = _count_account(request, login, place)
    if by_account is None:
        make_password(password)  # as long as a comparison takes
        user = find_by_login(login)
        raise InvalidCredentials(person_id=user.id if user else None, why="locked")
    is_wrong = False
    try:
        yield
    except InvalidCredentials:
        is_wrong = True
        raise
    finally:
        if not is_wrong:
            refund(*by_address)
            refund(*by_account)


def _count_account(request: HttpRequest, login: str, place: UUID | None) -> Counted | None:
    """The allowance that the attempt was taken from; None when none is left."""
    account = _digest(f"{place or ''}{normal(login).casefold()}").hex()
    token = request.COOKIES.get(DEVICE_COOKIE, "")
    ways: list[Counted] = [("sign_in_account", account)]
    if token and _is_known(_digest(token), login, place):
        ways.insert(0, ("sign_in_device", f"{account}:{_digest(token).hex()}"))
    return next((way for way in ways if not _overdrawn(way)), None)


def _is_known(digest: bytes, login: str, place: UUID | None) -> bool:
    if place is None:
        return is_known_device(digest, login)
    with enter(place):
        return is_device_of_member(digest)


def _overdrawn(counted: Counted) -> float:
    """Count one more: 0 while there is something left, else the seconds until there is again."""
    spent = spend(*counted)
    return 0 if spent is None or spent.is_allowed else max(spent.resets_in, 1)


def remember_browser(request: HttpRequest, session: Session) -> tuple[str, bool]:
    """The token of this browser's cookie, and whether the person never came in by this browser before."""
    token = request.COOKIES.get(DEVICE_COOKIE, "")
    if not (token and is_device(_digest(token))):
        token = secrets.token_urlsafe(32)  # nobody else chooses what a browser is known by
    return token, _note(request, session, _digest(token))


def remember_program(request: HttpRequest, session: Session) -> bool:
    """A program keeps no cookie: it is known by its address and by what it says of itself, and trusted no more."""
    caller = caller_of(request)
    return _note(request, session, _digest(f"{session.user_id} {caller.address} {caller.agent}"))


def _note(request: HttpRequest, session: Session, digest: bytes) -> bool:
    return note_device(session, digest, caller_of(request), request.request_id)  # type: ignore[attr-defined]


def _network(address: str) -> str:
    """Whoever has one address of IPv6 has the whole network of it."""
    try:
        given = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    return str(ip_network((given, 64), strict=False)) if given.version == 6 else str(given)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
