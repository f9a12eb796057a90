"""What patients and providers are shown of their own claims, in plain words."""

from typing import Any

import pytest
from django.utils.timezone import now

from bailiwick.apps.claims.actions.statuses import set_status
from bailiwick.apps.claims.choices import Stage
from bailiwick.apps.claims.models import Adjudication, AdjudicationLine, InformationRequest
from bailiwick.apps.claims.tests.factories import (
    new_coverage,
    new_patient,
    new_plan,
    new_provider,
    new_rules,
    new_schedule,
    new_stored_claim,
)
from bailiwick.kernel.testing.clients import with_session

pytestmark = pytest.mark.django_db


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def people(organization: Any, member: Any) -> tuple[Any, Any, Any]:
    roles = ("claims-admin", "provider", "patient")
    return tuple(member(organization, role, name=f"Somebody, {role}") for role in roles)


def test_what_is_paid_and_why_not_more_is_told_in_plain_words(
    organization: Any, people: tuple[Any, Any, Any], scope: Any, actor_of: Any
) -> None:
    admin, doctor, person = people
    actor = actor_of(admin)
    with scope(organization):
        patient, provider = new_patient(member=person), new_provider(member=doctor)
        new_coverage(patient, new_plan(deductible=100))
        new_schedule({"99213": "120.00"})
        new_rules(admin.id)
        claim = new_stored_claim(patient=patient, provider=provider, codes=("99213",))
        set_status(actor=actor, claim_id=claim.id, status="approved", reason="")
    record = f"/claims/{claim.id}/"
    shown = text_of(with_session(person).get(record))
    for sentence in (
        "$150.00 was billed. We will pay $20.00.",
        "You owe your provider $100.00.",
        "Counts towards the deductible: $100.00",
        "More than the agreed price: $30.00",
    ):
        assert sentence in shown
    assert "The patient owes $100.00." in text_of(with_session(doctor).get(record))
    assert "What this means" not in text_of(with_session(admin).get(record))


def test_patients_and_providers_read_nothing_of_the_work_inside(
    organization: Any, people: tuple[Any, Any, Any], scope: Any
) -> None:
    admin, doctor, person = people
    with scope(organization):
        claim = new_stored_claim(
            patient=new_patient(member=person),
            provider=new_provider(member=doctor),
            stage=Stage.UNDER_REVIEW,
            pend="duplicate",
            assigned_processor=admin,
        )
        claim.changes.create(
            from_stage="accepted", to_stage="under_review", cause="member", member=admin, reason="Looks odd to me."
        )
        InformationRequest.objects.create(claim=claim, asked="The report?", asked_by=admin, due_at=now())
    for client in (with_session(doctor), with_session(person)):
        listed = text_of(client.get("/claims/?columns=assigned_processor&columns=due"))
        assert "My claims" in listed
        assert claim.number in listed
        for inside in (admin.name, "Suspect duplicate", "Processor"):
            assert inside not in listed
        for part in ("", "documents/", "history/"):
            shown = text_of(client.get(f"/claims/{claim.id}/{part}"))
            assert claim.number in shown
            for inside in (admin.name, "Looks odd to me.", "Suspect duplicate"):
                assert inside not in shown, part
        shown = text_of(client.get(f"/claims/{claim.id}/"))
        assert "We need something before we can go on" in shown
        assert "The report?" in shown
        assert f"/claims/{claim.id}/requests/" in shown


def test_what_is_denied_may_be_appealed_from_the_claim(
    organization: Any, people: tuple[Any, Any, Any], scope: Any
) -> None:
    _admin, _doctor, person = people
    with scope(organization):
        denied = new_stored_claim(
            patient=new_patient(member=person), stage=Stage.DENIED, decided_at=now(), rejection_reason="Came too late."
        )
    shown = text_of(with_session(person).get(f"/claims/{denied.id}/"))
    assert "We pay nothing of it. Came too late." in shown
    assert f"/claims/{denied.id}/appeal/" in shown


def test_a_denied_claim_says_whether_the_patient_owes_anything(
    organization: Any, people: tuple[Any, Any, Any], scope: Any, actor_of: Any
) -> None:
    admin, doctor, person = people
    with scope(organization):
        patient, provider = new_patient(member=person), new_provider(member=doctor, is_excluded=True)
        new_coverage(patient)
        new_rules(admin.id)
        claim = new_stored_claim(patient=patient, provider=provider)
        set_status(actor=actor_of(admin), claim_id=claim.id, status="approved", reason="")
        set_status(actor=actor_of(admin), claim_id=claim.id, status="rejected", reason="The provider is excluded.")
    shown = text_of(with_session(person).get(f"/claims/{claim.id}/"))
    assert "Your provider may not bill you for it." in shown
    assert "Why it is not paid" in shown
    assert "Your provider may not bill you" not in text_of(with_session(doctor).get(f"/claims/{claim.id}/"))


def test_what_people_denied_shows_nobody_an_amount_that_the_rules_would_have_paid(
    organization: Any, people: tuple[Any, Any, Any], scope: Any
) -> None:
    """The last judgement had it payable and waited for a person, who said no: it never came to count."""
    admin, doctor, person = people
    with scope(organization):
        claim = new_stored_claim(
            patient=new_patient(member=person),
            provider=new_provider(member=doctor),
            amounts=("137.00", "50.00"),
            stage=Stage.DENIED,
            decided_at=now(),
            rejection_reason="Not necessary.",
        )
        money = {"billed": 187, "allowed": 187, "paid": 187, "adjusted": 0}
        judged = Adjudication.objects.create(
            claim=claim, version=1, revision=1, outcome="pended", is_final=False, patient_owes=0, **money
        )
        for sequence, amount in enumerate((137, 50), start=1):
            line = {"billed": amount, "allowed": amount, "paid": amount, "adjusted": 0}
            AdjudicationLine.objects.create(adjudication=judged, sequence=sequence, trace=[], **line)
        claim.changes.create(from_stage="under_review", to_stage="denied", cause="member", member=admin)
    record = f"/claims/{claim.id}/"
    for client in (with_session(person), with_session(doctor)):
        shown = text_of(client.get(record))
        assert "We pay nothing of it. Not necessary." in shown
        assert shown.count("$137.00") == 1, "billed, and never paid"
        assert "not decided" not in shown
    assert "ask your provider whether you owe it" in text_of(with_session(person).get(record))
    worked = text_of(with_session(admin).get(record))
    assert ">Payable<" in worked
    assert "on the claim itself" in worked, "a person decided it, though not at the workbench"
    assert "judged by the rules alone" not in worked


def test_provider_and_patient_begin_at_their_own_claims(organization: Any, people: tuple[Any, Any, Any]) -> None:
    admin, doctor, person = people
    for who, page in ((doctor, "/claims/"), (person, "/claims/"), (admin, "/")):
        assert with_session(who).get("/start/").headers["Location"] == page


def test_a_list_says_of_nothing_that_is_refused_that_it_is_not_decided(
    organization: Any, people: tuple[Any, Any, Any], scope: Any
) -> None:
    _admin, _doctor, person = people
    with scope(organization):
        patient = new_patient(member=person)
        new_stored_claim(patient=patient, stage=Stage.DENIED, decided_at=now())
    client = with_session(person)
    shown = text_of(client.get("/claims/"))
    assert "nothing paid" in shown
    assert "not decided" not in shown
    with scope(organization):
        new_stored_claim(patient=patient)
    assert text_of(client.get("/claims/?stage=accepted")).count("not decided") == 2, "what is paid, and what is owed"


def test_what_was_rejected_at_the_door_is_sent_again_without_typing_it_anew(
    organization: Any, people: tuple[Any, Any, Any], scope: Any
) -> None:
    _admin, doctor, person = people
    with scope(organization):
        claim = new_stored_claim(
            patient=new_patient(member=person, number="P-5"),
            provider=new_provider(member=doctor),
            stage=Stage.RETURNED,
            amounts=("137.00", "50.00"),
            external_id="N-1",
        )
        other = new_stored_claim(stage=Stage.RETURNED)
    client, again = with_session(doctor), f"/claims/new/?like={claim.id}"
    shown = text_of(client.get(f"/claims/{claim.id}/"))
    assert again in shown
    assert "not decided" not in shown
    form = text_of(client.get(again))
    for value in ("P-5 · Ada Byron", "137.00", "50.00", "C00.0"):
        assert value in form
    assert "N-1" not in form, "under its number it would be known, and not stored"
    assert client.get(f"/claims/new/?like={other.id}").status_code == 404
    assert client.get("/claims/new/?like=x").status_code == 200
    assert again not in text_of(with_session(person).get(f"/claims/{claim.id}/"))
