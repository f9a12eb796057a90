"""Looking into one organisation: its rows and no others, never a secret, never a write, all of it on record."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import InternalError
from django.test import Client
from django.utils.timezone import now

from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.operators.scope import looking_into
from bailiwick.kernel.operators.tests.operating import entered, operator_client, told
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.queries import get_installation_id
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import new_member

pytestmark = pytest.mark.django_db

TABLES = "/operators/tables/"


def key_of_operator() -> UUID:
    with enter(get_installation_id()):
        return Member.objects.get(name="Olga Orlow").id


@pytest.fixture
def client(db: None) -> Client:
    return operator_client()


def test_one_organisation_is_chosen_with_a_reason_that_both_trails_tell(client: Client, organization: Any) -> None:
    answer = client.post("/operators/", {"place": organization.id, "reason": " Ticket 17:  rows are missing "})
    assert answer["Location"] == TABLES
    for place in (organization.id, get_installation_id()):
        [event] = told(place, "operators.organization.entered")
        assert event.subject_id == organization.id
        assert event.data["reason"] == "Ticket 17: rows are missing"
    assert event.member_id == key_of_operator()
    [event] = told(organization.id, "operators.organization.entered")
    assert (event.member_id, event.data["operator"]) == (None, "Olga Orlow")


@pytest.mark.parametrize("form", [{"reason": ""}, {"reason": "x" * 501}, {"place": ""}, {"place": "none"}])
def test_without_a_reason_or_an_organisation_nothing_is_opened(
    client: Client, organization: Any, form: dict[str, str]
) -> None:
    answer = client.post("/operators/", {"place": organization.id, "reason": "Ticket 17"} | form)
    assert answer.status_code == 422
    assert client.get(TABLES)["Location"] == "/operators/"
    assert not told(organization.id, "operators.organization.entered")


def test_an_organisation_that_is_not_there_cannot_be_entered(client: Client) -> None:
    place = "01900000-0000-7000-8000-000000000000"
    assert client.post("/operators/", {"place": place, "reason": "Ticket 17"}).status_code == 404


def test_organisations_are_listed_with_their_members_and_found_by_words(client: Client, organization: Any) -> None:
    new_member(organization)
    gone = new_member(organization)
    with enter(organization.id):
        Member.objects.filter(id=gone.id).update(is_active=False)
    page = client.get("/operators/", {"q": organization.slug.upper()}).content.decode()
    assert organization.name in page
    assert 'class="num">1</td>' in page
    assert "No organisation has this in its name" in client.get("/operators/?q=nowhere").content.decode()


def test_the_database_itself_refuses_to_write_while_somebody_looks(organization: Any) -> None:
    member = new_member(organization)
    with enter(organization.id):
        with pytest.raises(InternalError, match="read-only"), looking_into(organization.id):
            Member.objects.filter(id=member.id).update(name="Somebody else")
        Member.objects.filter(id=member.id).update(name="Herself")  # the transaction around it may still
    with looking_into(organization.id):
        assert Member.objects.get(id=member.id).name == "Herself"


def test_half_an_hour_later_it_is_chosen_again(
    client: Client, organization: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered(client, organization)
    assert "for 30 minutes still" in client.get(TABLES).content.decode()
    monkeypatch.setattr("bailiwick.kernel.operators.web.door.now", lambda: now() + timedelta(minutes=31))
    assert client.get(TABLES)["Location"] == "/operators/"


def test_leaving_ends_it_and_is_told(client: Client, organization: Any) -> None:
    entered(client, organization)
    client.post("/operators/leave/")
    assert client.get(f"{TABLES}identity_member/")["Location"] == "/operators/"
    assert client.post("/operators/leave/").status_code == 302
    for place in (organization.id, get_installation_id()):
        assert len(told(place, "operators.organization.left")) == 1


def test_entering_another_organisation_leaves_the_first(
    client: Client, organization: Any, other_organization: Any
) -> None:
    entered(client, organization)
    entered(client, other_organization)
    assert len(told(organization.id, "operators.organization.left")) == 1
    assert other_organization.name in client.get(TABLES).content.decode()


def test_a_visit_ends_with_the_session_in_which_it_began(client: Client, organization: Any) -> None:
    entered(client, organization)
    again = operator_client("olga-two")
    store = again.session
    store["operators_visit"] = client.session["operators_visit"]
    store.save()
    assert again.get(TABLES)["Location"] == "/operators/"


def test_a_list_is_walked_by_pages_and_so_far_back_and_no_further(
    client: Client, organization: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bailiwick.kernel.operators.web.tables.MOST_ROWS", 4)
    monkeypatch.setattr("bailiwick.kernel.operators.web.looking.MOST_ROWS", 4)
    monkeypatch.setattr("bailiwick.kernel.operators.web.tables.RowsAdmin.list_per_page", 3)
    members = [str(new_member(organization).id) for _each in range(5)]
    entered(client, organization)
    pages = [client.get(f"{TABLES}identity_member/?p={number}").content.decode() for number in (1, 2)]
    assert [each in pages[0] for each in members] == [False, False, True, True, True]
    assert [each in pages[1] for each in members] == [False, True, False, False, False]
    assert "the newest 4" in pages[0]
    assert client.get(f"{TABLES}identity_member/?p=3").status_code == 404
    assert client.get(f"{TABLES}identity_member/{members[0]}/").status_code == 200


def test_the_installation_itself_may_be_looked_into_and_tells_it_once(client: Client) -> None:
    entered(client, Organization.objects.get(id=get_installation_id()))
    assert len(told(get_installation_id(), "operators.organization.entered")) == 1
