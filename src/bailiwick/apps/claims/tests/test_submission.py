"""Claims are taken in: stored once, checked at the door, each door the same."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import localdate

from bailiwick.apps.claims.actions.submission import submit_claim, submit_claims
from bailiwick.apps.claims.choices import Source
from bailiwick.apps.claims.errors import ExternalIdTaken, Unstorable
from bailiwick.apps.claims.models import Claim, ClaimLine, StatusChange
from bailiwick.apps.claims.queries.contents import load_content
from bailiwick.apps.claims.tests.factories import new_patient, new_provider
from bailiwick.apps.claims.tests.given import given_claim
from bailiwick.apps.claims.values.claims import NewLine
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for, new_member, new_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(organization: Any, member: Any) -> Iterator[Actor]:
    actor = actor_for(member(organization, "claims-admin"))
    with enter(organization.id, member_id=actor.member_id):
        yield actor


def test_a_claim_is_accepted_with_its_lines_and_its_first_move(admin: Actor) -> None:
    new = given_claim(amounts=("100.00", "50.50"), codes=("10001", "10002"))
    claim, is_new = submit_claim(actor=admin, new=new)
    assert is_new and (claim.stage, claim.status, claim.is_live) == ("accepted", "submitted", True)
    assert claim.amount == Decimal("150.50")
    assert (claim.diagnosis_code, claim.procedure_code) == ("C00.0", "10001")
    assert claim.number.startswith("C-") and claim.submitted_by_id == admin.member_id
    assert load_content(claim) == new
    [change] = StatusChange.objects.filter(claim=claim)
    assert (change.from_stage, change.to_stage, change.cause) == ("draft", "accepted", "member")
    event = Event.objects.get(verb="claims.claim.submitted")
    assert event.subject_id == claim.id and "C00" not in str(event.data)


def test_everything_that_a_line_says_is_kept(admin: Actor) -> None:
    line = NewLine(
        procedure_code="99213",
        amount=Decimal("120.00"),
        place="1",
        system="cpt",
        modifiers=("25", "LT"),
        diagnosis_pointers=(1,),
        revenue_code="0450",
        ndc="00002751001",
        service_date=date(2026, 3, 1),
        service_end=date(2026, 3, 2),
        place_of_service="11",
        quantity=Decimal("2.5000"),
        unit="UN",
        unit_price=Decimal("48.0000"),
        factor=Decimal("1.00000"),
        text='A "visit", {braced} and \\ slashed',
        more={"udi": ["a", "b"]},
    )
    new = given_claim(lines=(line,), service_date=date(2026, 3, 1), more={"priority": {"code": "normal"}})
    claim, _is_new = submit_claim(actor=admin, new=new)
    assert load_content(claim) == new


def test_what_comes_again_under_its_number_is_recognised(admin: Actor) -> None:
    new = given_claim(external_id="A-1")
    first, is_first = submit_claim(actor=admin, new=new)
    again, is_again = submit_claim(actor=admin, new=replace(new, lines=(replace(new.lines[0], amount=Decimal(150)),)))
    assert (is_first, is_again) == (True, False) and first.id == again.id
    with pytest.raises(ExternalIdTaken), transaction.atomic():
        submit_claim(actor=admin, new=replace(new, service_date=new.service_date - timedelta(days=1)))
    assert Claim.objects.count() == 1
    unnumbered = replace(new, external_id="")
    assert submit_claim(actor=admin, new=unnumbered)[0].id != submit_claim(actor=admin, new=unnumbered)[0].id


def test_many_at_a_time_each_with_its_outcome(admin: Actor) -> None:
    patient, provider = new_patient(), new_provider()
    good = [given_claim(patient, provider, external_id=f"A-{number}", amounts=("1.00",) * 5) for number in range(3)]
    old = replace(good[0], service_date=date(1900, 1, 1), external_id="A-9")
    other = replace(good[1], is_paper=True)
    nul = replace(good[0], external_id="A-10", place_of_service="\x00")
    outcomes = submit_claims(actor=admin, rows=[*good, good[2], other, old, nul], source=Source.IMPORT)
    assert [outcome.is_new for outcome in outcomes] == [True, True, True, False, False, False, False]
    assert outcomes[3].id == outcomes[2].id
    assert [type(outcome.refusal) for outcome in outcomes[4:]] == [ExternalIdTaken, InvalidInput, Unstorable]
    assert isinstance(outcomes[5].refusal, InvalidInput) and list(outcomes[5].refusal.fields) == ["service_date"]
    assert ClaimLine.objects.count() == 15 and StatusChange.objects.count() == 3
    again = submit_claims(actor=admin, rows=good, source=Source.IMPORT)
    assert [(outcome.id, outcome.is_new) for outcome in again] == [(outcome.id, False) for outcome in outcomes[:3]]
    assert Claim.objects.count() == 3


def test_a_chunk_takes_as_many_statements_as_one_claim(admin: Actor, count_statements: Any) -> None:
    patient, provider = new_patient(), new_provider()
    submit_claims(actor=admin, rows=[given_claim(patient, provider, external_id="B")], source=Source.IMPORT)
    counts = []
    for size in (1, 200):
        rows = [given_claim(patient, provider, external_id=f"A-{size}-{place}") for place in range(size)]
        with count_statements() as seen:
            submit_claims(actor=admin, rows=rows, source=Source.IMPORT)
        counts.append(seen.count)
    assert counts[0] == counts[1] <= 12


def test_a_claim_with_a_wrong_code_is_returned_with_what_is_wrong(admin: Actor) -> None:
    provider = new_provider(npi="1234567890")
    claim, _is_new = submit_claim(actor=admin, new=given_claim(provider=provider))
    assert (claim.stage, claim.status) == ("returned", "rejected")
    assert [edit["field"] for edit in claim.edits] == ["provider"]
    assert claim.rejection_reason == claim.edits[0]["message"]


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("amount", {"amounts": ("-100.00",)}),
        ("amount", {"amounts": ("0.50",)}),
        ("amount", {"amounts": ("9999999.00", "2.00")}),
        ("service_date", {"service_date": localdate() + timedelta(days=1)}),
        ("service_date", {"service_date": date(1985, 12, 9)}),
        ("service_end", {"service_end": date(2026, 3, 1)}),
        ("lines", {"lines": ()}),
    ],
)
def test_what_cannot_be_is_refused_by_name(admin: Actor, field: str, values: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refusal, transaction.atomic():
        submit_claim(actor=admin, new=given_claim(**values))
    assert field in refusal.value.fields
    assert not Claim.objects.exists()


def test_patients_and_providers_of_others_do_not_exist(admin: Actor) -> None:
    elsewhere = new_organization()
    with enter(elsewhere.id):
        patient, provider = new_patient(), new_provider()
    with pytest.raises(InvalidInput) as refusal, transaction.atomic():
        submit_claim(actor=admin, new=given_claim(patient, provider))
    assert set(refusal.value.fields) == {"patient", "provider"}


def test_a_provider_submits_for_themselves_alone(organization: Any) -> None:
    me = actor_for(new_member(organization, "provider"))
    with enter(organization.id, member_id=me.member_id):
        own, other = new_provider(member_id=me.member_id), new_provider()
        assert submit_claim(actor=me, new=given_claim(provider=own))[1]
        with pytest.raises(InvalidInput) as refusal, transaction.atomic():
            submit_claim(actor=me, new=given_claim(provider=other))
    assert list(refusal.value.fields) == ["provider"]


@pytest.mark.parametrize("role", ["patient", "claims-finance", "claims-reader"])
def test_who_may_not_submit_is_refused(organization: Any, role: str) -> None:
    actor = actor_for(new_member(organization, role))
    with enter(organization.id, member_id=actor.member_id), pytest.raises(Forbidden):
        submit_claim(actor=actor, new=given_claim())


def test_a_claim_of_a_merged_patient_is_the_survivors(admin: Actor) -> None:
    survivor = new_patient()
    merged = new_patient(merged_into=survivor)
    assert submit_claim(actor=admin, new=given_claim(merged))[0].patient_id == survivor.id
