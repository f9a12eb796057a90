"""Every door that shows what is sensitive writes it down, with its purpose, before anybody sees it."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client
from django.urls import reverse

from bailiwick.apps.predictions.manifest import KIND, REVIEW_QUEUE, TO_REVIEW
from bailiwick.apps.predictions.tests.factories import submitted
from bailiwick.kernel.audit.actions import reading, record_reading
from bailiwick.kernel.audit.errors import UnknownPurpose
from bailiwick.kernel.audit.models import Event, Read, SensitiveKind
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.disclosures.actions import change_sensitivity
from bailiwick.kernel.members.manifest import PERSON
from bailiwick.kernel.operators.tests.operating import entered, operator_client
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_key, with_session
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.worklist.actions import claim_next
from tests.disclosures.houses import House

ROWS = "/operators/tables/predictions_prediction/"


def fail(connection: BaseDatabaseWrapper) -> None:
    raise DatabaseError("The server went away.")


def purposes(house: House) -> list[str]:
    return [each.purpose for each in house.reads()]


def test_a_list_is_one_row_with_every_record_that_it_shows(house: House) -> None:
    with enter(house.organization.id):
        other = submitted(actor_for(house.program))
    answer = with_key(house.owner).get("/api/predictions/")
    assert len(answer.json()["results"]) == 2
    [read] = house.reads()
    assert (read.kind, read.purpose, read.member_id, read.credential) == (KIND, "quality", house.owner.id, "key")
    assert read.row_ids == [other.id, house.prediction.id]
    assert (read.address, read.request_id) == ("127.0.0.1", answer.headers["X-Request-ID"])


def test_each_door_says_what_for(house: House) -> None:
    reviewer = new_member(house.organization, "reviewer")
    own = f"/predictions/{house.prediction.id}/"
    for who, address in (
        (with_session(house.owner), own),
        (with_session(house.owner), "/rejection-reasons/"),
        (with_session(reviewer), own),
        (with_key(house.program), f"/api/predictions/{house.prediction.id}/"),
    ):
        assert who.get(address).status_code == 200, address
    assert purposes(house) == ["quality", "quality", "review", "quality"]
    sender = new_member(house.organization, "submitter", kind="program")
    with enter(house.organization.id):
        claim_next(actor=actor_for(reviewer), queue_code=REVIEW_QUEUE.code)
    assert with_session(reviewer).get("/review").status_code == 200
    assert with_key(sender).get("/api/predictions/").status_code == 200
    assert purposes(house)[4:] == ["review", "quality"]


def test_what_a_claim_hands_out_is_read_for_review(house: House) -> None:
    reviewer = with_key(new_member(house.organization, "reviewer"))
    assert reviewer.post("/api/predictions/claim", {}, "application/json").status_code == 200
    [read] = house.reads()
    assert (read.purpose, read.row_ids) == (TO_REVIEW, [house.prediction.id])


def test_an_answer_that_is_given_again_is_read_again(house: House) -> None:
    reviewer = with_key(new_member(house.organization, "reviewer"))
    once = {"Idempotency-Key": "claim-1"}
    first, again = (reviewer.post("/api/predictions/claim", {}, "application/json", headers=once) for _turn in range(2))
    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.json() == again.json()
    assert [(each.purpose, each.row_ids) for each in house.reads()] == [(TO_REVIEW, [house.prediction.id])] * 2


def test_a_list_without_rows_is_no_reading(house: House) -> None:
    assert with_key(house.owner).get("/api/predictions/?product_id=unknown").json()["results"] == []
    assert house.reads() == []


def test_nothing_is_recorded_where_the_organisation_has_not_turned_it_on(house: House) -> None:
    house.turn(is_sensitive=False)
    assert with_key(house.owner).get("/api/predictions/").status_code == 200
    assert house.reads() == []
    house.turn(is_sensitive=True)
    assert with_key(house.owner).get("/api/predictions/").status_code == 200
    assert purposes(house) == ["quality"]


def test_another_organisation_decides_for_itself(house: House, other_organization: Any) -> None:
    owner = new_member(other_organization, "model-owner")
    with enter(other_organization.id):
        submitted(actor_for(owner))
    assert with_key(owner).get("/api/predictions/").json()["results"]
    with enter(other_organization.id):
        assert not Read.objects.exists()


def test_a_reading_that_cannot_be_written_shows_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "INSERT", "INSERT INTO audit_read (nothing) VALUES (%(kind)s)")
    for client, address in (
        (with_key(house.owner, raise_request_exception=False), "/api/predictions/"),
        (with_session(house.owner, raise_request_exception=False), f"/predictions/{house.prediction.id}/"),
    ):
        answer = client.get(address)
        assert answer.status_code >= 500
        assert house.prediction.title not in answer.content.decode()
    assert house.reads() == []


@pytest.mark.django_db(transaction=True)
def test_a_commit_that_fails_shows_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    client = with_key(house.owner, raise_request_exception=False)
    assert house.prediction.title in client.get("/api/predictions/").content.decode()
    with monkeypatch.context() as broken:
        broken.setattr(BaseDatabaseWrapper, "_commit", fail)
        answer = client.get("/api/predictions/")
    assert answer.status_code >= 500
    assert house.prediction.title not in answer.content.decode()
    assert len(house.reads()) == 1


def test_what_a_form_with_faults_shows_stays_on_record_although_it_is_rolled_back(house: House) -> None:
    reviewer = new_member(house.organization, "reviewer")
    with enter(house.organization.id):
        token = claim_next(actor=actor_for(reviewer), queue_code=REVIEW_QUEUE.code)
    assert token
    client: Client = with_session(reviewer)
    answer = client.post("/review/decide/", {"prediction": str(house.prediction.id), "claim_token": token.token})
    assert answer.status_code == 422
    assert house.prediction.title in answer.content.decode()
    [read] = house.reads()
    assert (read.purpose, read.row_ids, read.member_id) == ("review", [house.prediction.id], reviewer.id)


def test_personal_data_is_always_sensitive(house: House) -> None:
    keeper = new_member(house.organization, "administrator")
    assert with_session(keeper).get(f"/people/{house.helper.id}/data/").status_code == 200
    assert with_session(house.helper).get(f"/people/{house.helper.id}/data/").status_code == 200
    asked, own = house.reads()
    assert (asked.kind, asked.purpose, asked.about_ids) == (PERSON, "request", [house.helper.id])
    assert (own.kind, own.purpose, own.member_id) == (PERSON, "own", house.helper.id)


def test_a_purpose_that_the_kind_does_not_know_is_an_error_of_ours(house: House) -> None:
    actor = actor_for(house.owner)
    with enter(house.organization.id), pytest.raises(UnknownPurpose):
        record_reading(actor.ref, KIND, [house.prediction.id], "curiosity")


def test_only_optional_kinds_can_be_turned_and_saying_it_twice_is_one_event(house: House) -> None:
    actor = actor_for(house.officer)
    with enter(house.organization.id):
        for kind in (PERSON, "predictions.nothing"):
            with pytest.raises(NotFound):
                change_sensitivity(actor=actor, kind=kind, is_sensitive=False)
        change_sensitivity(actor=actor, kind=KIND, is_sensitive=True)
        assert Event.objects.filter(verb="disclosures.kind.changed").count() == 1
        assert SensitiveKind.objects.get().is_sensitive


def test_readings_belong_to_the_transaction_that_reads(house: House) -> None:
    actor = actor_for(house.owner)
    with enter(house.organization.id):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            record_reading(actor.ref, KIND, [house.prediction.id], TO_REVIEW)
            raise ZeroDivisionError
        assert not Read.objects.exists()


def test_an_operator_who_looks_at_a_record_has_read_it(house: House) -> None:
    operator = operator_client()
    entered(operator, house.organization)
    assert str(house.prediction.id) in operator.get(ROWS).content.decode()
    assert "A listing nobody may see" in operator.get(f"{ROWS}{house.prediction.id}/").content.decode()
    read = [(each.purpose, each.row_ids, each.member_id) for each in house.reads()]
    assert read == [("operation", [house.prediction.id], None)] * 2
    assert "Looked at by an operator" in with_session(house.officer).get("/disclosures/").content.decode()


def test_its_name_beside_its_grants_is_read_too(house: House) -> None:
    over = f"{KIND}:{house.prediction.id}"
    owner = with_session(house.owner)
    assert "A listing nobody may see" in owner.get("/access/why/", {"over": over}).content.decode()
    boss = with_session(new_member(house.organization, "administrator", "model-owner"))
    page = boss.get(reverse("access:over", args=[KIND, house.prediction.id]))
    assert "A listing nobody may see" in page.content.decode()
    assert purposes(house) == ["access", "access"]
