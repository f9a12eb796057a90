"""Appeals: filed by whose claim it is, decided by somebody who has decided nothing of it before."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from bailiwick.apps.claims.actions.adjudication import approve_claims
from bailiwick.apps.claims.actions.clocks import close_requests, meet_clocks, start_appeal_clock
from bailiwick.apps.claims.actions.correcting import correct_locked
from bailiwick.apps.claims.actions.deciding import sign
from bailiwick.apps.claims.actions.documents import Upload, attach
from bailiwick.apps.claims.actions.moving import UNDECIDED, move_claims
from bailiwick.apps.claims.choices import AppealVerdict, ClockKind, Mover, Pend, Stage
from bailiwick.apps.claims.errors import AppealLate, AppealOpen, AppealsExhausted, NotAppealable
from bailiwick.apps.claims.manifest import APPEAL_QUEUE, MANAGE
from bailiwick.apps.claims.models import Appeal, Claim
from bailiwick.apps.claims.queries.appeals import find_standing, get_appeal
from bailiwick.apps.claims.queries.claims import lock_claim
from bailiwick.apps.claims.queries.requests import is_party
from bailiwick.apps.claims.queries.work import digest_of, list_deciders_of, lock_for_work
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.decisions.errors import AlreadyDecided
from bailiwick.kernel.decisions.queries import get_live_decision
from bailiwick.kernel.worklist import actions as worklist
from bailiwick.kernel.worklist.errors import AlreadyInvolved

LONGEST = 5000


def file_appeal(*, actor: Actor, claim_id: UUID, reason: str, uploads: Sequence[Upload] = ()) -> Appeal:
    """Dispute what was decided of a claim: at the first level, or at the next after the last was upheld.

    By the claim's patient or provider, or for them by who manages claims. A denied claim is appealed then; one that
    was approved stays where it is. Raises NotFound, Forbidden, NotAppealable, AppealOpen, AppealsExhausted, AppealLate
    with the day until when it could be filed, or InvalidInput beside "reason" or "file".
    """
    with transaction.atomic(savepoint=False):
        claim = lock_claim(actor, claim_id)
        if not (is_party(actor, claim) or actor.may(MANAGE)):
            raise Forbidden(right=MANAGE, over=claim)
        level = _check_standing(claim)
        reason = _check_text(reason, "reason", _("Say what you dispute, and why."))
        deciders = sorted(list_deciders_of(claim))
        appeal = _create(claim, level, reason, actor.member_id)
        attach(actor, claim, uploads)
        if claim.stage == Stage.DENIED:
            move_claims([claim], Stage.APPEALED, mover=Mover.SUBMITTER, member_id=actor.member_id)
        start_appeal_clock(claim, appeal.id, appeal.filed_at)
        worklist.queue_item(
            APPEAL_QUEUE,
            appeal,
            content_digest=hashlib.sha256(f"{appeal.id}:{claim.id}".encode()).digest(),
            excluded=deciders,
        )
        record(actor.ref, "claims.appeal.filed", appeal, {"level": level})
        return appeal


def decide_appeal(*, actor: Actor, appeal_id: UUID, token: str, verdict: str, answer: str) -> Appeal:
    """Uphold what was decided, or overturn it; by the holder of its work, who has decided nothing of the claim.

    An overturned denial is accepted again and approved, with every reason to pend or deny settled that one person can
    settle; what was approved is adjusted by a new version. A high amount waits for two people, as any. The same answer
    with the same token again returns what is stored. Raises TokenMissing, LeaseLost, AlreadyInvolved, AlreadyDecided,
    NotFound, or InvalidInput.
    """
    with transaction.atomic(savepoint=False):
        claim = lock_for_work(get_appeal(appeal_id).claim_id, is_live=False)
        item, _rounds = worklist.lock_item(actor=actor, queue_code=APPEAL_QUEUE.code, subject_id=appeal_id, token=token)
        appeal = get_appeal(appeal_id)
        answer = _check_answer(verdict, answer)
        if item.done_at is not None:
            stored = get_live_decision(item.id)
            if stored is None or (stored.verdict, stored.reason) != (verdict, answer):
                raise AlreadyDecided
            return appeal
        if actor.member_id in list_deciders_of(claim):
            raise AlreadyInvolved
        sign(actor, item, verdict, answer, digest_of(claim))
        appeal.verdict, appeal.answer = verdict, answer
        appeal.decided_by_id, appeal.decided_at = actor.member_id, timezone.now()
        appeal.save(update_fields=["verdict", "answer", "decided_by", "decided_at"])
        meet_clocks([claim], ClockKind.APPEAL_DECISION)
        close_requests([claim])
        (_overturn if verdict == AppealVerdict.OVERTURNED else _uphold)(actor, claim, answer)
        record(actor.ref, "claims.appeal.decided", appeal, {"level": appeal.level, "verdict": verdict})
        return appeal


def _check_standing(claim: Claim) -> int:
    standing = find_standing(claim)
    if standing.is_open:
        raise AppealOpen
    if not standing.is_decided:
        raise NotAppealable
    if standing.is_over:
        raise AppealsExhausted
    if standing.is_late and standing.until is not None:
        day = formats.date_format(timezone.localtime(standing.until), "DATE_FORMAT")
        raise AppealLate(
            _("The time to appeal is over: it could be filed until %(day)s.") % {"day": day},
            until=standing.until.isoformat(),
        )
    return standing.level


def _check_text(text: str, field: str, missing: str) -> str:
    text = text.strip()
    if not text:
        raise InvalidInput({field: [missing]})
    if len(text) > LONGEST:
        raise InvalidInput({field: [_("At most %(most)d characters.") % {"most": LONGEST}]})
    return text


def _check_answer(verdict: str, answer: str) -> str:
    if verdict not in AppealVerdict.values:
        raise InvalidInput({"verdict": [_("Uphold or overturn.")]})
    return _check_text(answer, "answer", _("Give the reasons: who appealed reads them."))


def _create(claim: Claim, level: int, reason: str, member_id: UUID) -> Appeal:
    try:
        with transaction.atomic():
            appeal = Appeal.objects.create(claim=claim, level=level, reason=reason, filed_by_id=member_id)
    except IntegrityError as conflict:
        raise AppealOpen from conflict
    appeal.refresh_from_db(fields=["filed_at"])
    return appeal


def _uphold(actor: Actor, claim: Claim, answer: str) -> None:
    """What was decided stands; a denial is one again, for the reason that it had."""
    if claim.stage == Stage.APPEALED:
        move_claims(
            [claim],
            Stage.DENIED,
            mover=Mover.EXAMINER,
            member_id=actor.member_id,
            reason=answer,
        )


def _overturn(actor: Actor, claim: Claim, answer: str) -> None:
    """What one person can settle is settled by this decision; a high amount still takes two."""
    settled = frozenset(Pend.values) - {Pend.AMOUNT}
    if claim.stage != Stage.APPEALED:
        correct_locked(
            actor=actor.ref, claim=claim, kind=Stage.ADJUSTED, reason=answer, mover=Mover.EXAMINER, resolved=settled
        )
        return
    move_claims(
        [claim],
        Stage.ACCEPTED,
        mover=Mover.EXAMINER,
        member_id=actor.member_id,
        reason=answer,
        **UNDECIDED,
        settled=sorted(settled),
    )
    approve_claims(actor=actor.ref, claims=[claim], mover=Mover.EXAMINER, reason=answer, resolved=settled)
