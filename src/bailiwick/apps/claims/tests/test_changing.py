"""Changing open claims: a new revision, nobody overwrites what they have not seen; drafts; expiry."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import now

from bailiwick.apps.claims.actions import expiry
from bailiwick.apps.claims.actions.changing import change_claim, replace_claim
from bailiwick.apps.claims.actions.drafts import discard_draft, save_draft, submit_draft
from bailiwick.apps.claims.actions.expiry import expire_chunk
from bailiwick.apps.claims.actions.statuses import set_status
from bailiwick.apps.claims.actions.submission import submit_claim
from bailiwick.apps.claims.choices import Stage
from bailiwick.apps.claims.errors import ExternalIdTaken, Immutable, NotOpen, Stale
from bailiwick.apps.claims.models import Claim, ClaimLine, StatusChange
from bailiwick.apps.claims.queries.claims import list_claims, list_drafts
from bailiwick.apps.claims.queries.contents import load_content
from bailiwick.apps.claims.tests.factories import new_patient, new_provider, new_stored_claim
from bailiwick.apps.claims.tests.given import given_claim
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.errors import DomainError, InvalidInput, NotFound
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.jobs.actions import schedule_job
from bailiwick.kernel.jobs.tasks import run_due
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for, new_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(organization: Any) -> Iterator[Actor]:
    actor = actor_for(new_member(organization, "claims-admin"))
    with enter(organization.id, member_id=actor.member_id):
        yield actor


@pytest.fixture
def claim(admin: Actor) -> Claim:
    return submit_claim(actor=admin, new=given_claim(external_id="A-1", amounts=("100.00", "50.00")))[0]


def refused(work: Callable[[], Any]) -> DomainError:
    with pytest.raises(DomainError) as refusal, transaction.atomic():
        work()
    return refusal.value


def test_a_change_is_a_new_revision_and_the_old_lines_stay(admin: Actor, claim: Claim) -> None:
    new = replace(load_content(claim), lines=(replace(load_content(claim).lines[0], amount=Decimal("70.00")),))
    changed = replace_claim(actor=admin, claim_id=claim.id, new=new)
    assert (changed.amount, changed.revision, changed.edition) == (Decimal("70.00"), 2, 2)
    assert load_content(changed) == new
    assert ClaimLine.objects.filter(claim=claim, revision=1).count() == 2
    event = Event.objects.get(verb="claims.claim.changed")
    assert event.data == {"fields": ["lines"]}


def test_fields_are_changed_alone(admin: Actor, claim: Claim) -> None:
    on = date(2026, 2, 1)
    changed = change_claim(
        actor=admin,
        claim_id=claim.id,
        said={"service_date": on, "diagnosis_code": "C00.1", "procedure_code": "10009"},
    )
    assert (changed.service_date, changed.diagnosis_code, changed.procedure_code) == (on, "C00.1", "10009")
    assert [line.procedure_code for line in load_content(changed).lines] == ["10009", "10001"]
    refusal = refused(lambda: change_claim(actor=admin, claim_id=claim.id, said={"amount": Decimal(1)}))
    assert isinstance(refusal, InvalidInput) and list(refusal.fields) == ["amount"]
    same = change_claim(actor=admin, claim_id=claim.id, said={"service_date": on})
    assert same.edition == changed.edition


def test_who_writes_on_an_old_copy_is_told_what_changed(admin: Actor, claim: Claim) -> None:
    change_claim(actor=admin, claim_id=claim.id, said={"place_of_service": "11"}, edition=1)
    late = partial(change_claim, actor=admin, claim_id=claim.id, said={"place_of_service": "12"}, edition=1)
    refusal = refused(late)
    assert isinstance(refusal, Stale) and refusal.data["edition"] == 2
    [change] = refusal.data["changed"]
    assert (change["fields"], change["by"]) == (["place_of_service"], admin.name)
    claim.refresh_from_db()
    assert claim.place_of_service == "11"
    change_claim(actor=admin, claim_id=claim.id, said={"place_of_service": "12"}, edition=2)


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        ("approved", Immutable),
        ("partially_approved", Immutable),
        ("payment_scheduled", Immutable),
        ("paid", Immutable),
        ("denied", NotOpen),
        ("returned", NotOpen),
        ("expired", NotOpen),
    ],
)
def test_what_is_not_open_does_not_change(admin: Actor, stage: str, expected: type[DomainError]) -> None:
    stored = new_stored_claim(stage=Stage(stage))
    for said in ({"amount": Decimal(1)}, {"is_paper": True}, {"service_date": date(2026, 1, 1)}):
        assert type(refused(partial(change_claim, actor=admin, claim_id=stored.id, said=said))) is expected
    stored.refresh_from_db()
    assert stored.edition == 1


def test_only_its_processor_and_managers_change_it(organization: Any, admin: Actor, claim: Claim) -> None:
    processor = actor_for(new_member(organization, "claims-processor"))
    reader = actor_for(new_member(organization, "claims-reader"))
    said = {"place_of_service": "11"}
    assert isinstance(refused(lambda: change_claim(actor=processor, claim_id=claim.id, said=said)), NotFound)
    assert isinstance(refused(lambda: change_claim(actor=reader, claim_id=claim.id, said=said)), Forbidden)
    Claim.objects.filter(id=claim.id).update(assigned_processor_id=processor.member_id)
    assert change_claim(actor=processor, claim_id=claim.id, said=said).place_of_service == "11"


def test_a_change_brings_no_fault_in(admin: Actor, claim: Claim) -> None:
    wrong = new_provider(npi="1234567890")
    refusal = refused(lambda: change_claim(actor=admin, claim_id=claim.id, said={"provider_id": wrong.id}))
    assert isinstance(refusal, InvalidInput) and list(refusal.fields) == ["provider"]
    returned = submit_claim(actor=admin, new=given_claim(provider=wrong))[0]
    set_status(actor=admin, claim_id=returned.id, status="submitted", reason="The number is being mended.")
    changed = change_claim(actor=admin, claim_id=returned.id, said={"place_of_service": "11"})
    assert changed.place_of_service == "11" and len(changed.edits) == 1
    assert change_claim(actor=admin, claim_id=returned.id, said={"provider_id": new_provider().id}).edits == []


def test_a_draft_is_its_authors_alone_until_it_is_submitted(organization: Any, admin: Actor) -> None:
    provider = actor_for(new_member(organization, "provider"))
    own = new_provider(member_id=provider.member_id)
    draft = save_draft(actor=provider, new=given_claim(provider=own))
    assert (draft.stage, draft.status, draft.is_live) == ("draft", "", False)
    assert not list_claims(admin).exists() and not list_claims(provider).exists()
    assert isinstance(refused(lambda: submit_draft(actor=admin, draft_id=draft.id)), NotFound)
    longer = given_claim(provider=own, amounts=("10.00", "20.00"))
    draft = save_draft(actor=provider, new=longer, draft_id=draft.id)
    assert load_content(draft) == longer and [each.id for each in list_drafts(provider)] == [draft.id]
    claim = submit_draft(actor=provider, draft_id=draft.id)
    assert (claim.stage, claim.status, claim.is_live) == ("accepted", "submitted", True)
    assert [each.id for each in list_claims(admin)] == [claim.id] and not list_drafts(provider).exists()
    assert StatusChange.objects.get(claim=claim).from_stage == "draft"
    assert isinstance(refused(lambda: submit_draft(actor=provider, draft_id=draft.id)), NotFound)


def test_a_draft_is_discarded_and_its_faults_show_when_it_is_submitted(admin: Actor, claim: Claim) -> None:
    draft = save_draft(actor=admin, new=given_claim(provider=new_provider(npi="1234567890")))
    assert submit_draft(actor=admin, draft_id=draft.id).stage == "returned"
    other = save_draft(actor=admin, new=given_claim())
    discard_draft(actor=admin, draft_id=other.id)
    assert not list_drafts(admin).exists() and Claim.objects.get(id=other.id).stage == "draft"
    assert isinstance(refused(lambda: save_draft(actor=admin, new=given_claim(external_id="A-1"))), ExternalIdTaken)
    assert isinstance(refused(lambda: save_draft(actor=admin, new=given_claim(amounts=("-1",)))), InvalidInput)


def test_what_has_not_moved_for_thirty_days_expires(admin: Actor) -> None:
    patient, old = new_patient(), now() - timedelta(days=30, minutes=1)
    new = now() - timedelta(days=29, hours=23)
    stages = ("accepted", "under_review", "denied", "approved", "paid")
    claims = {stage: new_stored_claim(stage=Stage(stage), patient=patient, moved_at=old) for stage in stages}
    young = new_stored_claim(moved_at=new)
    gone = new_stored_claim(moved_at=old, is_live=False, withdrawn_at=now())
    assert len(expire_chunk()) == 2 and len(expire_chunk()) == 0
    for stage, each in claims.items():
        each.refresh_from_db()
        assert each.stage == ("expired" if stage in ("accepted", "under_review") else stage)
    for each in (young, gone):
        each.refresh_from_db()
        assert each.stage == "accepted"
    change = StatusChange.objects.filter(claim=claims["accepted"]).get()
    assert (change.cause, change.to_stage) == ("schedule", "expired")


@pytest.mark.django_db(transaction=True)
def test_the_daily_job_lets_claims_expire_chunk_by_chunk(organization: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiry, "CHUNK", 2)
    with enter(organization.id):
        patient, old = new_patient(), now() - timedelta(days=31)
        for _ in range(5):
            new_stored_claim(patient=patient, moved_at=old)
        schedule_job(registry().jobs["claims.expiry"], 0)
    run_due(str(organization.id))
    with enter(organization.id):
        assert set(Claim.objects.values_list("stage", flat=True)) == {"expired"}
        assert Event.objects.filter(verb="claims.claims.expired").count() == 3
