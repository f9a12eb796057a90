"""Appeals of claims, and until when one may be filed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import now

from bailiwick.apps.claims.choices import AppealVerdict
from bailiwick.apps.claims.models import Appeal, Claim
from bailiwick.apps.claims.queries.claims import list_claims
from bailiwick.apps.claims.queries.clocks import find_filing_end
from bailiwick.apps.claims.rules.transitions import APPEALABLE
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import NotFound

MOST_LEVELS = 3
"""Reconsideration, a second look by others, and one from outside (29 CFR 2560.503-1(c)(2), 45 CFR 147.136(b), (d))."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What may be appealed of a claim now: `level` is the next, `until` the last moment, None where nothing bounds it.

    `is_open` says that one is filed and not decided, `is_over` that there is no further level.
    """

    level: int
    until: datetime | None = None
    is_decided: bool = True
    is_open: bool = False
    is_over: bool = False

    @property
    def is_late(self) -> bool:
        return self.until is not None and self.until < now()

    @property
    def is_possible(self) -> bool:
        return self.is_decided and not (self.is_open or self.is_over or self.is_late)


def find_standing(claim: Claim) -> Standing:
    """Whether and until when a claim may be appealed: counted from its decision, or from that of the last appeal.

    The next level is there only after the last was upheld.
    """
    last = Appeal.objects.filter(claim=claim).order_by("-level").first()
    level = last.level + 1 if last else 1
    if last is not None and last.decided_at is None:
        return Standing(level, is_open=True)
    if claim.stage not in APPEALABLE or claim.decided_at is None:
        return Standing(level, is_decided=False)
    if level > MOST_LEVELS or (last is not None and last.verdict != AppealVerdict.UPHELD):
        return Standing(level, is_over=True)
    since = max(claim.decided_at, last.decided_at) if last and last.decided_at else claim.decided_at
    return Standing(level, until=find_filing_end(claim.id, since))


def list_all_appeals(actor: Actor) -> QuerySet[Appeal]:
    """Appeals of the claims that the actor may see, the newest first."""
    rows = Appeal.objects.filter(claim__in=list_claims(actor).order_by())
    return rows.select_related("claim", "filed_by", "decided_by").order_by("-id")


def get_appeal(appeal_id: UUID) -> Appeal:
    """One appeal, for whoever holds its work; raises NotFound."""
    found = Appeal.objects.select_related("claim", "filed_by", "decided_by").filter(id=appeal_id).first()
    if found is None:
        raise NotFound
    return found
