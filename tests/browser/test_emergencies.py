"""A record is opened in an emergency and looked at by a second person, in a browser; its pages are for everybody."""

from typing import Any

import pytest

from bailiwick.kernel.testing.browsers import faults_at, faults_of
from bailiwick.kernel.testing.clients import with_key
from tests.disclosures.houses import REASON, House, new_house

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house() -> House:
    return new_house()


def test_glass_is_broken_and_a_second_person_shuts_it_again(sign_in: Any, house: House) -> None:
    record = f"/predictions/{house.prediction.id}/"
    page = sign_in(house.helper)
    page.goto(record)
    page.get_by_role("heading", name="There is nothing here for you").wait_for()
    page.get_by_role("link", name="Open in an emergency").click()
    page.get_by_label("What is the emergency?").fill(REASON)
    page.get_by_role("button", name="Open for an hour").click()
    page.get_by_role("heading", name=house.prediction.title).wait_for()
    page.get_by_role("region", name="Messages").get_by_text("Open for an hour.").wait_for()

    page = sign_in(house.officer)
    page.goto("/emergencies/")
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("heading", name="Was this an emergency of Hanna Helper?").wait_for()
    page.get_by_text(REASON).wait_for()
    page.get_by_text("once", exact=True).wait_for()
    page.get_by_text("Not justified", exact=True).click()
    page.get_by_label("What you found").fill("Nobody had called.")
    page.get_by_role("button", name="Store the decision").click()
    page.get_by_role("heading", name="No emergency waits for you").wait_for()

    page.goto(f"/disclosures/?record={house.prediction.product_id}")
    page.get_by_role("row", name="Hanna Helper").get_by_role("rowheader").get_by_role("link").click()
    page.get_by_role("link", name="the emergency").click()
    page.get_by_text("Nobody had called.").wait_for()

    page = sign_in(house.helper)
    page.goto(record)
    page.get_by_role("heading", name="There is nothing here for you").wait_for()


@pytest.mark.usefixtures("look")
def test_pages_of_disclosures_are_accessible(sign_in: Any, house: House) -> None:
    page = sign_in(house.helper)
    assert faults_at(page, ["/emergency/", f"/predictions/{house.prediction.id}/"]) == {}
    emergency = house.break_glass()
    assert with_key(house.owner).get("/api/predictions/").status_code == 200
    [read] = house.reads()
    page = sign_in(house.officer)
    addresses = [
        "/emergencies/",
        f"/emergencies/{emergency.id}/",
        "/disclosures/",
        f"/disclosures/{read.id}/",
        "/settings/sensitive/",
    ]
    assert faults_at(page, addresses) == {}
    page.goto("/emergencies/")
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("heading", name="Was this an emergency of Hanna Helper?").wait_for()
    assert faults_of(page) == []
