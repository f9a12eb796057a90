"""Who was invited, and whom a link lets in."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.timezone import now

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.identity.keys import key_digest
from bailiwick.kernel.members.choices import InvitationState
from bailiwick.kernel.members.errors import InvitationNotValid
from bailiwick.kernel.members.manifest import INVITE
from bailiwick.kernel.members.models import Invitation
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter


def list_invitations(actor: Actor) -> QuerySet[Invitation]:
    """Everybody who was invited."""
    actor.require(INVITE)
    return Invitation.objects.select_related("invited_by", "member")


def narrow_invitations(rows: QuerySet[Invitation], state: str) -> QuerySet[Invitation]:
    """Those that stand where an InvitationState says; "" narrows nothing."""
    is_open = Q(accepted_at=None, withdrawn_at=None)
    narrowing = {
        InvitationState.OPEN: is_open & Q(expires_at__gt=now()),
        InvitationState.ACCEPTED: Q(accepted_at__isnull=False),
        InvitationState.EXPIRED: is_open & Q(expires_at__lte=now()),
        InvitationState.WITHDRAWN: Q(withdrawn_at__isnull=False),
    }
    return rows.filter(narrowing[InvitationState(state)]) if state else rows


def get_invitation(actor: Actor, invitation_id: UUID) -> Invitation:
    """Raises Forbidden, NotFound."""
    found = list_invitations(actor).filter(id=invitation_id).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Opened:
    """An invitation that lets somebody in, and where."""

    invitation: Invitation
    organization: Organization


def open_invitation(secret: str) -> Opened:
    """What a link is good for; enters the scope of its organisation. Raises InvitationNotValid."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM members_invitation(%s)", [key_digest(secret)])
        place = cursor.fetchone()
    if place is None:
        raise InvitationNotValid
    with enter(place[0]):
        invitation = Invitation.objects.select_related("invited_by").get(id=place[1])
        organization = Organization.objects.get(id=place[0])
    if invitation.state != InvitationState.OPEN:
        raise InvitationNotValid
    return Opened(invitation, organization)
