"""Somebody leaves: everything of theirs ends at once, and what they had in hands goes to others."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actions.grants import end_trees
from bailiwick.kernel.access.actions.turns import lock_roles
from bailiwick.kernel.access.actors import Actor, roles_with
from bailiwick.kernel.access.errors import Forbidden, NobodyLeft
from bailiwick.kernel.access.queries import list_holders
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.identity.actions.memberships import end_membership
from bailiwick.kernel.identity.actions.sessions import require_fresh
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.members.manifest import OFFBOARD, REVIEW_QUEUE
from bailiwick.kernel.members.models import Invitation, ReviewedMember
from bailiwick.kernel.members.queries.leaving import Leaving, hand_over, open_invitations, preview_leaving
from bailiwick.kernel.worklist.actions.assigning import assign_item, withdraw_item
from bailiwick.kernel.worklist.models import WorkItem
from bailiwick.kernel.worklist.queries import list_assigned, open_items


def offboard(*, actor: Actor, member_id: UUID, reason: str) -> Leaving:
    """Let a person go, and do all of what `preview_leaving` shows in this one transaction.

    Doing so twice ends what is left, which is nothing. Raises Forbidden, StepUpNeeded, InvalidInput, NotFound,
    OwnMembership, OpensTheDoor, NobodyLeft.
    """
    actor.require(OFFBOARD)
    require_fresh(actor)
    reason = " ".join(reason.split())
    if not reason or len(reason) > 500:
        raise InvalidInput({"reason": [_("Say why, in at most 500 characters.")]})
    with transaction.atomic(savepoint=False):
        _lock(actor, member_id)
        leaving = preview_leaving(actor, member_id)
        if leaving.obstacle:
            raise leaving.obstacle
        if leaving.is_over:
            return leaving
        # First what is in hands, then grants: as whoever decides an access review does.
        end_membership(actor.ref, member_id=member_id)
        _end_grants(actor, leaving)
        _hand_on_people(leaving)
        leaving.member.refresh_from_db()
        record(actor.ref, "members.member.left", leaving.member, {"reason": reason, **leaving.counts})
        return leaving


def _lock(actor: Actor, member_id: UUID) -> None:
    """Everybody whom it concerns, in one order, so that two who let each other go take turns; raises Forbidden."""
    leaver = Member.objects.filter(id=member_id)
    concerned = Q(id__in=[actor.member_id, member_id]) | Q(manager_id=member_id) | Q(id__in=leaver.values("manager_id"))
    locked = list(Member.objects.select_for_update(no_key=True).filter(concerned).order_by("id"))
    if not any(each.id == actor.member_id and each.is_active for each in locked):
        raise Forbidden(right=OFFBOARD)


def _end_grants(actor: Actor, leaving: Leaving) -> None:
    """End theirs and what hangs on them; raises NobodyLeft, whoever else leaves at this moment."""
    codes = {grant.role for grant in leaving.grants}
    managing = set(roles_with("access.manage"))
    lock_roles(codes | managing if codes & managing else codes)
    end_trees(actor.ref, [grant.id for grant in leaving.grants])
    if not list_holders("access.manage"):
        raise NobodyLeft


def _hand_on_people(leaving: Leaving) -> None:
    """Their people report to the successor from now on, who reports to nobody if it was to the leaver."""
    people, successor = Member.objects.filter(manager_id=leaving.member.id), leaving.successor
    if successor:
        people.exclude(id=successor.id).update(manager=successor)
    people.update(manager=None)


def _withdraw(actor: ActorRef, invitations: Iterable[Invitation]) -> None:
    for each in invitations:
        if Invitation.objects.filter(id=each.id, accepted_at=None, withdrawn_at=None).update(withdrawn_at=Now()):
            record(actor, "members.invitation.withdrawn", each)


def clear_up(actor: ActorRef, member_id: UUID) -> None:
    """Called where a membership ends, whoever ends it: their invitations open nothing any more, others are asked."""
    _withdraw(actor, open_invitations().filter(invited_by_id=member_id))
    pass_on_reviews(actor, member_id)


def pass_on_reviews(actor: ActorRef, member_id: UUID) -> None:
    """Ask somebody else what a member was asked in access reviews, and nobody about them any more.

    Where nobody else can be asked, it stays undecided.
    """
    about = ReviewedMember.objects.filter(member_id=member_id).values("id")
    for item in _locked(open_items(REVIEW_QUEUE.code).filter(subject_id__in=about)):
        withdraw_item(item)
    assigned = _locked(list_assigned(member_id).filter(queue=REVIEW_QUEUE.code))
    leaver = Member.objects.select_related("manager").get(id=member_id)
    for each in hand_over(leaver, assigned):
        if each.reviewer is None:
            withdraw_item(each.item)
        else:
            ReviewedMember.objects.filter(id=each.subject.id).update(reviewer=each.reviewer)
            assign_item(each.item, each.reviewer.id)


def _locked(items: QuerySet[WorkItem]) -> list[WorkItem]:
    return list(items.order_by("id").select_for_update())
