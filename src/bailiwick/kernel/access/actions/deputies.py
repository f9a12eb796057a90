"""Deputies: somebody holds for a time what another holds."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actions.grants import lock_trees, write_grant
from bailiwick.kernel.access.actors import Actor, is_current
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.identity.choices import MemberKind
from bailiwick.kernel.identity.models import Member


def name_deputy(
    *, actor: Actor, member_id: UUID, valid_until: datetime, valid_from: datetime | None = None
) -> list[Grant]:
    """Let a person hold all that the actor holds now, until a date; each grant ends with the actor's own.

    What the actor holds as a deputy is left out, and nothing of it can be passed on. Raises InvalidInput, NotFound.
    """
    with transaction.atomic(savepoint=False):
        begins = valid_from or now()
        if not actor.is_person or member_id == actor.member_id:
            raise InvalidInput({"member": [_("A person names another person.")]})
        if valid_until <= max(begins, now()):
            raise InvalidInput({"valid_until": [_("A grant ends after it begins.")]})
        if not Member.objects.filter(id=member_id, is_active=True, kind=MemberKind.PERSON).exists():
            raise NotFound
        own = Grant.objects.filter(member_id=actor.member_id, is_deputy=False, revoked_at=None).order_by("id")
        lock_trees(own.values_list("role", flat=True))
        given = [_give(actor, member_id, grant, begins, valid_until) for grant in own.all() if is_current(grant)]
        return [grant for grant in given if grant]


def _give(actor: Actor, member_id: UUID, own: Grant, begins: datetime, ends: datetime) -> Grant | None:
    begins = max(begins, own.valid_from)
    ends = min(ends, own.valid_until) if own.valid_until else ends
    if ends <= begins:
        return None
    return write_grant(
        actor.ref,
        member_id,
        own.role,
        None,
        begins,
        ends,
        actor.member_id,
        parent=own,
        is_deputy=True,
    )
