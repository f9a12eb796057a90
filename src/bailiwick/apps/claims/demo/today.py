"""What happens on the day itself, by the same actions as people and programs use."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from bailiwick.apps.claims.actions.appeals import decide_appeal, file_appeal
from bailiwick.apps.claims.actions.assigning import assign_claims
from bailiwick.apps.claims.actions.deciding import decide_claim
from bailiwick.apps.claims.actions.events.applying import apply_event
from bailiwick.apps.claims.actions.events.reporting import report_event
from bailiwick.apps.claims.actions.paying import pay_claims, schedule_payments
from bailiwick.apps.claims.actions.queueing import take_next
from bailiwick.apps.claims.actions.requests import answer_request, ask_information
from bailiwick.apps.claims.actions.statuses import set_statuses
from bailiwick.apps.claims.actions.submission import submit_claims
from bailiwick.apps.claims.choices import AppealVerdict, EventState, EventType, Source, Stage, Status, Verdict
from bailiwick.apps.claims.demo.catalogue import APPROVALS, CLINICS, REFUSALS
from bailiwick.apps.claims.demo.drawing import Draw
from bailiwick.apps.claims.demo.people import Team
from bailiwick.apps.claims.manifest import AMOUNT_QUEUE, APPEAL_QUEUE, DUPLICATE_QUEUE, MEDICAL_QUEUE
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.queries.claims import lock_claims
from bailiwick.apps.claims.rules.transitions import GRANTED
from bailiwick.apps.claims.values.claims import NewClaim
from bailiwick.apps.claims.values.events import NewEvent
from bailiwick.kernel.access.actors import Actor

FEED = "St. Bride's ADT"
NOTABLE = ("J1745", "J1745", "J1745", "44970", "44970", "44970", "27447", "44970")
"""Services of which something has to be decided: reviewed by a clinician, or by two people for their amount."""


@dataclass(frozen=True, slots=True)
class Today:
    """The work of a day: claims come in, some are judged, some decided, some paid; patients come and go."""

    draw: Draw
    team: Team
    now: datetime

    def live(self, count: int) -> None:
        ids = self._submit(count)
        if not ids:
            return
        self._assign(ids)
        plain = [key for place, key in enumerate(ids) if place % 5 < 2]
        notable = Claim.objects.filter(Q(procedure_code__in=NOTABLE) | Q(external_id__startswith="T-509"), id__in=ids)
        judged = [*plain, *notable.values_list("id", flat=True)]
        set_statuses(actor=self.team.admin, claim_ids=judged, status=Status.APPROVED, reason="Judged by the rules")
        self._decide()
        self._pay(judged)
        self._ask()
        self._report(ids)
        self._appeal()

    def _submit(self, count: int) -> list[UUID]:
        """Some by the clinic that has an account, the others by the administrator's programs."""
        own = [self._draw(place, clinic=CLINICS[0]) for place in range(count // 4)]
        others = [self._draw(len(own) + place, code=code) for place, code in enumerate(NOTABLE[: count // 4])]
        again = [self.draw.again(new, f"T-{50_901 + place}") for place, new in enumerate(own[:3])]
        made = len(own) + len(others) + len(again)
        others += [self._draw(place) for place in range(made, count)]
        outcomes = submit_claims(actor=self.team.one("provider"), rows=own, source=Source.PAGE)
        outcomes += submit_claims(actor=self.team.admin, rows=[*others, *again], source=Source.API)
        return [outcome.id for outcome in outcomes if outcome.id]

    def _draw(self, place: int, **where: Any) -> NewClaim:
        on = (self.now - timedelta(days=self.draw.random.randint(4, 12))).date()
        return self.draw.claim(on, f"T-{50_001 + place}", **where)

    def _assign(self, ids: list[UUID]) -> None:
        for place, processor in enumerate(self.team.by_role["claims-processor"]):
            assign_claims(actor=self.team.admin, claim_ids=ids[place::3], member_id=processor.member_id)

    def _decide(self) -> None:
        """Both processors decide some of what waits, each of their own; of high amounts the first of two decides."""
        for processor in self.team.by_role["claims-processor"]:
            for queue, verdict in ((MEDICAL_QUEUE, Verdict.DENY), (DUPLICATE_QUEUE, Verdict.APPROVE)):
                self._decide_next(processor, queue.code, verdict)
        self._decide_next(self.team.admin, AMOUNT_QUEUE.code, Verdict.APPROVE)

    def _decide_next(self, actor: Actor, queue_code: str, verdict: Verdict) -> None:
        held = take_next(actor=actor, queue_code=queue_code)
        if held is None:
            return
        claim = Claim.objects.get(pk=held.subject_id)
        reason = self.draw.random.choice(APPROVALS) if verdict == Verdict.APPROVE else REFUSALS["medical"]
        decide_claim(
            actor=actor,
            claim_id=claim.id,
            queue_code=queue_code,
            token=str(held.token),
            verdict=verdict,
            reason=reason,
        )

    def _pay(self, judged: list[UUID]) -> None:
        finance = self.team.one("claims-finance")
        with transaction.atomic():
            granted = [each for each in lock_claims(finance, judged) if each.stage in GRANTED]
            pay_claims(actor=finance, claims=granted[: len(granted) // 2])
            schedule_payments(actor=finance, claims=granted[len(granted) // 2 :][:3])

    def _ask(self) -> None:
        """Three questions, of which the clinic with an account has answered one."""
        waiting = Claim.objects.filter(stage=Stage.ACCEPTED, is_live=True).order_by("id")
        clinic = self.team.one("provider")
        own = waiting.filter(provider__member_id=clinic.member_id)
        for claim in own[:1]:
            asked = ask_information(actor=self.team.admin, claim_id=claim.id, asked="Please send the referral.")
            answer_request(actor=clinic, request_id=asked.id, answer="The patient came without one: emergency.")
        for claim in own[1:3]:
            ask_information(
                actor=self.team.admin, claim_id=claim.id, asked="Please send the notes of the visit, signed."
            )

    def _report(self, ids: list[UUID]) -> None:
        """Admissions, a treatment and a discharge, and a report on somebody whom nobody knows yet."""
        claims = list(Claim.objects.filter(id__in=ids, stage=Stage.ACCEPTED).order_by("id")[:4])
        told = (EventType.ADMISSION, EventType.ADMISSION, EventType.TREATMENT, EventType.DISCHARGE)
        for place, (claim, kind) in enumerate(zip(claims, told, strict=False)):
            self._report_one(place, kind, patient_id=claim.patient_id)
        self._report_one(len(told), EventType.ADMISSION, patient_reference="MRN-88213")

    def _report_one(self, place: int, kind: EventType, **whose: object) -> None:
        new = NewEvent(
            kind,
            self.now - timedelta(hours=6 - place),
            source_id=f"MSG-{place + 1:05}",
            facility_name="St. Bride's Hospital",
            **whose,  # type: ignore[arg-type]
        )
        event, _is_new = report_event(actor=self.team.admin, new=new, source=FEED)
        if event.state == EventState.PENDING:
            apply_event(actor=self.team.admin.ref, event_id=event.id)

    def _appeal(self) -> None:
        """Two denials are disputed, one by the clinic itself if it has one; of one the examiner upholds it."""
        clinic, examiner = self.team.one("provider"), self.team.one("claims-examiner")
        denied = Claim.objects.filter(stage=Stage.DENIED, is_live=True).order_by("-decided_at")
        own = list(denied.filter(provider__member_id=clinic.member_id)[:1])
        for claim in own:
            file_appeal(actor=clinic, claim_id=claim.id, reason="The visit was urgent; the notes of that day say why.")
        for claim in denied.exclude(id__in=[each.id for each in own])[: 2 - len(own)]:
            file_appeal(
                actor=self.team.admin, claim_id=claim.id, reason="The member called: another doctor asked for it."
            )
        held = take_next(actor=examiner, queue_code=APPEAL_QUEUE.code)
        if held is not None:
            decide_appeal(
                actor=examiner,
                appeal_id=held.subject_id,
                token=str(held.token),
                verdict=AppealVerdict.UPHELD,
                answer="The notes that were sent say nothing of an emergency.",
            )
