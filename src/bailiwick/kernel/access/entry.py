"""Entering a scope by a credential: one statement sets it and brings the actor back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.http import HttpRequest

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import NoSuchPerson, WrongOrganization
from bailiwick.kernel.base.callers import Caller
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.base.rates import spend_of
from bailiwick.kernel.identity.choices import Credential, SessionKind
from bailiwick.kernel.identity.errors import KeyNotFromHere, KeyTooBusy
from bailiwick.kernel.identity.queries import find_member
from bailiwick.kernel.tenancy.queries import find_organization
from bailiwick.kernel.tenancy.scope import EMPTY, Scope, apply, assume, current_scope, enter

BY_MEMBER = "SELECT * FROM access_enter(%s, %s, %s)"
BY_KEY = "SELECT * FROM access_enter_by_key(%s, %s)"
BY_SESSION = "SELECT * FROM access_enter_by_session(%s, %s, %s)"
TOUCH_KEY = (
    "UPDATE identity_apikey SET last_used_at = now() WHERE id = (SELECT id FROM identity_apikey"
    " WHERE id = %s AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute') FOR UPDATE SKIP LOCKED)"
)
TOUCH_SESSION = (
    "UPDATE identity_session SET last_used_at = statement_timestamp(), agent = %s, address = %s WHERE id ="
    " (SELECT id FROM identity_session WHERE id = %s FOR UPDATE SKIP LOCKED)"
)
KINDS = {SessionKind.BROWSER: Credential.SESSION, SessionKind.TOKEN: Credential.TOKEN}


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A session that lives, in an organisation that by now takes other ways in only (`asked`)."""

    organization_id: UUID
    user_id: UUID
    method: str
    asked: list[str]


@contextmanager
def enter_as_member(
    organization_id: UUID, member_id: UUID, *, credential: str, request_id: str
) -> Iterator[Actor | None]:
    """Inside an open transaction: act as a member, for jobs and commands; None when they may not act any more."""
    row = _fetch(BY_MEMBER, [organization_id, member_id, request_id])
    with _acting(_actor(row, credential), request_id) as actor:
        yield actor


@contextmanager
def enter_by_key(digest: bytes, *, caller: Caller, request_id: str) -> Iterator[Actor | None]:
    """Inside an open transaction: act as the member whose key has this SHA-256; None when it is not valid.

    Raises KeyNotFromHere, KeyTooBusy.
    """
    row = _fetch(BY_KEY, [digest, request_id])
    if row:
        _check_key(row, caller)
    if row and row["is_stale"]:
        _execute(TOUCH_KEY, [row["key_id"]])
    with _acting(_actor(row, Credential.KEY), request_id) as actor:
        yield actor


def _check_key(row: dict[str, Any], caller: Caller) -> None:
    refusal: KeyNotFromHere | KeyTooBusy | None = None
    if row["addresses"] and not _is_within(caller.address, row["addresses"]):
        refusal = KeyNotFromHere()
    elif row["rate"] is not None:
        spent = spend_of("key", str(row["key_id"]), row["rate"], 60)
        if spent is not None and not spent.is_allowed:
            refusal = KeyTooBusy(retry_after=max(1, round(spent.resets_in)))
    if refusal:
        apply(EMPTY)
        raise refusal


def _is_within(address: str | None, networks: list[str]) -> bool:
    return address is not None and any(ip_address(address) in ip_network(network) for network in networks)


@contextmanager
def enter_by_session(
    session_id: UUID, *, kind: str, caller: Caller | None = None, request_id: str
) -> Iterator[Actor | NotTaken | None]:
    """Inside an open transaction: act as the person of a session; None when it is over, or of another kind.

    Without a caller the session is not noted as used.
    """
    row = _fetch(BY_SESSION, [session_id, str(kind), request_id])
    if row and row["asked"] is not None:
        yield NotTaken(row["organization_id"], row["user_id"], row["method"], row["asked"])
        return
    if row and caller and (row["is_stale"] or (row["agent"], _text(row["address"])) != (caller.agent, caller.address)):
        _execute(TOUCH_SESSION, [caller.agent, caller.address, session_id])
    with _acting(_actor(row, KINDS[SessionKind(kind)]), request_id) as actor:
        yield actor


def _text(address: object) -> str | None:
    return str(address) if address else None


def _execute(statement: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@contextmanager
def acting_as(slug: str, login: str, request_id: str = "") -> Iterator[Actor]:
    """A transaction as a person of an organisation, for whoever works on the machine itself; raises NoSuchPerson."""
    organization = find_organization(slug)
    if organization is None:
        raise NoSuchPerson
    with enter(organization.id):
        member = find_member(login)
    if member is None:
        raise NoSuchPerson
    entry = enter_as_member(organization.id, member.id, credential=Credential.SYSTEM, request_id=request_id)
    with transaction.atomic(), entry as actor:
        if actor is None:
            raise NoSuchPerson
        yield actor


@contextmanager
def _acting(actor: Actor | None, request_id: str) -> Iterator[Actor | None]:
    nested = len(connection.savepoint_ids) > 0
    scope = EMPTY
    if actor:
        came_from = (request_id, current_scope().address, actor.session_id or actor.key_id)
        scope = Scope(actor.organization_id, actor.member_id, actor.user_id, *came_from)
    try:
        with assume(scope):
            yield actor
    finally:
        if nested and not connection.needs_rollback:
            apply(current_scope())


def _fetch(statement: str, values: list[Any]) -> dict[str, Any] | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
        return dict(zip((column.name for column in cursor.description), row, strict=True)) if row else None


def _actor(row: dict[str, Any] | None, credential: str) -> Actor | None:
    if row is None:
        return None
    return Actor(
        organization_id=row["organization_id"],
        member_id=row["member_id"],
        user_id=row["user_id"],
        name=row["name"],
        kind=row["kind"],
        credential=credential,
        roles=tuple(row["roles"]),
        rights=_counting(row["rights"], row["scopes"]),
        object_rights=_counting(row["object_rights"], row["scopes"]),
        session_id=row.get("session_id"),
        method=row.get("method", ""),
        authenticated_at=row.get("authenticated_at"),
        is_confined=row.get("is_confined", False),
        key_id=row.get("key_id"),
    )


def _counting(rights: list[str], scopes: list[str] | None) -> frozenset[str]:
    """Those that a manifest still declares, cut down to a key's scopes."""
    declared = registry().rights
    return frozenset(right for right in rights if right in declared and (scopes is None or right in scopes))


def check_form_organization(request: HttpRequest) -> None:
    """Raises WrongOrganization when a form was rendered for another organisation than the session's present one."""
    given = request.POST.get("organization", "")
    if given and request.actor and given != str(request.actor.organization_id):  # type: ignore[attr-defined]
        raise WrongOrganization
