"""The pages of disclosures: what is sensitive, emergencies, the second person, and the report."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils.timezone import localdate

from bailiwick.apps.predictions.manifest import KIND
from bailiwick.kernel.base.manifest import Role, registry
from bailiwick.kernel.disclosures.manifest import EMERGENCY_QUEUE
from bailiwick.kernel.disclosures.models import Emergency
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_key, with_session
from bailiwick.kernel.testing.factories import new_member
from bailiwick.kernel.worklist.models import WorkItem
from tests.disclosures.houses import REASON, House


@pytest.fixture
def officer(house: House) -> Client:
    return with_session(house.officer)


@pytest.fixture
def helper(house: House) -> Client:
    return with_session(house.helper)


def asked(house: House, **values: str) -> dict[str, str]:
    return {"kind": KIND, "known_by": house.prediction.product_id, "reason": REASON} | values


def take(officer: Client) -> Any:
    """The page of the emergency that the officer has claimed."""
    assert officer.post("/next/", {"queue": EMERGENCY_QUEUE.code}).headers["Location"] == "/emergencies/"
    return officer.get("/emergencies/")


def test_what_is_sensitive_is_turned_on_and_off(house: House, officer: Client) -> None:
    page = officer.get("/settings/sensitive/").content.decode()
    assert "Prediction" in page
    assert "Always recorded." in page
    assert officer.post("/settings/sensitive/", {"kind": KIND, "is_sensitive": "no"}).status_code == 302
    with_key(house.owner).get("/api/predictions/")
    assert house.reads() == []
    assert officer.post("/settings/sensitive/", {"kind": "identity.member"}).status_code == 404
    assert with_session(house.owner).get("/settings/sensitive/").status_code == 403


def test_a_404_offers_the_emergency_to_who_may_open_one_and_says_nothing_more(house: House, helper: Client) -> None:
    nowhere = helper.get("/predictions/01970000-0000-7000-8000-000000000000/")
    there = helper.get(f"/predictions/{house.prediction.id}/")
    assert nowhere.status_code == there.status_code == 404
    assert all("Open in an emergency" in each.content.decode() for each in (nowhere, there))
    stranger = with_session(new_member(house.organization))
    assert "Open in an emergency" not in stranger.get(f"/predictions/{house.prediction.id}/").content.decode()


def test_the_link_of_a_404_fills_the_form(house: House, helper: Client) -> None:
    page = helper.get(f"/predictions/{house.prediction.id}/").content.decode()
    address = page.split('href="/emergency/?')[1].split('"')[0].replace("&amp;", "&")
    assert parse_qs(urlsplit(f"?{address}").query) == {"kind": [KIND], "known_by": [str(house.prediction.id)]}
    assert str(house.prediction.id) in helper.get(f"/emergency/?{address}").content.decode()


def test_an_emergency_leads_to_its_record(house: House, helper: Client) -> None:
    answer = helper.post("/emergency/", asked(house), follow=True)
    assert answer.redirect_chain == [(f"/predictions/{house.prediction.id}/", 302)]
    assert house.prediction.title in answer.content.decode()
    again = helper.post("/emergency/", asked(house))
    assert again.headers["Location"] == f"/predictions/{house.prediction.id}/"
    with enter(house.organization.id):
        assert Emergency.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "sentence"),
    [({"reason": "Too short"}, "at least 10"), ({"known_by": "P-unknown"}, "No record of this kind")],
)
def test_what_is_missing_is_said_beside_its_field(
    house: House, helper: Client, values: dict[str, str], sentence: str
) -> None:
    answer = helper.post("/emergency/", asked(house, **values))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_whoever_may_see_it_is_led_there_without_an_emergency(house: House) -> None:
    both = with_session(new_member(house.organization, "emergency", "reader"))
    assert both.post("/emergency/", asked(house)).headers["Location"] == f"/predictions/{house.prediction.id}/"
    with enter(house.organization.id):
        assert not Emergency.objects.exists()


def test_nothing_is_offered_where_nothing_is_sensitive(
    house: House, helper: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.turn(is_sensitive=False)
    for kind, each in list(registry().sensitives.items()):
        monkeypatch.setitem(registry().sensitives, kind, replace(each, is_optional=True))
    assert "Nothing can be opened here" in helper.get("/emergency/").content.decode()


def test_the_second_person_sees_what_was_read_and_shuts_it(house: House, helper: Client, officer: Client) -> None:
    assert "No emergency waits for you" in officer.get("/emergencies/").content.decode()
    helper.post("/emergency/", asked(house), follow=True)
    page = take(officer)
    told = page.content.decode()
    assert REASON in told.replace("&#x27;", "'")
    assert "Hanna Helper" in told
    assert len(page.context["opened"].reads) == 1
    given = {"emergency": str(page.context["opened"].emergency.id), "claim_token": page.context["token"]}
    assert officer.post("/emergencies/", given).status_code == 422
    answer = officer.post("/emergencies/", given | {"verdict": "unjustified", "note": "Nobody had called."})
    assert answer.headers["Location"] == "/emergencies/"
    assert helper.get(f"/predictions/{house.prediction.id}/").status_code == 404
    told = officer.get(f"/emergencies/{given['emergency']}/").content.decode()
    assert "Not justified" in told
    assert "Nobody had called." in told


def test_an_emergency_is_given_back_to_its_place(house: House, officer: Client) -> None:
    emergency = house.break_glass()
    given = {"emergency": str(emergency.id), "claim_token": take(officer).context["token"]}
    assert officer.post("/emergencies/release/", given).headers["Location"] == "/"
    with enter(house.organization.id):
        assert WorkItem.objects.get(subject_id=emergency.id).holder_id is None
    assert officer.post("/emergencies/release/", {"emergency": "none"}).status_code == 409


def test_the_report_is_narrowed_by_record_reader_person_purpose_and_day(house: House, officer: Client) -> None:
    with_key(house.owner).get("/api/predictions/")
    with_session(house.helper).get(f"/people/{house.helper.id}/data/")
    house.break_glass()
    with_session(house.helper).get(f"/predictions/{house.prediction.id}/")
    found: Callable[[str], int] = lambda query: officer.get(f"/disclosures/?{query}").context["count"]  # noqa: E731
    today = localdate().isoformat()
    assert {
        query: found(query)
        for query in (
            "",
            f"record={house.prediction.product_id}",
            f"record={house.prediction.id}",
            "record=unknown",
            f"about={house.helper.id}",
            f"reader={house.owner.id}",
            "purpose=emergency",
            "kind=identity.member",
            f"since={today}&until={today}",
            "until=2020-01-01",
        )
    } == {
        "": 3,
        f"record={house.prediction.product_id}": 2,
        f"record={house.prediction.id}": 2,
        "record=unknown": 0,
        f"about={house.helper.id}": 1,
        f"reader={house.owner.id}": 1,
        "purpose=emergency": 1,
        "kind=identity.member": 1,
        f"since={today}&until={today}": 3,
        "until=2020-01-01": 0,
    }


def test_one_reading_names_its_records_and_its_emergency(house: House, officer: Client) -> None:
    emergency = house.break_glass()
    with_session(house.helper).get(f"/predictions/{house.prediction.id}/")
    [read] = house.reads()
    page = officer.get(f"/disclosures/{read.id}/").content.decode()
    assert str(house.prediction.id) in page
    assert f"/emergencies/{emergency.id}/" in page
    assert house.prediction.title not in page


def test_from_where_it_was_read_is_for_who_may_read_what_the_trail_hides(
    house: House, officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(registry().roles, "clerk", Role("clerk", "Clerk", ("disclosures.read",)))
    house.break_glass()
    with_session(house.helper).get(f"/predictions/{house.prediction.id}/")
    clerk, key = with_session(new_member(house.organization, "clerk")), house.reads()[-1].id
    with enter(house.organization.id):
        emergency = Emergency.objects.get().id
    for page in ("/disclosures/?columns=address", f"/disclosures/{key}/", f"/emergencies/{emergency}/"):
        assert "127.0.0.1" in officer.get(page).content.decode()
        assert "127.0.0.1" not in clerk.get(page).content.decode()


def test_the_report_is_exported_like_any_list(house: House, officer: Client) -> None:
    with_key(house.owner).get("/api/predictions/")
    answer = officer.post("/disclosures/", {"do": "export:csv", "all": "1"})
    with enter(house.organization.id):
        assert answer.headers["Location"] == f"/jobs/{Job.objects.latest('id').id}/"


def test_a_record_leads_to_who_has_read_it(house: House) -> None:
    auditor = new_member(house.organization, "auditor", "reader")
    page = with_session(auditor).get(f"/predictions/{house.prediction.id}/").content.decode()
    assert f"/disclosures/?record={house.prediction.id}" in page
    page = with_session(house.owner).get(f"/predictions/{house.prediction.id}/").content.decode()
    assert "/disclosures/" not in page


def test_why_tells_of_the_emergency(house: House, helper: Client) -> None:
    house.break_glass()
    over = f"{KIND}:{house.prediction.id}"
    page = helper.get(f"/access/why/?right=predictions.audit&over={over}").content.decode()
    assert REASON in page
    assert "given in an emergency" in page
