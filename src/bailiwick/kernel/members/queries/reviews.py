"""Access reviews: what is asked of whom, and what came of it."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.timezone import now

from bailiwick.kernel.access.actors import Actor, is_current
from bailiwick.kernel.access.models import Grant, Role, RoleRights
from bailiwick.kernel.access.queries import titles_of
from bailiwick.kernel.base.digests import canonical_json
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.base.manifest import Right, registry
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.decisions.queries import live_decisions
from bailiwick.kernel.members.manifest import REVIEW, REVIEW_QUEUE
from bailiwick.kernel.members.models import AccessReview, ReviewedGrant, ReviewedMember
from bailiwick.kernel.members.queries.leaving import last_day_of, titles_over
from bailiwick.kernel.worklist.models import WorkItem


@dataclass(frozen=True, slots=True)
class AskedGrant:
    """A grant of somebody, in words: the role, what it contains now, and what it is over."""

    reviewed: ReviewedGrant
    role: str
    rights: list[Right]
    over: str

    @property
    def grant(self) -> Grant:
        return self.reviewed.grant

    @property
    def last_day(self) -> date | None:
        return last_day_of(self.grant.valid_until)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reviewer is asked about one member. `gone` ended since the review began and is not asked any more."""

    subject: ReviewedMember
    grants: list[AskedGrant]
    gone: list[AskedGrant]
    digest: bytes


@dataclass(frozen=True, slots=True)
class Progress:
    """How many people a review is about, and about how many of them was decided or is still asked."""

    people: int = 0
    decided: int = 0
    open: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """A review and how far it is."""

    review: AccessReview
    progress: Progress

    @property
    def pk(self) -> UUID:
        return self.review.pk

    @property
    def last_day(self) -> date | None:
        return last_day_of(self.review.due_at)

    @property
    def is_late(self) -> bool:
        return self.review.closed_at is None and self.progress.open > 0 and self.review.due_at <= now()


@dataclass(frozen=True, slots=True)
class Reported:
    """One line of a report: a grant, what was said of it, and the signature under it."""

    reviewed: ReviewedGrant
    item: WorkItem
    decision: Decision | None
    role: str
    over: str

    @property
    def pk(self) -> UUID:
        return self.reviewed.pk


@dataclass(frozen=True, slots=True)
class Report:
    """A review with its totals; `outcomes` counts grants, those of which nothing was said under an empty name."""

    standing: Standing
    outcomes: Mapping[str, int]

    @property
    def review(self) -> AccessReview:
        return self.standing.review

    @property
    def progress(self) -> Progress:
        return self.standing.progress

    @property
    def grants(self) -> int:
        return sum(self.outcomes.values())


def digest_of(subject: ReviewedMember, grants: Sequence[Grant], rights: Mapping[str, Sequence[str]]) -> bytes:
    """SHA-256 over who is asked about, their grants in order, and what each role contains."""
    content = {
        "review": str(subject.review_id),
        "member": str(subject.member_id),
        "grants": [_plain(grant, rights.get(grant.role, ())) for grant in sorted(grants, key=lambda each: each.id)],
    }
    return hashlib.sha256(canonical_json(content)).digest()


def _plain(grant: Grant, rights: Sequence[str]) -> dict[str, object]:
    return {
        "grant": str(grant.id),
        "role": grant.role,
        "rights": sorted(rights),
        "over": [grant.object_type, str(grant.object_id or "")],
        "from": grant.valid_from.isoformat(),
        "until": grant.valid_until.isoformat() if grant.valid_until else None,
        "amount": [str(grant.amount), grant.currency] if grant.amount is not None else None,
        "passable": grant.is_passable,
        "deputy": grant.is_deputy,
        "given_by": str(grant.granted_by_id or ""),
    }


def rights_in_roles(codes: Iterable[str]) -> dict[str, list[str]]:
    """What some roles contain now, by code."""
    versions = RoleRights.objects.filter(valid_until=None, role__code__in=set(codes), role__ended_at=None)
    return dict(versions.values_list("role__code", "rights"))


def get_asked(subject_id: UUID) -> Asked:
    """What is asked about one member, as it is now; raises NotFound."""
    subject = ReviewedMember.objects.select_related("member", "review").filter(id=subject_id).first()
    if subject is None:
        raise NotFound
    rows = list(ReviewedGrant.objects.filter(subject_id=subject_id).select_related("grant__granted_by").order_by("id"))
    grants = [row.grant for row in rows]
    rights, titles, things = (
        rights_in_roles(grant.role for grant in grants),
        titles_of(grant.role for grant in grants),
        titles_over(grants),
    )
    known = registry().rights
    asked = [
        AskedGrant(
            row,
            titles[row.grant.role],
            [right for code, right in known.items() if code in rights.get(row.grant.role, ())],
            things.get(row.grant.object_id, ""),
        )
        for row in rows
    ]
    held = [each for each in asked if is_current(each.grant)]
    gone = [each for each in asked if not is_current(each.grant)]
    return Asked(subject, held, gone, digest_of(subject, [each.grant for each in held], rights))


def list_reviews(actor: Actor) -> QuerySet[AccessReview]:
    """Every access review of the organisation; needs `members.review`."""
    actor.require(REVIEW)
    return AccessReview.objects.select_related("started_by")


def standings_of(reviews: Sequence[AccessReview]) -> list[Standing]:
    """How far some reviews are, in one statement for all of them."""
    items = WorkItem.objects.filter(queue=REVIEW_QUEUE.code, subject_id=OuterRef("id"))
    people = ReviewedMember.objects.filter(review__in=reviews).values("review_id")
    counts = people.annotate(
        people=Count("id"),
        decided=Count("id", filter=Q(Exists(items.filter(done_at__isnull=False, is_withdrawn=False)))),
        open=Count("id", filter=Q(Exists(items.filter(done_at=None)))),
    )
    found = {row.pop("review_id"): Progress(**row) for row in counts.order_by()}
    return [Standing(review, found.get(review.id, Progress())) for review in reviews]


def get_report(actor: Actor, review_id: UUID) -> Report:
    """A review with its totals; raises NotFound."""
    review = list_reviews(actor).select_related("closed_by").filter(id=review_id).first()
    if review is None:
        raise NotFound
    outcomes = ReviewedGrant.objects.filter(subject__review_id=review_id).values_list("outcome").annotate(n=Count("id"))
    return Report(standings_of([review])[0], dict(outcomes.order_by()))


def list_reviewed(actor: Actor, review_id: UUID) -> QuerySet[ReviewedGrant]:
    """Every grant of a review; needs `members.review`, raises NotFound."""
    if not list_reviews(actor).filter(id=review_id).exists():
        raise NotFound
    rows = ReviewedGrant.objects.filter(subject__review_id=review_id)
    return rows.select_related("subject__member", "subject__reviewer", "grant__granted_by")


def named(rows: QuerySet[ReviewedGrant], text: str) -> QuerySet[ReviewedGrant]:
    """Those about or asked of somebody with a text in their name, or of a role with it."""
    people = Q(subject__member__name__icontains=text) | Q(subject__reviewer__name__icontains=text)
    roles = Role.objects.filter(Q(code__icontains=text) | Q(own_title__icontains=text)).values("code")
    return rows.filter(people | Q(grant__role__in=roles))


def reported(rows: Sequence[ReviewedGrant]) -> list[Reported]:
    """Lines of a report, in a fixed number of statements for all of them."""
    subjects = {row.subject_id for row in rows}
    items = WorkItem.objects.filter(queue=REVIEW_QUEUE.code, subject_id__in=subjects)
    by_subject = {item.subject_id: item for item in items}
    signed = live_decisions().filter(item_id__in=[item.id for item in by_subject.values()])
    by_item = {decision.item_id: decision for decision in signed.select_related("member")}
    grants = [row.grant for row in rows]
    roles, things = titles_of(grant.role for grant in grants), titles_over(grants)
    return [
        Reported(
            row,
            item := by_subject[row.subject_id],
            by_item.get(item.id),
            roles[row.grant.role],
            things.get(row.grant.object_id, ""),
        )
        for row in rows
    ]


def list_undecided(subject_ids: Iterable[UUID]) -> list[ReviewedGrant]:
    """The grants of some members of a review that nothing was said of and that hold still."""
    rows = ReviewedGrant.objects.filter(subject_id__in=list(subject_ids), outcome="").select_related("grant")
    return [row for row in rows.order_by("id") if is_current(row.grant)]
