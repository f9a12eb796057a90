"""The page on which an organisation says how long its trail is kept, and what holds it."""

from typing import Any

import pytest

from bailiwick.kernel.audit.models import LegalHold, RetentionPeriod
from bailiwick.kernel.identity.models import Member, SignInPolicy
from bailiwick.kernel.members.actions.holds import place_hold
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import actor_for, new_member

PAGE = "/settings/retention/"


@pytest.fixture
def keeper(organization: Any) -> Member:
    return new_member(organization, "administrator", name="Ada Keeper")


def periods(organization: Any) -> dict[str, int | None]:
    with enter(organization.id):
        return dict(RetentionPeriod.objects.values_list("kind", "months"))


def test_periods_are_stored_kind_by_kind(organization: Any, keeper: Member) -> None:
    client = with_session(keeper)
    assert "Nothing was ever removed" in client.get(PAGE).content.decode()
    assert client.post(PAGE, {"events": "72", "changes": "12", "reads": ""}).status_code == 302
    assert periods(organization) == {"events": 72, "changes": 12}
    assert client.post(PAGE, {"events": "72", "changes": "", "reads": ""}).status_code == 302
    assert periods(organization) == {"events": 72, "changes": None}


@pytest.mark.parametrize("months", ["6", "x", "-1"])
def test_a_period_that_is_not_offered_is_refused(organization: Any, keeper: Member, months: str) -> None:
    assert with_session(keeper).post(PAGE, {"events": months}).status_code == 422
    assert periods(organization) == {}


def test_a_period_that_is_not_usual_is_kept(organization: Any, keeper: Member) -> None:
    with enter(organization.id):
        RetentionPeriod.objects.create(kind="events", months=40)
    client = with_session(keeper)
    assert "40 months" in client.get(PAGE).content.decode()
    assert client.post(PAGE, {"events": "40"}).status_code == 302
    assert periods(organization) == {"events": 40}


def test_a_hold_is_placed_shown_and_lifted(organization: Any, keeper: Member) -> None:
    client = with_session(keeper)
    assert client.post(f"{PAGE}holds/new/", {"reason": " "}).status_code == 422
    assert client.post(f"{PAGE}holds/new/", {"reason": "A dispute"}).status_code == 302
    shown = client.get(PAGE).content.decode()
    assert "A dispute" in shown and "A legal hold keeps everything" in shown and "Ada Keeper" in shown
    with enter(organization.id):
        hold = LegalHold.objects.get()
    assert client.post(f"{PAGE}holds/{hold.id}/lift/").status_code == 302
    shown = client.get(PAGE).content.decode()
    assert "holds until" in shown and "A legal hold keeps everything" in shown


def test_a_hold_on_a_person_is_told(organization: Any, keeper: Member) -> None:
    with enter(organization.id, member_id=keeper.id):
        place_hold(actor=actor_for(keeper), member_id=keeper.id, reason="Tax law")
    assert "A retention hold on a person keeps everything" in with_session(keeper).get(PAGE).content.decode()


def test_a_stale_proof_of_who_one_is_is_not_enough(organization: Any, keeper: Member) -> None:
    with enter(organization.id, member_id=keeper.id):
        SignInPolicy.objects.create(step_up=0)
    client = with_session(keeper)
    client.post(PAGE, {"events": "12"})
    assert periods(organization) == {}


def test_the_page_is_for_whoever_decides_on_it(organization: Any) -> None:
    assert with_session(new_member(organization, "privacy-officer")).get(PAGE).status_code == 200
    assert with_session(new_member(organization, "auditor")).get(PAGE).status_code == 403
