"""Every acceptance fact of the original, and where it passes here; those that stand in no other file follow below.

| input | expected | passes in |
| --- | --- | --- |
| an administrator of each of two organisations lists claims | their own alone | `test_acceptance` |
| GET, PATCH, PUT, DELETE of another's claim | 404, unchanged | `test_acceptance` |
| POST with C00.0, 10001, 150.00, and another's organisation in the body | 201, one's own | `test_acceptance` |
| POST with another's patient or provider, or -100.00 | 400 | `test_acceptance`, `test_bad_input` |
| no sign-in | 401 (the original said 403) | `test_acceptance` |
| a provider and another's claim; PATCH of their own | not listed, 404; 403 | `test_acceptance` |
| a processor and the assigned, another's, nobody's | 200 and approved; 404; 404 | `test_acceptance` |
| a patient and their own, another's, by account and not by e-mail | listed, PATCH 403; 404 | `test_acceptance` |
| PATCH of what is approved or paid, in any field | 400, stays | `test_acceptance` |
| filters by date, status, patient, provider, amount; orderings | inclusive bounds; both ways | `test_acceptance` |
| pages | count, next, previous, results; a hundred by default | `test_acceptance`, here |
| bulk approve of two of one's own and a foreign one | 2 updated, the foreign untouched | `test_acceptance` |
| bulk under_review of an approved and a submitted one | 1 updated, an error | `test_acceptance` |
| two PATCHes in a row, and at once | each stands or is refused | `test_acceptance`, `test_races` |
| POST of an admission | 201, its job queued once | `test_events_api` |
| history of a patient of one's own, and of another's | 1 row; none | here |
| a list of 100 claims | as many statements as of one | `test_api_claims` |
| admission | submitted goes under review, all else stays; logged | `test_events`, here |
| discharge | submitted and under review are approved, "Auto-finalize"; all else stays; logged | `test_events` |
| treatment of any type | as an admission | here |
| a new claim, a new event | submitted; details are {} | `test_acceptance`, here |
| a change | updated_at moves, created_at does not | here |
| text of a claim | its number; not its codes, which must not get into logs | here |
| a query with and without an organisation | its rows; refused | here |

Of the faults of the original: no leak under basic sign-in, nothing without an organisation, no bulk approval by
providers, no status but the known ones, no event by patients, a status also by administrators, nothing changed or
deleted of what is approved, no second effect of an event that comes again, no expiry across organisations.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now
from structlog.testing import capture_logs

from bailiwick.apps.claims.actions.expiry import expire_chunk
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.tests.factories import new_stored_claim
from bailiwick.apps.claims.tests.happenings import work_off
from bailiwick.apps.claims.tests.insurers import LIST, Insurer, admin, one, patch, send, two
from bailiwick.kernel.tenancy.errors import NoScope
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["admin", "one", "two"]
EVENTS = "/api/patient-status/"


def happen(insurer: Insurer, kind: str, **values: Any) -> Any:
    body = {"patient": str(insurer.patient.id), "status_type": kind, "occurred_at": now().isoformat()}
    answer = send(insurer.clients["claims-admin"], EVENTS, body | values)
    work_off(actor_for(insurer.members["claims-admin"]))
    return answer


def test_a_page_has_a_hundred_claims(admin: Client, one: Insurer) -> None:
    with enter(one.organization.id):
        for _ in range(100):
            new_stored_claim(patient=one.patient, provider=one.provider)
    page = admin.get(LIST).json()
    assert (page["count"], len(page["results"]), page["previous"]) == (101, 100, None)
    assert len(admin.get(page["next"]).json()["results"]) == 1


def test_history_tells_ones_own_patients_events_alone(one: Insurer, two: Insurer) -> None:
    event = happen(one, "admission").json()
    assert (event["status_type"], event["details"]) == ("admission", {})
    path = f"{EVENTS}history/{one.patient.id}/"
    assert [len(each.clients["claims-admin"].get(path).json()) for each in (one, two)] == [1, 0]


@pytest.mark.parametrize("kind", ["surgery", "medication", "therapy", "diagnostic"])
def test_a_treatment_of_any_type_puts_what_was_submitted_under_review(one: Insurer, two: Insurer, kind: str) -> None:
    reviewed = one.new(stage="under_review", pend="medical")
    with capture_logs() as logs:
        assert happen(one, "treatment_initiated", details={"treatment_type": kind}).status_code == 201
    assert (one.stage_of(one.claim), one.stage_of(reviewed)) == ("under_review", "under_review")
    assert two.stage_of(two.claim) == "accepted"
    told = [(log["event"], log["patient"]) for log in logs if "claims" in log["event"]]
    assert told == [("1 claims UNDER_REVIEW", str(one.patient.id))]


def test_an_event_that_comes_again_after_a_new_claim_does_not_act_again(one: Insurer) -> None:
    given = {"source": "hospital", "source_id": "A-1", "occurred_at": now().isoformat()}
    assert happen(one, "admission", **given).status_code == 201
    later = one.new()
    assert happen(one, "admission", **given).status_code == 200
    assert (one.stage_of(one.claim), one.stage_of(later)) == ("under_review", "accepted")


def test_a_patient_reports_nothing(one: Insurer) -> None:
    body = {"patient": str(one.patient.id), "status_type": "discharge", "occurred_at": now().isoformat()}
    assert send(one.clients["patient"], EVENTS, body).status_code == 403
    assert one.stage_of(one.claim) == "accepted"


def test_a_change_moves_the_moment_of_the_last_change_and_not_of_the_first(admin: Client, one: Insurer) -> None:
    before = admin.get(f"{LIST}{one.claim.id}/").json()
    after = patch(admin, one.claim, amount="160.00").json()
    assert after["created_at"] == before["created_at"] and after["updated_at"] > before["updated_at"]


def test_the_text_of_a_claim_is_its_number(one: Insurer) -> None:
    assert str(one.claim) == one.claim.number and "C00" not in repr(one.claim)


def test_without_an_organisation_there_are_no_claims_and_with_one_its_own(one: Insurer, two: Insurer) -> None:
    with pytest.raises(NoScope):
        list(Claim.objects.all())
    for insurer in (one, two):
        with enter(insurer.organization.id):
            assert list(Claim.objects.all()) == [insurer.claim]


def test_a_basic_sign_in_opens_nothing(one: Insurer) -> None:
    for path in (LIST, f"{LIST}{one.claim.id}/", EVENTS, "/api/patients/"):
        answer = Client().get(path, headers={"Authorization": "Basic YWRtaW46YWRtaW4="})
        assert answer.status_code == 401, path


def test_claims_expire_in_their_own_organisation(one: Insurer, two: Insurer) -> None:
    for insurer in (one, two):
        with enter(insurer.organization.id):
            Claim.objects.update(moved_at=now() - timedelta(days=31))
    with enter(one.organization.id):
        expire_chunk()
    assert (one.stage_of(one.claim), two.stage_of(two.claim)) == ("expired", "accepted")
