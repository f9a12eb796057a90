"""The catalogue of reasons: adding, changing, confirming, merging, and reading it."""

from typing import Any

import pytest
from django.db import transaction

from bailiwick.apps.predictions.actions.reasons import add_reason, change_reason, confirm_reason, merge_reasons
from bailiwick.apps.predictions.errors import ReasonConfirmed, ReasonMerged
from bailiwick.apps.predictions.models import PredictionReason, Reason
from bailiwick.apps.predictions.queries.reasons import list_to_pick
from bailiwick.apps.predictions.tests.factories import submitted
from bailiwick.apps.predictions.values import NewReason
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.audit.queries import list_changes, list_events
from bailiwick.kernel.base.errors import InvalidInput

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(organization: Any, member: Any) -> Any:
    return member(organization, "model-owner")


@pytest.fixture
def actor(owner: Any, actor_of: Any) -> Any:
    return actor_of(owner)


@pytest.fixture
def client(owner: Any, session_client: Any) -> Any:
    return session_client(owner)


def test_a_reason_is_added_under_a_number_and_a_title_of_its_own(actor: Any, organization: Any, scope: Any) -> None:
    with scope(organization):
        reason = add_reason(actor=actor, code=7, title="Health claim", policy="No healing.")
        assert [each.title for each in list_to_pick(actor)] == ["Health claim"]
        assert [event.verb for event in list_events(reason.id)] == ["predictions.reason.added"]
        for code, title, field in ((7, "Another", "code"), (8, "HEALTH claim", "title")):
            with pytest.raises(InvalidInput) as refused, transaction.atomic():
                add_reason(actor=actor, code=code, title=title)
            assert set(refused.value.fields) == {field}
        assert Reason.objects.count() == 1


def test_the_number_stays_when_a_reason_is_changed(actor: Any, organization: Any, scope: Any) -> None:
    with scope(organization):
        reason = add_reason(actor=actor, code=7, title="Helth claim")
        change_reason(actor=actor, reason_id=reason.id, title="Health claim", policy="No healing.")
        reason.refresh_from_db()
        assert (reason.code, reason.title, reason.policy) == (7, "Health claim", "No healing.")
        assert [event.verb for event in list_events(reason.id)][-1] == "predictions.reason.changed"
        assert list_changes(reason.id).exists()


def test_a_reason_that_a_model_named_is_offered_once_it_is_confirmed(actor: Any, organization: Any, scope: Any) -> None:
    with scope(organization):
        submitted(actor, reasons=(NewReason("It heals.", "High", title="Health claim"),))
        reason = Reason.objects.get()
        assert list_to_pick(actor) == []
        confirm_reason(actor=actor, reason_id=reason.id)
        assert list_to_pick(actor) == [reason]
        with pytest.raises(ReasonConfirmed), transaction.atomic():
            confirm_reason(actor=actor, reason_id=reason.id)


def test_what_was_merged_before_follows_into_the_new_one(actor: Any, organization: Any, scope: Any) -> None:
    with scope(organization):
        submitted(actor, reasons=(NewReason("It heals.", "High", title="Heals"),))
        heals = Reason.objects.get()
        claim = add_reason(actor=actor, code=7, title="Claim")
        health = add_reason(actor=actor, code=8, title="Health claim")
        merge_reasons(actor=actor, reason_id=heals.id, into_id=claim.id)
        merge_reasons(actor=actor, reason_id=claim.id, into_id=health.id)
        assert set(Reason.objects.filter(merged_into=health)) == {heals, claim}
        assert PredictionReason.objects.get().reason == heals
        assert list_to_pick(actor) == [health]
        with pytest.raises(ReasonMerged), transaction.atomic():
            change_reason(actor=actor, reason_id=claim.id, title="Claim", policy="")
        with pytest.raises(ReasonMerged), transaction.atomic():
            merge_reasons(actor=actor, reason_id=claim.id, into_id=health.id)


def test_a_reason_is_merged_only_into_another_confirmed_one(actor: Any, organization: Any, scope: Any) -> None:
    with scope(organization):
        submitted(actor, reasons=(NewReason("It heals.", "High", title="Unconfirmed"),))
        first, second, third = (add_reason(actor=actor, code=code, title=f"Reason {code}") for code in (7, 8, 9))
        merge_reasons(actor=actor, reason_id=second.id, into_id=third.id)
        for target in (first, second, Reason.objects.get(title="Unconfirmed")):
            with pytest.raises(InvalidInput), transaction.atomic():
                merge_reasons(actor=actor, reason_id=first.id, into_id=target.id)


def test_who_only_reviews_may_change_nothing(organization: Any, member: Any, actor_of: Any, scope: Any) -> None:
    reviewer = actor_of(member(organization, "reviewer"))
    with scope(organization), pytest.raises(Forbidden):
        add_reason(actor=reviewer, code=7, title="Health claim")


def test_the_pages_carry_a_reason_from_its_first_mention_to_its_end(
    client: Any, actor: Any, organization: Any, scope: Any
) -> None:
    with scope(organization):
        submitted(actor, reasons=(NewReason("It heals.", "High", title="Heals"),))
        heals = Reason.objects.get()
    page = client.get("/predictions/reasons/new/").content.decode()
    assert f'value="{heals.code + 1}"' in page
    given = {"code": "70", "title": "Health claim", "policy": "No healing."}
    assert client.post("/predictions/reasons/new/", given).status_code == 302
    assert "is taken" in client.post("/predictions/reasons/new/", given).content.decode()
    listed = client.get("/predictions/reasons/?state=unconfirmed").content.decode()
    assert "Heals" in listed
    assert "Health claim" not in listed
    assert "Health claim" in client.get("/predictions/reasons/?q=70").content.decode()
    path = f"/predictions/reasons/{heals.id}/"
    assert client.post(path, {"title": "Healing", "policy": ""}).status_code == 302
    assert client.post(path, {"title": "health CLAIM", "policy": ""}).status_code == 422
    assert client.post(f"{path}confirm/").status_code == 302
    assert "1</a> prediction was given" in client.get(f"{path}merge/").content.decode()
    assert client.post(f"{path}merge/", {"into": "Nothing"}).status_code == 422
    assert client.post(f"{path}merge/", {"into": "70 · Health claim"}).status_code == 302
    assert "Merged into" in client.get(path).content.decode()
    with scope(organization):
        heals.refresh_from_db()
        assert heals.merged_into is not None
        assert (heals.title, heals.is_confirmed, heals.merged_into.code) == ("Healing", True, 70)


def test_programs_read_the_catalogue(
    organization: Any, member: Any, actor: Any, key_client: Any, token_client: Any, scope: Any
) -> None:
    with scope(organization):
        first = add_reason(actor=actor, code=7, title="Health claim", policy="No healing.")
        second = add_reason(actor=actor, code=8, title="Claim of health")
        merge_reasons(actor=actor, reason_id=second.id, into_id=first.id)
        submitted(actor, reasons=(NewReason("It heals.", "High", title="Heals"),))
    program = key_client(member(organization, "submitter", kind="program"))
    entries = program.get("/api/predictions/reasons").json()["results"]
    assert entries[0] == {
        "reason_id": 7,
        "reason": "Health claim",
        "policy": "No healing.",
        "is_confirmed": True,
        "merged_into": None,
    }
    assert [each["merged_into"] for each in entries] == [None, 7, None]
    unconfirmed = program.get("/api/predictions/reasons/?is_confirmed=false").json()["results"]
    assert [each["reason"] for each in unconfirmed] == ["Heals"]
    assert token_client(member(organization)).get("/api/predictions/reasons").json()["results"] == []


def test_many_are_confirmed_at_once_and_what_is_confirmed_already_is_skipped(
    client: Any, actor: Any, organization: Any, scope: Any
) -> None:
    with scope(organization):
        submitted(actor, reasons=(NewReason("It heals.", "High", title="Heals"),))
        keys = [str(Reason.objects.get().id), str(add_reason(actor=actor, code=70, title="Claim").id)]
    answer = client.post("/predictions/reasons/", {"do": "bulk:confirm", "row": keys}, follow=True)
    assert "1 skipped" in answer.content.decode()
    with scope(organization):
        assert not Reason.objects.filter(is_confirmed=False).exists()
