"""Access reviews: asking whether grants are still needed, signing the answers, and closing."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.timezone import now
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actions.grants import end_trees
from bailiwick.kernel.access.actions.turns import lock_roles
from bailiwick.kernel.access.actors import Actor, roles_with
from bailiwick.kernel.access.errors import NobodyLeft
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.access.queries import list_holders
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.decisions.actions import write_decision
from bailiwick.kernel.decisions.choices import Meaning
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.identity.actions.memberships import hold_members
from bailiwick.kernel.identity.errors import PersonNeeded
from bailiwick.kernel.members.choices import GrantOutcome, Verdict
from bailiwick.kernel.members.errors import GrantsChanged, NobodyToAsk, ReviewClosed
from bailiwick.kernel.members.manifest import REVIEW, REVIEW_QUEUE
from bailiwick.kernel.members.models import AccessReview, ReviewedGrant, ReviewedMember
from bailiwick.kernel.members.queries.reviewers import Question, list_questions
from bailiwick.kernel.members.queries.reviews import Asked, digest_of, get_asked, list_undecided, rights_in_roles
from bailiwick.kernel.worklist.actions import complete_item, lock_held, queue_item
from bailiwick.kernel.worklist.actions.assigning import withdraw_item
from bailiwick.kernel.worklist.models import WorkItem
from bailiwick.kernel.worklist.queries import open_items

DRAW_IDS = "SELECT uuidv7() FROM generate_series(1, %s)"


def start_review(
    *, actor: Actor, title: str, due_at: datetime, member_ids: Collection[UUID] | None = None
) -> AccessReview:
    """Ask about everybody who has a grant now, or about some of them; needs `members.review`, a person.

    Nobody is asked about themself. Raises PersonNeeded, NobodyToAsk with whom, InvalidInput.
    """
    actor.require(REVIEW)
    if not actor.is_person:
        raise PersonNeeded
    title = _checked(title, due_at)
    with transaction.atomic(savepoint=False):
        questions = _hold(actor, member_ids)
        if not questions:
            raise InvalidInput({"members": [_("None of these people has a grant that could be reviewed.")]})
        review = AccessReview.objects.create(title=title, due_at=due_at, started_by_id=actor.member_id)
        review.refresh_from_db()
        _ask(review, questions)
        counts = {"people": len(questions), "grants": sum(len(each.grants) for each in questions)}
        record(actor.ref, "members.review.started", review, {"title": title, "due_at": due_at.isoformat(), **counts})
        return review


def _checked(title: str, due_at: datetime) -> str:
    title, faults = " ".join(title.split()), {}
    if not title or len(title) > 200:
        faults["title"] = [_("Give a title of at most 200 characters.")]
    if due_at <= now():
        faults["due_at"] = [_("Give them some time: choose a day to come.")]
    if faults:
        raise InvalidInput(faults)
    return title


def _hold(actor: Actor, member_ids: Collection[UUID] | None) -> list[Question]:
    """What is asked of whom, all of whom stay until it is written down; raises NobodyToAsk."""
    concerned = {
        person.id for each in list_questions(actor, member_ids) for person in (each.member, each.reviewer) if person
    }
    hold_members({*concerned, actor.member_id})
    questions = [each for each in list_questions(actor, member_ids) if each.member.id in concerned]
    for each in questions:
        if each.reviewer is None:
            raise NobodyToAsk(
                _("Nobody can be asked about %(name)s. Say to whom they report first. Nothing was started.")
                % {"name": each.member.name},
                member=str(each.member.id),
            )
    return questions


def _ask(review: AccessReview, questions: list[Question]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(DRAW_IDS, [len(questions)])
        keys = [key for (key,) in cursor.fetchall()]
    subjects = [
        ReviewedMember(id=key, review=review, member=each.member, reviewer=each.reviewer)
        for key, each in zip(keys, questions, strict=True)
    ]
    ReviewedMember.objects.bulk_create(subjects)
    pairs = list(zip(subjects, questions, strict=True))
    ReviewedGrant.objects.bulk_create(
        ReviewedGrant(subject=subject, grant=grant) for subject, each in pairs for grant in each.grants
    )
    rights = rights_in_roles(grant.role for each in questions for grant in each.grants)
    for subject, each in pairs:
        queue_item(
            REVIEW_QUEUE,
            subject,
            content_digest=digest_of(subject, each.grants, rights),
            assignee_id=subject.reviewer_id,
            due_at=review.due_at,
        )


def decide_reviewed(
    *,
    actor: Actor,
    subject_id: UUID,
    token: str,
    digest: bytes,
    outcomes: Mapping[UUID, str],
    notes: Mapping[UUID, str] | None = None,
) -> Decision:
    """Sign which of somebody's grants are still needed, and end the others; whoever was asked may, and nobody else.

    `digest` is that of what was shown, and `outcomes` are by grant. Raises TokenMissing, LeaseLost, GrantsChanged,
    NobodyLeft, or InvalidInput naming each grant of which nothing was said.
    """
    with transaction.atomic(savepoint=False):
        item = lock_held(actor=actor, queue_code=REVIEW_QUEUE.code, subject_id=subject_id, token=token)
        # What roles contain, and what is passed on of them, stays as it was shown until this is written.
        lock_roles(Grant.objects.filter(id__in=_grants_of(subject_id)).values_list("role", flat=True))
        asked = get_asked(subject_id)
        if asked.digest != digest:
            raise GrantsChanged
        _write_outcomes(asked, outcomes, notes or {})
        ended = [each.grant.id for each in asked.grants if outcomes[each.grant.id] == GrantOutcome.ENDED]
        _end(actor, ended)
        decision = _sign(actor, item, asked, len(ended))
        complete_item(item)
        told = {"member": str(asked.subject.member_id), "kept": len(asked.grants) - len(ended), "ended": len(ended)}
        record(actor.ref, "members.reviewed.decided", asked.subject, told | {"decision": str(decision.id)})
        return decision


def _grants_of(subject_id: UUID) -> list[UUID]:
    return list(ReviewedGrant.objects.filter(subject_id=subject_id).values_list("grant_id", flat=True))


def _write_outcomes(asked: Asked, outcomes: Mapping[UUID, str], notes: Mapping[UUID, str]) -> None:
    sayable, faults = (GrantOutcome.KEPT, GrantOutcome.ENDED), {}
    for each in asked.grants:
        if outcomes.get(each.grant.id) not in sayable:
            faults[str(each.grant.id)] = [_("Say whether this is still needed.")]
        elif len(notes.get(each.grant.id, "")) > 500:
            faults[str(each.grant.id)] = [_("A note has at most 500 characters.")]
    if faults:
        raise InvalidInput(faults)
    for each in asked.grants:
        said = {"outcome": outcomes[each.grant.id], "note": notes.get(each.grant.id, "")}
        ReviewedGrant.objects.filter(id=each.reviewed.id).update(**said)


def _end(actor: Actor, grant_ids: Iterable[UUID]) -> None:
    """By the authority of the review, whatever else the actor may; raises NobodyLeft."""
    end_trees(actor.ref, grant_ids)
    if not list_holders("access.manage"):
        raise NobodyLeft


def _sign(actor: Actor, item: WorkItem, asked: Asked, ended: int) -> Decision:
    verdict = Verdict.KEPT if not ended else Verdict.ENDED if ended == len(asked.grants) else Verdict.SOME
    if bytes(item.content_digest) != asked.digest:
        WorkItem.objects.filter(id=item.id).update(content_digest=asked.digest)
    return write_decision(
        actor=actor,
        item_id=item.id,
        verdict=verdict,
        content_digest=asked.digest,
        meaning=Meaning.ACCESS,
        seconds_spent=max(0, int((now() - item.claimed_at).total_seconds())) if item.claimed_at else 0,
    )


def close_review(*, actor: Actor, review_id: UUID, ends_undecided: bool = False) -> AccessReview:
    """Ask nobody any more; what nobody has decided stays, or ends where that is wanted. Needs `members.review`.

    What lets somebody manage access ends only by the word of who does so. Raises ReviewClosed, NobodyLeft, NotFound.
    """
    actor.require(REVIEW)
    with transaction.atomic(savepoint=False):
        review = AccessReview.objects.select_for_update(of=("self",)).filter(id=review_id).first()
        if review is None:
            raise NotFound
        if review.closed_at is not None:
            raise ReviewClosed
        undecided = _withdraw(review)
        rows = list_undecided(undecided) if ends_undecided else []
        if {row.grant.role for row in rows} & set(roles_with("access.manage")):
            actor.require("access.manage")
        ReviewedGrant.objects.filter(id__in=[row.id for row in rows]).update(outcome=GrantOutcome.LAPSED)
        _end(actor, [row.grant_id for row in rows])
        AccessReview.objects.filter(id=review_id).update(closed_at=Now(), closed_by_id=actor.member_id)
        review.refresh_from_db()
        record(actor.ref, "members.review.closed", review, {"undecided": len(undecided), "ended": len(rows)})
        return review


def _withdraw(review: AccessReview) -> list[UUID]:
    """Close what is still asked; about whom it was."""
    subjects = ReviewedMember.objects.filter(review_id=review.id).values("id")
    items = open_items(REVIEW_QUEUE.code).filter(subject_id__in=subjects).order_by("id").select_for_update()
    for item in items:
        withdraw_item(item)
    return [item.subject_id for item in items]
