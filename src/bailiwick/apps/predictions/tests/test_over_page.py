"""Who has access to one prediction, and giving it, on its page."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from bailiwick.apps.predictions.tests.factories import submitted
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import actor_for, new_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(organization: Organization) -> Member:
    return new_member(organization, "administrator", "model-owner", name="Ada Admin")


@pytest.fixture
def client(boss: Member) -> Client:
    return with_session(boss)


@pytest.fixture
def person(organization: Organization) -> Member:
    return new_member(organization, name="Noor Haddad")


@pytest.fixture
def over(organization: Organization, boss: Member) -> str:
    """The address of who has access to one prediction."""
    with enter(organization.id):
        row = submitted(actor_for(new_member(organization, "submitter")), title="A lamp for life")
    return f"/access/over/predictions.prediction/{row.id}/"


def grants_of(member: Member) -> list[Grant]:
    with enter(member.organization_id):
        return list(Grant.objects.filter(member_id=member.id).order_by("id"))


def day(days: int) -> str:
    return (localdate() + timedelta(days=days)).isoformat()


def test_a_role_is_given_over_one_object_and_ended(client: Client, person: Member, over: str) -> None:
    assert "Nobody. Give a role over it below." in client.get(over).content.decode()
    key = over.rstrip("/").rsplit("/", 1)[1]
    assert over in client.get(reverse("predictions:record", args=[key])).content.decode()
    given = {"member": str(person.id), "role": "reader", "valid_until": day(3)}
    assert client.post(over, given).status_code == 302
    (grant,) = grants_of(person)
    assert over.endswith(f"/{grant.object_type}/{grant.object_id}/")
    assert "Noor Haddad" in client.get(over).content.decode()
    page = client.get(f"/people/{person.id}/").content.decode()
    assert str(grant.object_id) in page, "with a link to what it is over"
    answer = client.post(f"/access/grants/{grant.id}/end/", {"next": over})
    assert answer["Location"] == over
    assert "Nobody." in client.get(over).content.decode()
    assert "1 earlier grant" in client.get(f"/people/{person.id}/").content.decode()


def test_whoever_holds_a_passable_grant_over_an_object_passes_it_on(
    client: Client, organization: Organization, person: Member, over: str
) -> None:
    other = new_member(organization, name="Otis Reed")
    mine = with_session(person)
    assert mine.get(over).status_code == 404, "whoever does not see the object is told nothing of it"
    client.post(over, {"member": str(person.id), "role": "reader", "valid_until": day(3)})
    assert mine.get(over).status_code == 403
    client.post(over, {"member": str(person.id), "role": "reader", "valid_until": day(3), "is_passable": "on"})
    assert mine.get(over).status_code == 200
    assert mine.post(over, {"member": str(other.id), "role": "reader", "valid_until": day(9)}).status_code == 422
    assert mine.post(over, {"member": str(other.id), "role": "submitter", "valid_until": day(2)}).status_code == 422
    assert mine.post(over, {"member": str(other.id), "role": "reader", "valid_until": day(2)}).status_code == 302
    page = mine.get(over).content.decode()
    assert "passed on by Noor Haddad" in page
    assert f"/people/{other.id}/" not in page, "no link that would be refused"


def test_nothing_is_given_over_what_is_not_there(client: Client, person: Member, over: str) -> None:
    for kind, key in (("predictions.prediction", uuid4()), ("identity.member", person.id)):
        address = f"/access/over/{kind}/{key}/"
        assert client.get(address).status_code == 404
        assert client.post(address, {"member": str(person.id), "role": "reviewer"}).status_code == 404
