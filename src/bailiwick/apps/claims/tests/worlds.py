"""A row in every table of insurance claims, for tests that look for leaks between two organisations."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

from django.utils.timezone import now

from bailiwick.apps.claims.choices import Stage
from bailiwick.apps.claims.models import (
    Accumulator,
    Adjudication,
    AdjudicationLine,
    Appeal,
    Attachment,
    Benefit,
    Claim,
    ClaimImport,
    Clock,
    ClockRule,
    Code,
    CodeSet,
    Coverage,
    FeeSchedule,
    ImportedClaim,
    InformationRequest,
    Patient,
    PatientEvent,
    Payment,
    PaymentRun,
    Plan,
    PriorAuthorization,
    Provider,
    RejectedClaim,
    RuleSet,
    Simulation,
    StatusChange,
)
from bailiwick.apps.claims.tests.factories import (
    ON,
    new_coverage,
    new_event,
    new_patient,
    new_plan,
    new_provider,
    new_rules,
    new_schedule,
    new_stored_claim,
)
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.files.actions import store_made


@dataclass
class Insurance:
    """What one organisation has of insurance claims."""

    patient: Patient
    provider: Provider
    claim: Claim
    draft: Claim
    event: PatientEvent
    appeal: Appeal
    request: InformationRequest
    attachment: Attachment
    plan: Plan
    schedule: FeeSchedule
    rule_set: RuleSet
    simulation: Simulation
    code_set: CodeSet
    opened: ClaimImport
    clock_rule: ClockRule
    run: PaymentRun
    coverage: Coverage
    benefit: Benefit


def insure(actor: Actor, mark: str) -> Insurance:
    """Rows whose texts all carry the mark."""
    me = actor.member_id
    patient = new_patient(first_name=mark[:50], last_name=mark[:50], number=mark[:50])
    provider = new_provider(name=mark)
    plan = new_plan(name=mark)
    coverage = new_coverage(patient, plan)
    schedule = new_schedule({"10001": "100.00"}, name=mark)
    rules = new_rules(me)
    claim = new_stored_claim(patient=patient, provider=provider, coverage=coverage, rejection_reason=mark)
    draft = new_stored_claim(stage=Stage.DRAFT, patient=patient, provider=provider, submitted_by_id=me)
    file = store_made(
        actor=actor, purpose=next(iter(registry().files)), name=f"{mark}.csv", kind="csv", content=BytesIO(b"x")
    )
    event = new_event(patient, facility_name=mark)
    StatusChange.objects.create(claim=claim, to_stage="accepted", cause="event", event=event, reason=mark)
    benefit = Benefit.objects.create(plan=plan, title=mark, codes=["1"], valid_from=ON)
    Accumulator.objects.create(coverage=coverage, year=2026)
    PriorAuthorization.objects.create(number=mark[:50], patient=patient, valid_from=ON, valid_until=ON)
    told = {"outcome": "approved", "pend": "", "paid": "150.00"}
    changes = [{"claim": str(claim.id), "before": told, "after": told | {"paid": "120.00"}}]
    simulation = Simulation.objects.create(
        rule_set=rules,
        since=ON,
        until=ON,
        member_id=me,
        result={"claims": 1, "currencies": {}, "changed": 1, "changes": changes},
        finished_at=now(),
    )
    basis = {"days": 30, "basis": mark, "valid_from": ON}
    clock_rule = ClockRule.objects.create(kind="payment", **basis)
    money = {"billed": 150, "paid": 150, "adjusted": 0}
    judged = Adjudication.objects.create(
        claim=claim, version=1, revision=1, outcome="approved", is_final=True, allowed=150, patient_owes=0, **money
    )
    trace = [{"step": mark, "said": mark}]
    AdjudicationLine.objects.create(adjudication=judged, sequence=1, allowed=150, trace=trace, **money)
    run = PaymentRun.objects.create(count=1, **money)
    Payment.objects.create(run=run, claim=claim, adjudication=judged, amount=Decimal(150))
    asked = InformationRequest.objects.create(claim=claim, asked=mark, asked_by_id=me, due_at=now())
    attachment = Attachment.objects.create(claim=claim, file=file, note=mark, member_id=me)
    appeal = Appeal.objects.create(claim=claim, reason=mark, filed_by_id=me)
    Clock.objects.create(
        claim=claim,
        kind="payment",
        subject_id=claim.id,
        basis=mark,
        started_at=now(),
        due_at=now() + timedelta(days=30),
    )
    code_set = CodeSet.objects.create(
        system="icd10cm", release=mark[:50], valid_from=date(2025, 10, 1), source=mark, digest=b"d" * 32
    )
    Code.objects.create(code_set=code_set, code="C00.0", title=mark)
    opened = ClaimImport.objects.create(file=file, member_id=me)
    ImportedClaim.objects.create(source=opened, line=1, claim=claim, is_new=True)
    RejectedClaim.objects.create(source=opened, line=2, values={"number": mark}, errors={"number": [mark]})
    return Insurance(
        patient,
        provider,
        claim,
        draft,
        event,
        appeal,
        asked,
        attachment,
        plan,
        schedule,
        rules,
        simulation,
        code_set,
        opened,
        clock_rule,
        run,
        coverage,
        benefit,
    )
