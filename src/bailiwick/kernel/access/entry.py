"""Entering a scope by a credential: one statement sets it and brings the actor back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.timezone import now

from bailiwick.kernel.access.actors import Actor, rights_of
from bailiwick.kernel.access.errors import NoSuchPerson
from bailiwick.kernel.identity.choices import Credential
from bailiwick.kernel.identity.queries import find_member
from bailiwick.kernel.tenancy.queries import find_organization
from bailiwick.kernel.tenancy.scope import EMPTY, Scope, apply, assume, current_scope, enter

BY_MEMBER = "SELECT * FROM access_enter(%s, %s, %s, %s)"
BY_KEY = "SELECT * FROM access_enter_by_key(%s, %s)"
TOUCH_KEY = (
    "UPDATE identity_apikey SET last_used_at = now() WHERE id = (SELECT id FROM identity_apikey"
    " WHERE id = %s AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute') FOR UPDATE SKIP LOCKED)"
)


@contextmanager
def enter_as_member(
    organization_id: UUID, member_id: UUID, *, issued_at: datetime, credential: str, request_id: str
) -> Iterator[Actor | None]:
    """Inside an open transaction: act as a member; None when member, person or credential no longer count."""
    row = _fetch(BY_MEMBER, [organization_id, member_id, issued_at, request_id])
    with _acting(_actor(row, credential), request_id) as actor:
        yield actor


@contextmanager
def enter_by_key(digest: bytes, *, request_id: str) -> Iterator[Actor | None]:
    """Inside an open transaction: act as the member whose key has this SHA-256; None when it is not valid."""
    row = _fetch(BY_KEY, [digest, request_id])
    if row and row["is_stale"]:
        with connection.cursor() as cursor:
            cursor.execute(TOUCH_KEY, [row["key_id"]])
    with _acting(_actor(row, Credential.KEY), request_id) as actor:
        yield actor


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
    entry = enter_as_member(
        organization.id, member.id, issued_at=now(), credential=Credential.SYSTEM, request_id=request_id
    )
    with transaction.atomic(), entry as actor:
        if actor is None:
            raise NoSuchPerson
        yield actor


@contextmanager
def _acting(actor: Actor | None, request_id: str) -> Iterator[Actor | None]:
    nested = len(connection.savepoint_ids) > 0
    scope = Scope(actor.organization_id, actor.member_id, actor.user_id, request_id) if actor else EMPTY
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
        rights=rights_of(tuple(row["roles"]), row["scopes"]),
        object_rights=rights_of(tuple(row["object_roles"]), row["scopes"]),
    )
