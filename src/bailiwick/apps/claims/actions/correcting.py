"""Correcting what is approved or paid: by a new version that is judged anew, or by taking it back altogether."""

from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from bailiwick.apps.claims.actions.accumulators import Taken, take_used
from bailiwick.apps.claims.actions.adjudication import Judged, approve_claims
from bailiwick.apps.claims.actions.clocks import start_clock_of_correction
from bailiwick.apps.claims.actions.editing import find_edits
from bailiwick.apps.claims.actions.judgements import write_judgements
from bailiwick.apps.claims.actions.moving import move_claims
from bailiwick.apps.claims.actions.paying import take_back
from bailiwick.apps.claims.actions.standing import require_edition
from bailiwick.apps.claims.actions.writing import draw_ids, said_of, write_lines
from bailiwick.apps.claims.choices import STATUS_OF, Cause, Mover, Outcome, Pend, Stage
from bailiwick.apps.claims.errors import MoveRefused, ReasonMissing
from bailiwick.apps.claims.manifest import APPROVE, MANAGE
from bailiwick.apps.claims.models import Adjudication, Claim, ClaimLine, StatusChange
from bailiwick.apps.claims.queries.claims import list_lines, lock_claim
from bailiwick.apps.claims.queries.named import find_npis
from bailiwick.apps.claims.queries.terms import load_covers
from bailiwick.apps.claims.queries.used import load_used
from bailiwick.apps.claims.rules.submission import faults_of
from bailiwick.apps.claims.rules.transitions import CORRECTIONS, FINAL
from bailiwick.apps.claims.values.cases import ZERO, Adjustment, LineResult, Result
from bailiwick.apps.claims.values.claims import NewClaim
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.base.money import Money
from bailiwick.kernel.tenancy.scope import require_scope

REVERSAL = {"step": "reversal", "said": "reversed"}
SAID = (
    "kind",
    "use",
    "provider_id",
    "diagnosis_code",
    "procedure_code",
    "diagnoses",
    "amount",
    "other_paid",
    "currency",
    "service_date",
    "service_end",
    "place_of_service",
    "is_paper",
    "more",
)
"""What a claim says itself."""
KEPT = (
    "number",
    "external_id",
    "body",
    "source",
    "patient_id",
    "coverage_id",
    "assigned_processor_id",
    "submitted_by_id",
    "submitted_at",
)
"""What every version has of the one before."""
LINE = """revision, sequence, place, system, procedure_code, modifiers, diagnosis_pointers, revenue_code, ndc,
service_date, service_end, place_of_service, quantity, unit, unit_price, factor, amount, other_paid, text, more"""
COPY_LINES = f"""
INSERT INTO claims_claimline (claim_id, {LINE})
SELECT %(successor)s, {LINE.replace("revision", "1", 1)} FROM claims_claimline
 WHERE organization_id = %(organization)s AND claim_id = %(claim)s AND revision = %(revision)s
"""


def correct_claim(
    *,
    actor: Actor,
    claim_id: UUID,
    kind: Stage,
    new: NewClaim | None = None,
    reason: str,
    edition: int | None = None,
) -> Judged | None:
    """Adjust, replace or void (`kind`) a claim that is approved or paid; None for one that is voided.

    Adjusted or replaced it gets a next version, with what is given or as it was, which is judged as any claim: its
    difference is to what the former one paid, and it takes a grant that is good for what is billed. `edition` is
    the one that was read. Raises MoveRefused, ReasonMissing, AmountTooHigh, Stale, or InvalidInput beside the fields.
    """
    actor.require(MANAGE)
    with transaction.atomic(savepoint=False):
        claim = lock_claim(actor, claim_id)
        if edition is not None:
            require_edition(claim, edition)
        if kind != Stage.VOIDED:
            actor.require(APPROVE, amount=Money(new.amount if new else claim.amount, claim.currency))
        judged = correct_locked(actor=actor.ref, claim=claim, kind=kind, new=new, reason=reason, mover=Mover.MANAGER)
        told = {"kind": kind.value, "version": judged.claim.version if judged else claim.version}
        record(actor.ref, "claims.claim.corrected", claim, told)
        return judged


def correct_locked(
    *,
    actor: ActorRef,
    claim: Claim,
    kind: Stage,
    reason: str,
    mover: Mover,
    new: NewClaim | None = None,
    event_id: UUID | None = None,
    pend: str = Pend.EVENT,
    resolved: frozenset[str] = frozenset(),
) -> Judged | None:
    """As `correct_claim`, for whoever holds the claim locked and has asked for the right.

    A cancelled event makes a version that is open again: under review for `pend`, else accepted. `resolved` is settled
    for the new version.
    """
    if kind not in CORRECTIONS or claim.stage not in FINAL:
        raise MoveRefused(id=str(claim.id), stage=claim.stage, to=str(kind))
    if not reason:
        raise ReasonMissing(id=str(claim.id))
    if new is not None:
        _check(new, claim)
    counted = _find_counted(claim)
    _give_back(claim, counted)
    origin: dict[str, Any] = {"mover": mover, "member_id": actor.member_id, "event_id": event_id, "reason": reason}
    if kind == Stage.VOIDED:
        _reverse(claim, actor.member_id)
        take_back(claim, member_id=actor.member_id)
        move_claims([claim], kind, **origin, allowed=ZERO, paid=ZERO, patient_owes=ZERO)
        return None
    move_claims([claim], kind, **origin, is_live=False)
    successor = _succeed(claim, kind, new, actor.member_id)
    if mover == Mover.CANCELLATION:
        if pend:
            _review_again(successor, actor, event_id, pend)
        return None
    [judged] = approve_claims(actor=actor, claims=[successor], mover=mover, reason=reason, resolved=resolved)
    return judged


def _check(new: NewClaim, claim: Claim) -> None:
    """A correction is for the same patient in the same money, and is in order at once: it is not returned."""
    faults = faults_of(new, born=claim.patient.date_of_birth, today=localdate())
    if new.provider_id not in find_npis([new.provider_id]):
        faults["provider"] = [_("There is no such provider for whom you may submit.")]
    if new.patient_id != claim.patient_id:
        faults["patient"] = [_("A correction is for the same patient. Void this claim and submit another.")]
    if new.currency != claim.currency:
        faults["currency"] = [_("A correction is in the same currency.")]
    [edits] = find_edits([new])
    for edit in edits:
        faults.setdefault(edit.field, []).append(edit.message)
    if faults:
        raise InvalidInput(faults)


def _find_counted(claim: Claim) -> Adjudication | None:
    """The judgement that counts of a claim that is approved or paid."""
    return Adjudication.objects.filter(claim=claim, is_final=True).order_by("-version").first()


def _give_back(claim: Claim, counted: Adjudication | None) -> None:
    """What the judgement took of its cover. All covers that may be asked anew are locked, in one order."""
    if counted is None or counted.coverage_id is None:
        return
    load_used(load_covers([claim.patient_id]), {claim.patient_id: {claim.service_date.year}}, locks=True)
    year = claim.service_date.year
    take_used([Taken(counted.coverage_id, year, -counted.deductible, -counted.out_of_pocket)])


def _reverse(claim: Claim, member_id: UUID | None) -> None:
    """A last judgement, by which nothing is paid."""
    result = Result(
        Outcome.REVERSED, tuple(_reversed(line) for line in list_lines(claim) if not line.is_detail), trace=(REVERSAL,)
    )
    write_judgements([claim], [result], [True], rule_set=None, member_id=member_id)


def _reversed(line: ClaimLine) -> LineResult:
    made = (Adjustment("OA", "129", line.amount),)
    return LineResult(line.sequence, line.amount, ZERO, ZERO, made, ({**REVERSAL, "adjustments": [made[0].as_json()]},))


def _succeed(claim: Claim, kind: Stage, new: NewClaim | None, member_id: UUID | None) -> Claim:
    """The next version, accepted: with what is given, else with all that the former one says."""
    said = said_of(new) if new else {name: getattr(claim, name) for name in SAID}
    # What people settled they settled of what was there to be seen.
    said["settled"] = [] if new else claim.settled
    kept = {name: getattr(claim, name) for name in KEPT}
    [key] = draw_ids(1)
    Claim.objects.create(
        id=key,
        version=claim.version + 1,
        replaces_id=claim.id,
        stage=Stage.ACCEPTED,
        status=STATUS_OF[Stage.ACCEPTED],
        is_live=True,
        **kept,
        **said,
    )
    if new:
        write_lines([(key, 1, new.lines)])
    else:
        _copy_lines(claim, key)
    StatusChange.objects.create(
        claim_id=key, from_stage=Stage.DRAFT, to_stage=Stage.ACCEPTED, cause=Cause.MEMBER, member_id=member_id
    )
    successor: Claim = Claim.objects.select_related("patient", "provider").get(id=key)
    start_clock_of_correction(successor, is_sent_anew=new is not None and kind == Stage.REPLACED)
    return successor


def _copy_lines(claim: Claim, key: UUID) -> None:
    asked = {
        "organization": require_scope().organization_id,
        "claim": claim.id,
        "revision": claim.revision,
        "successor": key,
    }
    with connection.cursor() as cursor:
        cursor.execute(COPY_LINES, asked)


def _review_again(successor: Claim, actor: ActorRef, event_id: UUID | None, pend: str) -> None:
    """As it was before the event that is cancelled: whoever had to look at it has to again."""
    move_claims(
        [successor],
        Stage.UNDER_REVIEW,
        mover=Mover.ADMISSION,
        member_id=actor.member_id,
        event_id=event_id,
        pend=pend,
    )
