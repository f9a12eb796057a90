"""Deputies: somebody holds for a time what another holds."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actions.conflicts import require_apart
from bailiwick.kernel.access.actions.grants import end_trees, write_grant
from bailiwick.kernel.access.actions.turns import lock_members, lock_roles
from bailiwick.kernel.access.actors import Actor, is_current
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.identity.choices import MemberKind
from bailiwick.kernel.identity.models import Member


def name_deputy(
    *, actor: Actor, member_id: UUID, valid_until: datetime, valid_from: datetime | None = None
) -> list[Grant]:
    """Let a person hold all that the actor holds now, until a date; each grant ends with the actor's own.

    What the actor holds as a deputy, or has opened in an emergency, is left out, and nothing of it can be passed on;
    roles that need two wait. Naming again adds only what the deputy does not hold that long already. Raises
    RightsInConflict, InvalidInput, NotFound.
    """
    with transaction.atomic(savepoint=False):
        begins = valid_from or now()
        if not actor.is_person or member_id == actor.member_id:
            raise InvalidInput({"member": [_("A person names another person.")]})
        if valid_until <= max(begins, now()):
            raise InvalidInput({"valid_until": [_("A grant ends after it begins.")]})
        lock_members(actor.member_id, member_id)
        if not Member.objects.filter(id=member_id, is_active=True, kind=MemberKind.PERSON).exists():
            raise NotFound
        own = Grant.objects.filter(member_id=actor.member_id, is_deputy=False, revoked_at=None).order_by("id")
        # Over one thing nobody but an emergency gives without a giver.
        own = own.exclude(granted_by=None, object_id__isnull=False)
        roles = lock_roles(own.values_list("role", flat=True))
        waiting = {code: role.needs_two for code, role in roles.items() if role.ended_at is None}
        held = [grant for grant in own.all() if is_current(grant) and grant.role in waiting]
        given = [_give(actor, member_id, grant, (begins, valid_until), waiting[grant.role]) for grant in held]
        grants = [grant for grant in given if grant]
        require_apart(grants)
        return grants


def _give(actor: Actor, member_id: UUID, own: Grant, span: tuple[datetime, datetime], waits: bool) -> Grant | None:
    begins, ends = max(span[0], own.valid_from), min(span[1], own.valid_until or span[1])
    longer = Q(valid_from__lte=begins, valid_until__gte=ends)
    if ends <= begins or _given(member_id).filter(longer, parent=own).exists():
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
        waits=waits,
    )


def end_deputy(*, actor: Actor, member_id: UUID) -> list[Grant]:
    """Take back all that the actor gave a deputy, what waits and what is to come as well; returns what ended."""
    with transaction.atomic(savepoint=False):
        ended = list(_given(member_id).filter(parent__member_id=actor.member_id).values_list("id", flat=True))
        end_trees(actor.ref, ended)
        return list(Grant.objects.filter(id__in=ended).order_by("id"))


def _given(member_id: UUID) -> QuerySet[Grant]:
    return Grant.objects.filter(member_id=member_id, is_deputy=True, revoked_at=None)
