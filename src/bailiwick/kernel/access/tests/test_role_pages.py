"""Roles on pages: what a change does is said before it is stored, and how a role came to what it is stands below."""

import re

import pytest
from django.test import Client

from bailiwick.kernel.access.models import ConflictingPair, Grant, Role, RoleRights
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import new_member

pytestmark = pytest.mark.django_db

ROLES = "/settings/roles/"


@pytest.fixture
def boss(organization: Organization) -> Member:
    return new_member(organization, "administrator", name="Ada Admin")


@pytest.fixture
def client(boss: Member) -> Client:
    return with_session(boss)


def role_of(organization: Organization, code: str) -> Role:
    with enter(organization.id):
        return Role.objects.get(code=code)


def rights_in(organization: Organization, code: str) -> list[str]:
    with enter(organization.id):
        return list(RoleRights.objects.get(role__code=code, valid_until=None).rights)


def seen_in(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', page)
    assert found, "no change was shown"
    return found[1]


def test_a_role_is_made_looked_at_and_ended(client: Client, organization: Organization) -> None:
    given = {"title": "Auditor of keys", "code": "key-auditor", "rights": ["identity.register", "access.explain"]}
    answer = client.post(f"{ROLES}new/", given | {"needs_two": "on"})
    assert answer.status_code == 302
    role = role_of(organization, "key-auditor")
    assert answer["Location"] == f"{ROLES}{role.id}/"
    assert role.needs_two
    assert rights_in(organization, "key-auditor") == ["access.explain", "identity.register"]
    page = client.get(ROLES, {"state": "own"}).content.decode()
    assert "Auditor of keys" in page
    assert "two people" in page
    assert "Administrator" not in page.split("<tbody")[1].split("</tbody")[0]
    assert client.post(f"{ROLES}{role.id}/end/").status_code == 302
    assert "It gave" in client.get(f"{ROLES}{role.id}/").content.decode()
    assert "Auditor of keys" in client.get(ROLES, {"state": "ended"}).content.decode()
    assert client.post(f"{ROLES}new/", given).status_code == 422, "a code is not used twice"


def test_what_is_for_the_installation_alone_is_not_offered(client: Client) -> None:
    assert "installation.operate" not in client.get(f"{ROLES}new/").content.decode()
    given = {"title": "Operator", "code": "own-operator", "rights": ["installation.operate"]}
    assert client.post(f"{ROLES}new/", given).status_code == 422


def test_nothing_is_stored_before_it_was_shown_what_it_does(
    client: Client, organization: Organization, boss: Member
) -> None:
    holders = [new_member(organization, "key-manager", name=f"Key manager {n}") for n in range(2)]
    has_it_already = new_member(organization, "key-manager", "administrator")
    address = f"{ROLES}{role_of(organization, 'key-manager').id}/"
    before = rights_in(organization, "key-manager")
    wanted = {"rights": ["identity.register", "identity.policy"]}
    page = client.post(address, wanted | {"do": "store"}).content.decode()
    assert "2 members gain “Say how people sign in”" in page
    assert "2 members lose “Approve that somebody gets a new key”" in page
    assert rights_in(organization, "key-manager") == before
    other = {"rights": ["identity.register"], "do": "store", "seen": seen_in(page)}
    assert client.post(address, other).status_code == 200, "another change than was shown"
    assert rights_in(organization, "key-manager") == before
    assert client.post(address, wanted | {"do": "store", "seen": seen_in(page)}).status_code == 302
    assert rights_in(organization, "key-manager") == ["identity.policy", "identity.register"]
    page = client.get(address).content.decode()
    assert all(each.name in page for each in [*holders, has_it_already, boss])
    assert "Edited here" in page
    assert "Approve that somebody gets a new key" in page.split("The product's role has by now")[1]


def test_an_edited_role_follows_the_product_again(client: Client, organization: Organization) -> None:
    role, before = role_of(organization, "key-manager"), rights_in(organization, "key-manager")
    address = f"{ROLES}{role.id}/"
    page = client.post(address, {"rights": ["identity.register"]}).content.decode()
    client.post(address, {"rights": ["identity.register"], "do": "store", "seen": seen_in(page)})
    assert "Key manager" in client.get(ROLES, {"state": "edited"}).content.decode()
    assert client.post(f"{address}follow/").status_code == 302
    assert rights_in(organization, "key-manager") == before
    page = client.get(address).content.decode()
    assert "Back to what is declared" not in page
    assert page.count("As the product has it") >= 2


def test_rights_are_not_taken_from_the_last_who_manages_access(client: Client, organization: Organization) -> None:
    address = f"{ROLES}{role_of(organization, 'administrator').id}/"
    page = client.post(address, {"rights": ["jobs.manage"]}).content.decode()
    answer = client.post(address, {"rights": ["jobs.manage"], "do": "store", "seen": seen_in(page)})
    assert answer.status_code == 409
    assert "Then nobody could give and end grants any more" in answer.content.decode()
    assert "access.manage" in rights_in(organization, "administrator")


def test_pairs_are_kept_apart_and_who_holds_both_is_named(client: Client, organization: Organization) -> None:
    given = {"first": "identity.recover", "second": "identity.register", "reason": "Whoever asks does not approve."}
    before = new_member(organization, "key-manager", name="Has both")
    assert "Has both" not in client.get("/settings/conflicts/").content.decode()
    assert client.post("/settings/conflicts/", given).status_code == 302
    page = client.get("/settings/conflicts/").content.decode()
    assert "Whoever asks does not approve." in page
    assert f"/people/{before.id}/" in page.split("Who holds both all the same")[1]
    assert client.post("/settings/conflicts/", given).status_code == 422, "kept apart already"
    person = new_member(organization)
    refused = client.post(f"/people/{person.id}/", {"role": "key-manager"})
    assert refused.status_code == 422
    assert "Whoever asks does not approve." in refused.content.decode()
    address = f"{ROLES}{role_of(organization, 'key-issuer').id}/"
    both = ["identity.recover", "identity.register"]
    page = client.post(address, {"rights": both}).content.decode()
    assert client.post(address, {"rights": both, "do": "store", "seen": seen_in(page)}).status_code == 409
    with enter(organization.id):
        pair = ConflictingPair.objects.get()
    assert client.post(f"/settings/conflicts/{pair.id}/end/").status_code == 302
    assert client.post(f"/people/{person.id}/", {"role": "key-manager"}).status_code == 302


@pytest.mark.parametrize("address", [ROLES, f"{ROLES}new/", "/settings/conflicts/", "/settings/approvals/"])
def test_pages_of_roles_are_for_who_manages_access(organization: Organization, address: str) -> None:
    client = with_session(new_member(organization, "key-manager"))
    assert client.get(address).status_code == 403
    assert client.post(address, {"title": "x"}).status_code == 403


def test_a_grant_of_a_role_that_takes_two_waits_for_another(client: Client, organization: Organization) -> None:
    second = with_session(new_member(organization, "administrator", name="Second person"))
    with enter(organization.id):
        Role.objects.filter(code="key-manager").update(needs_two=True)
    person = new_member(organization, name="Noor Haddad")
    assert client.post(f"/people/{person.id}/", {"role": "key-manager"}).status_code == 302
    with enter(organization.id):
        grant = Grant.objects.get(member=person)
    assert "Waits for a second person" in client.get(f"/people/{person.id}/").content.decode()
    assert "Noor Haddad" not in client.get("/settings/approvals/").content.decode()
    assert client.post(f"/access/grants/{grant.id}/approve/").status_code == 409
    assert "Noor Haddad" in second.get("/settings/approvals/").content.decode()
    answer = second.post(f"/access/grants/{grant.id}/approve/", {"next": f"/people/{person.id}/"})
    assert answer["Location"] == f"/people/{person.id}/"
    page = second.get(f"/people/{person.id}/").content.decode()
    assert "approved by Second person" in page
    assert "Waits for" not in page


def test_approvals_are_given_and_refused_from_the_list(client: Client, organization: Organization) -> None:
    second = with_session(new_member(organization, "administrator"))
    with enter(organization.id):
        Role.objects.filter(code="key-manager").update(needs_two=True)
    for name in ("Noor", "Otis"):
        client.post(f"/people/{new_member(organization, name=name).id}/", {"role": "key-manager"})
    with enter(organization.id):
        noor, otis = Grant.objects.filter(member__name__in=("Noor", "Otis")).order_by("member__name")
    second.post("/settings/approvals/", {"do": "bulk:approve", "row": [str(noor.id)]})
    second.post("/settings/approvals/", {"do": "bulk:refuse", "row": [str(otis.id)]})
    with enter(organization.id):
        noor.refresh_from_db()
        otis.refresh_from_db()
    assert noor.approved_at
    assert otis.approved_at is None
    assert otis.revoked_at
