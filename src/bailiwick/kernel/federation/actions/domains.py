"""Proving that a mail domain is the organisation's own, and keeping that true."""

import secrets
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.federation.errors import DomainTaken, NoNameServer, RecordNotFound
from bailiwick.kernel.federation.gateways.dns import list_texts
from bailiwick.kernel.federation.manifest import MANAGE
from bailiwick.kernel.federation.models import Domain
from bailiwick.kernel.federation.rules.vouching import read_domain
from bailiwick.kernel.identity.actions import require_fresh

MISSED_FOR = timedelta(days=7)
"""How long a record may be missing before the domain is not the organisation's any more."""
MOST = 100


def add_domain(*, actor: Actor, name: str) -> Domain:
    """Say that a domain is ours; it counts once its record is found. Raises InvalidInput."""
    actor.require(MANAGE)
    require_fresh(actor)
    if not (domain := read_domain(name)):
        raise InvalidInput({"name": [_("This is no domain, such as example.com. Other scripts are written “xn--…”.")]})
    with transaction.atomic(savepoint=False):
        present = Domain.objects.filter(removed_at=None)
        if present.filter(name=domain).exists():
            raise InvalidInput({"name": [_("This domain is in the list already.")]})
        if present.count() >= MOST:
            raise InvalidInput({"name": [_("These are as many domains as are kept. Remove one that is not used.")]})
        row = Domain.objects.create(name=domain, token=f"bailiwick={secrets.token_urlsafe(32)}")
        row.refresh_from_db()
        record(actor.ref, "federation.domain.added", row, {"name": domain})
        return row


def verify_domain(*, actor: Actor, domain_id: UUID) -> Domain:
    """Look for the record now. Raises RecordNotFound, NoNameServer, DomainTaken, NotFound."""
    actor.require(MANAGE)
    require_fresh(actor)
    row = Domain.objects.filter(id=domain_id, removed_at=None).first()
    if row is None:
        raise NotFound
    if not _is_published(row):
        raise RecordNotFound
    with transaction.atomic():
        _note_found(actor.ref, domain_id)
    row.refresh_from_db()
    return row


def remove_domain(*, actor: Actor, domain_id: UUID) -> None:
    """Mail addresses of this domain lead nowhere any more; whoever came in by it stays. Raises NotFound."""
    actor.require(MANAGE)
    require_fresh(actor)
    with transaction.atomic(savepoint=False):
        row = _lock(domain_id)
        row.removed_at = now()
        row.save(update_fields=["removed_at"])
        record(actor.ref, "federation.domain.removed", row, {"name": row.name})


def check_domain(ref: ActorRef, domain_id: UUID) -> bool:
    """The house's daily look, in the organisation in scope; whether the record is there. Silence changes nothing."""
    row = Domain.objects.filter(id=domain_id, removed_at=None).exclude(verified_at=None).first()
    if row is None:
        return False
    try:
        is_there = _is_published(row)
    except NoNameServer:
        return False
    if is_there:
        _note_found(ref, domain_id)
    else:
        _note_missed(ref, domain_id)
    return is_there


def record_name(domain: str) -> str:
    """Where the TXT record stands."""
    return f"_bailiwick.{domain}"


def _is_published(row: Domain) -> bool:
    return row.token in list_texts(record_name(row.name))


def _lock(domain_id: UUID) -> Domain:
    row = Domain.objects.select_for_update().filter(id=domain_id, removed_at=None).first()
    if row is None:
        raise NotFound
    return row


def _note_found(ref: ActorRef, domain_id: UUID) -> None:
    row, moment = _lock(domain_id), now()
    is_new = row.verified_at is None
    row.checked_at, row.verified_at = moment, row.verified_at or moment
    try:
        with transaction.atomic():
            row.save(update_fields=["checked_at", "verified_at"])
    except IntegrityError as taken:
        raise DomainTaken from taken
    if is_new:
        record(ref, "federation.domain.verified", row, {"name": row.name})


def _note_missed(ref: ActorRef, domain_id: UUID) -> None:
    row = _lock(domain_id)
    if row.verified_at and now() - (row.checked_at or row.verified_at) > MISSED_FOR:
        row.verified_at = None
        row.save(update_fields=["verified_at"])
        record(ref, "federation.domain.lost", row, {"name": row.name})
