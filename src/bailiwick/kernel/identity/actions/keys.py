"""The keys of programs. Whether somebody may issue one is asked in access, which knows what they and it may do."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import ActorRef, Authority
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.identity.actions.sessions import require_fresh
from bailiwick.kernel.identity.errors import ScopeNotHeld
from bailiwick.kernel.identity.keys import key_digest, key_prefix, new_key
from bailiwick.kernel.identity.manifest import REVOKE_KEYS
from bailiwick.kernel.identity.models import ApiKey


def write_key(
    actor: ActorRef,
    *,
    member_id: UUID,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime | None = None,
    rate: int | None = None,
    addresses: Sequence[str] = (),
    created_by_id: UUID | None = None,
    replaces_id: UUID | None = None,
) -> tuple[ApiKey, str]:
    """A key that has been checked, or that the installation itself gives. Raises ScopeNotHeld for an unknown right."""
    if unknown := set(scopes) - set(registry().rights):
        raise ScopeNotHeld(unknown=sorted(unknown))
    with transaction.atomic(savepoint=False):
        key = new_key()
        row = ApiKey.objects.create(
            member_id=member_id,
            name=name,
            prefix=key_prefix(key),
            digest=key_digest(key),
            scopes=list(scopes),
            rate=rate,
            addresses=list(addresses),
            created_by_id=created_by_id,
            replaces_id=replaces_id,
            expires_at=expires_at,
        )
        record(actor, "identity.key.issued", row, {"prefix": row.prefix, "scopes": row.scopes})
        return row, key


def write_rotation(
    actor: ActorRef, older: ApiKey, *, until: datetime, expires_at: datetime | None, created_by_id: UUID | None
) -> tuple[ApiKey, str]:
    """A successor with the same scopes, pace and networks; the older key goes on `until` then at most."""
    row, key = write_key(
        actor,
        member_id=older.member_id,
        name=older.name,
        scopes=older.scopes,
        expires_at=expires_at,
        rate=older.rate,
        addresses=older.addresses,
        created_by_id=created_by_id,
        replaces_id=older.id,
    )
    ends = min(until, older.expires_at or until)
    ApiKey.objects.filter(id=older.id).update(expires_at=ends)
    record(actor, "identity.key.rotated", older, {"prefix": older.prefix, "by": row.prefix, "until": ends.isoformat()})
    return row, key


def write_change(actor: ActorRef, key: ApiKey, *, name: str, rate: int | None, addresses: Sequence[str]) -> ApiKey:
    """Store what was changed of a key, if anything was."""
    values = {"name": name, "rate": rate, "addresses": list(addresses)}
    changed = [field for field, value in values.items() if getattr(key, field) != value]
    if changed:
        for field in changed:
            setattr(key, field, values[field])
        key.save(update_fields=changed)
        record(actor, "identity.key.changed", key, {"prefix": key.prefix, "changed": changed})
    return key


def revoke_key(actor: Authority, *, key_id: UUID) -> None:
    """End a key now; revoking twice changes nothing. Whoever issued a key may always revoke it. Raises NotFound."""
    with transaction.atomic(savepoint=False):
        key = lock_key(key_id)
        if key.created_by_id is None or key.created_by_id != actor.member_id:
            actor.require(REVOKE_KEYS)
        require_fresh(actor)
        if key.revoked_at is None:
            ApiKey.objects.filter(id=key_id).update(revoked_at=Now())
            record(actor.ref, "identity.key.revoked", key, {"prefix": key.prefix})


def lock_key(key_id: UUID) -> ApiKey:
    """A key that nobody else changes meanwhile; raises NotFound."""
    key = ApiKey.objects.select_for_update(of=("self",)).select_related("member").filter(id=key_id).first()
    if key is None:
        raise NotFound
    return key
