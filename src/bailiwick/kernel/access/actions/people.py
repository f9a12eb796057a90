"""People whom an organisation registers itself."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from bailiwick.kernel.access.actions.grants import give_grant
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.identity.actions.enrolment import add_registered, make_ticket
from bailiwick.kernel.identity.models import Member, Ticket


@dataclass(frozen=True, slots=True)
class Registered:
    """A new person, and the secret of their ticket, which is shown once."""

    member: Member
    ticket: Ticket
    secret: str


def register_person(
    *,
    actor: Actor,
    first_name: str,
    last_name: str,
    department: str = "",
    email: str = "",
    role: str = "",
    valid_until: datetime | None = None,
) -> Registered:
    """Register a person, give them a role and a ticket for their first key.

    The role is given as by `give_grant`: never wider or longer than the key manager may give. Raises GrantTooWide,
    InvalidInput.
    """
    with transaction.atomic(savepoint=False):
        member = add_registered(actor, first_name=first_name, last_name=last_name, email=email, department=department)
        if role:
            give_grant(actor=actor, member_id=member.id, role=role, valid_until=valid_until)
        ticket, secret = make_ticket(actor=actor, member_id=member.id)
        return Registered(member, ticket, secret)
