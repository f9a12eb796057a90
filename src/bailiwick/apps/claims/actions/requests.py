"""Asking for what is missing: the claim waits and its clocks stand still until somebody answers."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.timezone import now
from django.utils.translation import gettext as _

from bailiwick.apps.claims.actions.clocks import pause_clocks, resume_clocks
from bailiwick.apps.claims.actions.documents import Upload, attach, require_part, require_worker
from bailiwick.apps.claims.actions.moving import move_claims
from bailiwick.apps.claims.actions.queueing import requeue_reviews
from bailiwick.apps.claims.choices import Mover, Pend, RequestState, Stage
from bailiwick.apps.claims.errors import NotAsked, NotOpen
from bailiwick.apps.claims.manifest import APPEAL_QUEUE, INFORMATION_QUEUE
from bailiwick.apps.claims.models import Appeal, Claim, InformationRequest
from bailiwick.apps.claims.queries.claims import lock_claim
from bailiwick.apps.claims.queries.requests import has_open_request, lock_request
from bailiwick.apps.claims.rules.transitions import OPEN
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.worklist.actions.assigning import snooze_items

TO_ANSWER = timedelta(days=45)
"""29 CFR 2560.503-1(f)(2)(iii)(B), (i)(4): at least 45 days to provide what is missing."""
LONGEST, MOST_OPEN = 5000, 20
A_YEAR = timedelta(days=366)


def ask_information(*, actor: Actor, claim_id: UUID, asked: str, due_at: datetime | None = None) -> InformationRequest:
    """Ask whose claim it is for something. An open claim goes under review for it, its clocks stand still.

    By who manages claims, its processor, or who decides its appeal. Its work comes up again when it is answered, or
    due. Raises NotFound, Forbidden, NotOpen, or InvalidInput beside the fields.
    """
    with transaction.atomic(savepoint=False):
        claim = lock_claim(actor, claim_id)
        require_worker(actor, claim)
        appeal = Appeal.objects.filter(claim=claim, decided_at=None).first()
        if claim.stage not in OPEN and appeal is None:
            raise NotOpen(id=str(claim.id), stage=claim.stage)
        asked, due_at = _check(claim, asked, due_at)
        request = InformationRequest.objects.create(
            claim=claim, asked=asked, asked_by_id=actor.member_id, due_at=due_at
        )
        if claim.stage in OPEN:
            _wait_for_answer(actor, claim)
        pause_clocks([claim])
        _snooze(claim, appeal, due_at)
        record(actor.ref, "claims.request.asked", claim, {"request": str(request.id)})
        return request


def answer_request(
    *, actor: Actor, request_id: UUID, answer: str = "", uploads: Sequence[Upload] = ()
) -> InformationRequest:
    """Answer in words, with documents, or both. Once nothing else is open the clocks run on and the claim comes up.

    By whose claim it is, or who works on it. Raises NotFound, Forbidden, NotAsked, or InvalidInput beside the fields.
    """
    with transaction.atomic(savepoint=False):
        claim, request = lock_request(actor, request_id)
        require_part(actor, claim)
        _require_open(request)
        answer = answer.strip()
        if not answer and not uploads:
            raise InvalidInput({"answer": [_("Write an answer, or hand in a document.")]})
        if len(answer) > LONGEST:
            raise InvalidInput({"answer": [_("At most %(most)d characters.") % {"most": LONGEST}]})
        attach(actor, claim, uploads, request=request)
        request.state, request.answer = RequestState.ANSWERED, answer
        request.answered_by_id, request.answered_at = actor.member_id, now()
        request.save(update_fields=["state", "answer", "answered_by", "answered_at"])
        _go_on(claim)
        record(actor.ref, "claims.request.answered", claim, {"request": str(request.id)})
        return request


def withdraw_request(*, actor: Actor, request_id: UUID) -> InformationRequest:
    """Ask for something no more; by who works on the claim. Raises NotFound, Forbidden or NotAsked."""
    with transaction.atomic(savepoint=False):
        claim, request = lock_request(actor, request_id)
        require_worker(actor, claim)
        _require_open(request)
        request.state = RequestState.WITHDRAWN
        request.save(update_fields=["state"])
        _go_on(claim)
        record(actor.ref, "claims.request.withdrawn", claim, {"request": str(request.id)})
        return request


def _check(claim: Claim, asked: str, due_at: datetime | None) -> tuple[str, datetime]:
    faults = {}
    asked, due_at = asked.strip(), due_at or now() + TO_ANSWER
    if not asked:
        faults["asked"] = [_("Say what is missing.")]
    if len(asked) > LONGEST:
        faults["asked"] = [_("At most %(most)d characters.") % {"most": LONGEST}]
    if not now() < due_at <= now() + A_YEAR:
        faults["due_at"] = [_("Give a day from tomorrow on, within a year.")]
    if InformationRequest.objects.filter(claim=claim, state=RequestState.OPEN).count() >= MOST_OPEN:
        faults["asked"] = [_("At most %(most)d things are asked at once.") % {"most": MOST_OPEN}]
    if faults:
        raise InvalidInput(faults)
    return asked, due_at


def _require_open(request: InformationRequest) -> None:
    if request.state != RequestState.OPEN:
        raise NotAsked


def _wait_for_answer(actor: Actor, claim: Claim) -> None:
    """Under review for what is missing; what it was under review for before is asked of adjudication again."""
    if claim.stage == Stage.ACCEPTED:
        move_claims(
            [claim],
            Stage.UNDER_REVIEW,
            mover=Mover.MANAGER,
            member_id=actor.member_id,
            pend=Pend.INFORMATION,
        )
    elif claim.pend != Pend.INFORMATION:
        Claim.objects.filter(id=claim.id).update(
            pend=Pend.INFORMATION, edition=F("edition") + 1, moved_at=Now(), updated_at=Now()
        )
        claim.pend = Pend.INFORMATION
        requeue_reviews([claim])


def _snooze(claim: Claim, appeal: Appeal | None, until: datetime | None) -> None:
    snooze_items([INFORMATION_QUEUE.code], [claim.id], until)
    if appeal is not None:
        snooze_items([APPEAL_QUEUE.code], [appeal.id], until)


def _go_on(claim: Claim) -> None:
    """Nothing else is asked: clocks run, and the work of the claim can be taken."""
    if has_open_request(claim):
        return
    resume_clocks([claim])
    _snooze(claim, Appeal.objects.filter(claim=claim, decided_at=None).first(), None)
    Claim.objects.filter(id=claim.id, stage__in=OPEN).update(moved_at=Now(), updated_at=Now())
