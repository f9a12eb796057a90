"""Grants on pages: by deputies, from day to day, up to an amount; and to whom people report."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.timezone import localdate, now

from bailiwick.kernel.access.models import Grant, Role
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import new_member

pytestmark = pytest.mark.django_db

TOMORROW = timedelta(days=1)


@pytest.fixture
def boss(organization: Organization) -> Member:
    return new_member(organization, "administrator", "model-owner", name="Ada Admin")


@pytest.fixture
def client(boss: Member) -> Client:
    return with_session(boss)


@pytest.fixture
def person(organization: Organization) -> Member:
    return new_member(organization, name="Noor Haddad")


def grants_of(member: Member) -> list[Grant]:
    with enter(member.organization_id):
        return list(Grant.objects.filter(member_id=member.id).order_by("id"))


def day(days: int) -> str:
    return (localdate() + timedelta(days=days)).isoformat()


def test_a_deputy_is_named_until_a_day_and_ended(client: Client, boss: Member, person: Member) -> None:
    address = "/accounts/deputies/"
    assert client.post(address, {"member": str(person.id), "valid_until": day(-1)}).status_code == 422
    assert client.post(address, {"member": str(boss.id), "valid_until": day(2)}).status_code == 422
    assert client.post(address, {"member": str(person.id), "valid_until": day(2)}).status_code == 302
    assert {grant.role for grant in grants_of(person)} == {"administrator", "model-owner"}
    assert "Noor Haddad" in client.get(address).content.decode().split("For whom you stand in")[0]
    deputy = with_session(person)
    assert "Ada Admin" in deputy.get(address).content.decode().split("For whom you stand in")[1]
    page = deputy.get(f"/people/{boss.id}/").content.decode()
    assert "Their deputies" in page
    refused = deputy.post(f"/people/{boss.id}/", {"role": "key-manager"})
    assert refused.status_code == 422
    assert "key-manager" not in refused.content.decode()
    assert "key-manager" not in {grant.role for grant in grants_of(boss)}
    assert client.post(f"{address}{person.id}/end/").status_code == 302
    assert client.post(f"{address}{uuid4()}/end/").status_code == 404
    assert deputy.get(f"/people/{boss.id}/").status_code == 403


def test_a_grant_begins_and_ends_with_a_day(client: Client, person: Member) -> None:
    address = f"/people/{person.id}/"
    assert client.post(address, {"role": "key-issuer", "valid_from": day(-1)}).status_code == 422
    assert client.post(address, {"role": "key-issuer", "valid_from": day(2), "valid_until": day(1)}).status_code == 422
    assert client.post(address, {"role": "key-issuer", "valid_from": day(2), "valid_until": day(2)}).status_code == 302
    (grant,) = grants_of(person)
    assert grant.valid_until == grant.valid_from + TOMORROW
    assert "To come" in client.get(address).content.decode()


def test_an_amount_is_asked_for_where_a_right_knows_one(
    client: Client, person: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/people/{person.id}/"
    for right in list(registry().rights.values()):
        monkeypatch.setitem(registry().rights, right.code, replace(right, has_amount=False))
    assert 'name="amount"' not in client.get(address).content.decode()
    bounded = replace(registry().rights["predictions.review"], has_amount=True)
    monkeypatch.setitem(registry().rights, bounded.code, bounded)
    assert 'name="amount"' in client.get(address).content.decode()
    assert client.post(address, {"role": "reviewer", "amount": "500", "currency": ""}).status_code == 422
    assert client.post(address, {"role": "key-manager", "amount": "500", "currency": "EUR"}).status_code == 422
    assert client.post(address, {"role": "reviewer", "amount": "2500", "currency": "EUR"}).status_code == 302
    assert "up to 2,500.00 EUR" in client.get(address).content.decode()


def test_people_report_to_somebody_and_never_in_a_circle(
    client: Client, organization: Organization, boss: Member, person: Member
) -> None:
    third = new_member(organization, name="Third")
    address = f"/people/{person.id}/manager/"
    assert client.post(address, {"manager": str(boss.id)}).status_code == 302
    assert f"/people/{boss.id}/" in client.get(f"/people/{person.id}/").content.decode()
    assert client.post(f"/people/{third.id}/manager/", {"manager": str(person.id)}).status_code == 302
    circle = client.post(f"/people/{boss.id}/manager/", {"manager": str(third.id)})
    assert circle.status_code == 422
    assert "They report to this person themselves" in circle.content.decode()
    assert client.post(address, {"manager": str(person.id)}).status_code == 422
    assert client.post(address, {"manager": ""}).status_code == 302
    with enter(organization.id):
        person.refresh_from_db()
    assert person.manager_id is None


def test_each_part_of_a_persons_page_is_for_whoever_may_use_it(
    client: Client, organization: Organization, person: Member
) -> None:
    with enter(organization.id):
        role = Role.objects.get(code="key-issuer")
    address = f"/people/{person.id}/"
    seen = client.post(f"/settings/roles/{role.id}/", {"rights": ["members.offboard"]}).content.decode()
    assert 'value="members.offboard"' in seen
    client.post(
        f"/settings/roles/{role.id}/", {"rights": ["members.offboard"], "do": "store", "seen": "members.offboard"}
    )
    offboarder = with_session(new_member(organization, "key-issuer"))
    page = offboarder.get(address).content.decode()
    assert "Noor Haddad" in page
    for part in ("Keys made with a ticket", "Give the role", f"{address}manager/", "Make a ticket"):
        assert part not in page
    assert offboarder.post(f"{address}manager/", {"manager": ""}).status_code == 403
    assert offboarder.post(address, {"role": "key-issuer"}).status_code == 422
    assert with_session(new_member(organization, "reviewer")).get(address).status_code == 403


def test_what_has_ended_by_itself_stands_below(client: Client, organization: Organization, person: Member) -> None:
    with enter(organization.id):
        past = now() - TOMORROW
        Grant.objects.create(member=person, role="key-issuer", valid_from=past - TOMORROW, valid_until=past)
    page = client.get(f"/people/{person.id}/").content.decode()
    assert "given by the installation" in page.split("1 earlier grant")[1]
