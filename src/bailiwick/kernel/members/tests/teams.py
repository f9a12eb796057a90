"""A small organisation: somebody who manages access, a lead, and who reports to the lead."""

from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.timezone import now

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.members.actions.leaving import offboard
from bailiwick.kernel.members.actions.reviews import decide_reviewed, start_review
from bailiwick.kernel.members.manifest import REVIEW_QUEUE
from bailiwick.kernel.members.models import AccessReview, ReviewedMember
from bailiwick.kernel.members.queries.leaving import Leaving
from bailiwick.kernel.members.queries.reviews import get_asked
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import Scope, enter
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.worklist.actions import claim_next
from bailiwick.kernel.worklist.claiming import Claim

SOON = timedelta(days=7)


class Team:
    """`administrator`, `lead` and `anna`, who reports to the lead."""

    def __init__(self, organization: Organization) -> None:
        self.organization = organization
        self.administrator = new_member(organization, "administrator", name="Ada")
        self.lead = new_member(organization, "reviewer", name="Lea")
        self.anna = new_member(organization, "reviewer", name="Anna")
        self.report(self.anna, self.lead)

    def inside(self) -> AbstractContextManager[Scope]:
        return enter(self.organization.id)

    def report(self, member: Member, manager: Member | None) -> None:
        with self.inside():
            Member.objects.filter(id=member.id).update(manager=manager)

    def actor(self, member: Member) -> Actor:
        return actor_for(member)

    def let_go(self, member: Member, by: Member | None = None) -> Leaving:
        actor = actor_for(by or self.administrator)
        with self.inside(), transaction.atomic():
            return offboard(actor=actor, member_id=member.id, reason="Left for another house.")

    def start(self, *members: Member) -> AccessReview:
        actor = actor_for(self.administrator)
        ids = [each.id for each in members] or None
        with self.inside(), transaction.atomic():
            return start_review(actor=actor, title="Autumn", due_at=now() + SOON, member_ids=ids)

    def subject(self, member: Member) -> ReviewedMember:
        with self.inside():
            return ReviewedMember.objects.filter(member_id=member.id).latest("id")

    def take(self, member: Member) -> Claim | None:
        actor = actor_for(member)
        with self.inside(), transaction.atomic():
            return claim_next(actor=actor, queue_code=REVIEW_QUEUE.code)

    def decide(self, reviewer: Member, claim: Claim, outcome: str, **more: Any) -> Any:
        """The same outcome for each grant, on what is shown now."""
        actor = actor_for(reviewer)
        with self.inside(), transaction.atomic():
            asked = get_asked(claim.subject_id)
            said: dict[UUID, str] = {each.grant.id: outcome for each in asked.grants}
            given = {"digest": asked.digest, "outcomes": said} | more
            return decide_reviewed(actor=actor, subject_id=claim.subject_id, token=claim.token, **given)
