"""What was opened in an emergency, and what a second person said of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import now

from bailiwick.kernel.access.actors import Actor, counting
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.audit.models import Read
from bailiwick.kernel.base.digests import canonical_json
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.base.manifest import EMERGENCY
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.decisions.queries import list_decisions
from bailiwick.kernel.disclosures.choices import LOOKS, Verdict
from bailiwick.kernel.disclosures.manifest import EMERGENCY_QUEUE, READ, REVIEW
from bailiwick.kernel.disclosures.models import Emergency
from bailiwick.kernel.worklist.models import WorkItem

MOST_READS = 200


@dataclass(frozen=True, slots=True)
class Opened:
    """An emergency with what was read in it, the newest 200, and the second person's decision once there is one."""

    emergency: Emergency
    reads: list[Read]
    decision: Decision | None

    @property
    def is_lasting(self) -> bool:
        """Whether the record is open to whoever broke the glass at this moment."""
        return self.emergency.grant.revoked_at is None and self.emergency.lasts_until > now()

    @property
    def verdict(self) -> Verdict | None:
        return Verdict(self.decision.verdict) if self.decision else None

    @property
    def look(self) -> str:
        return LOOKS[self.verdict] if self.verdict else "wait"


def list_lasting(member_id: UUID, row_ids: Sequence[UUID]) -> QuerySet[Emergency]:
    """A member's emergencies over some records whose grants hold now."""
    grants = Grant.objects.filter(counting(), member_id=member_id, object_id__in=row_ids)
    return Emergency.objects.filter(member_id=member_id, row_id__in=row_ids, grant__in=grants.values("id"))


def get_opened(actor: Actor, emergency_id: UUID) -> Opened:
    """One emergency for who reviews them or reads the report; raises Forbidden or NotFound."""
    if not actor.may((READ, REVIEW)):
        raise Forbidden(right=REVIEW)
    found = Emergency.objects.select_related("member", "grant").filter(id=emergency_id).first()
    if found is None:
        raise NotFound
    items = WorkItem.objects.filter(queue=EMERGENCY_QUEUE.code, subject_id=emergency_id).values_list("id", flat=True)
    return Opened(found, list_reads_in(found), list_decisions(list(items)).last())


def list_reads_in(emergency: Emergency) -> list[Read]:
    """What was shown of the record while it was open, newest first; at most 200."""
    reads = Read.objects.filter(
        member_id=emergency.member_id,
        purpose=EMERGENCY.code,
        row_ids__contains=[emergency.row_id],
        at__gte=emergency.broken_at,
        at__lte=emergency.lasts_until,
    )
    return list(reads.order_by("-id")[:MOST_READS])


def find_emergency_of(read: Read) -> Emergency | None:
    """The emergency in which something was read."""
    if read.purpose != EMERGENCY.code:
        return None
    found = Emergency.objects.filter(member_id=read.member_id, row_id__in=read.row_ids, broken_at__lte=read.at)
    return found.order_by("-id").first()


def content_of(emergency: Emergency) -> bytes:
    """What a decision on it is about."""
    said = {
        "kind": emergency.kind,
        "row": str(emergency.row_id),
        "member": str(emergency.member_id),
        "reason": emergency.reason,
    }
    return canonical_json(said)
