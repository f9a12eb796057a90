"""What was refused is recorded after the rollback, in a transaction of its own."""

from django.http import HttpRequest

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import DomainError
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.scope import enter


def note_refusal(request: HttpRequest, error: DomainError) -> None:
    """Remember a refusal for lack of a right until the request's transaction is over."""
    if error.code == "access.forbidden" and getattr(request, "actor", None):
        request.refusals.append((request.actor, error.data.get("right", "")))  # type: ignore[attr-defined]


def record_refusals(request: HttpRequest) -> None:
    """Write what `note_refusal` remembered."""
    for actor, right in request.refusals:  # type: ignore[attr-defined]
        _record(actor, right, request.request_id)  # type: ignore[attr-defined]


def _record(actor: Actor, right: str, request_id: str) -> None:
    with enter(actor.organization_id, member_id=actor.member_id, user_id=actor.user_id, request_id=request_id):
        record(actor.ref, "access.right.refused", Member(id=actor.member_id), {"right": right})
