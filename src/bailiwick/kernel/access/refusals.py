"""What was refused is recorded after the rollback, in a transaction of its own."""

from functools import partial

from django.http import HttpRequest

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import DomainError
from bailiwick.kernel.identity.actions import end_replayed_session, record_failed_sign_in
from bailiwick.kernel.identity.actions.enrolment import record_refused_ticket
from bailiwick.kernel.identity.errors import InvalidCredentials, TicketNotValid, TokenReplayed
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.scope import enter


def note_refusal(request: HttpRequest, error: DomainError) -> None:
    """Remember a refused right, sign-in or token until the request's transaction is over; both doors call it."""
    request_id, actor = request.request_id, request.actor  # type: ignore[attr-defined]
    match error:
        case Forbidden() if actor is not None:
            note = partial(_record_forbidden, actor, str(error.data.get("right", "")), request_id)
        case InvalidCredentials():
            note = partial(
                record_failed_sign_in,
                person_id=error.person_id,
                method=error.method,
                why=error.why,
                request_id=request_id,
            )
        case TokenReplayed():
            note = partial(end_replayed_session, session_id=error.session_id, request_id=request_id)
        case TicketNotValid():
            place, ticket_id = error.organization_id, error.ticket_id
            note = partial(record_refused_ticket, organization_id=place, ticket_id=ticket_id, request_id=request_id)
        case _:
            return
    request.refusals.append(note)  # type: ignore[attr-defined]


def record_refusals(request: HttpRequest) -> None:
    """Write what `note_refusal` remembered."""
    for write in request.refusals:  # type: ignore[attr-defined]
        write()


def _record_forbidden(actor: Actor, right: str, request_id: str) -> None:
    with enter(actor.organization_id, member_id=actor.member_id, user_id=actor.user_id, request_id=request_id):
        record(actor.ref, "access.right.refused", Member(id=actor.member_id), {"right": right})
