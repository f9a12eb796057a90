"""Programs and keys, by page."""

from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.identity.models import ApiKey, Member, SignInPolicy
from bailiwick.kernel.identity.tests.programs import SECRET, made
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import bearer, with_session
from bailiwick.kernel.testing.factories import new_member, new_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(organization: Organization) -> Client:
    return with_session(new_member(organization, "administrator", "submitter"))


def test_a_program_is_added_and_its_key_shown_once(organization: Organization, boss: Client) -> None:
    added = boss.post(reverse("identity:program-new"), {"name": "Shop", "role": "submitter"})
    assert added.status_code == 302
    page = boss.get(added.url).content.decode()
    assert "Issue a key for Shop" in page
    assert "predictions.submit" in page
    assert "access.manage" not in page
    with enter(organization.id):
        program = Member.objects.get(name="Shop")
    form = {
        "program": str(program.id),
        "name": "Nightly",
        "scopes": ["predictions.submit"],
        "expires_on": "2099-12-31",
        "rate": "600",
        "addresses": "127.0.0.1\n192.0.2.0/24",
    }
    shown = boss.post(reverse("identity:key-new"), form)
    said = unescape(shown.content.decode())
    [key] = set(SECRET.findall(said))
    assert shown.headers["Cache-Control"] == "no-store"
    assert f'curl -H "Authorization: Bearer {key}" http://testserver/api/jobs/' in shown.content.decode().replace(
        "&quot;", '"'
    )
    assert bearer(key).get("/api/jobs/").status_code == 200
    with enter(organization.id):
        row = ApiKey.objects.get(member_id=program.id)
    assert (row.rate, row.addresses) == (600, ["127.0.0.1/32", "192.0.2.0/24"])
    assert row.expires_at
    assert row.expires_at.date().isoformat() == "2099-12-31"
    for path in (reverse("identity:keys"), reverse("identity:key", args=[row.id])):
        again = boss.get(path).content.decode()
        assert key[:11] in again
        assert key not in again


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"scopes": ["access.manage"]}, 422),
        ({"scopes": []}, 422),
        ({"name": ""}, 422),
        ({"name": "a\x00b"}, 422),
        ({"name": "x" * 101}, 422),
        ({"rate": "-1"}, 422),
        ({"addresses": "everywhere"}, 422),
        ({"expires_on": "2001-01-01"}, 422),
        ({"program": "none"}, 422),
    ],
)
def test_a_form_that_is_not_in_order_is_shown_again(
    organization: Organization, boss: Client, program: Member, wrong: dict[str, Any], status: int
) -> None:
    form = {"program": str(program.id), "name": "k", "scopes": ["predictions.submit"], "expires_on": ""} | wrong
    assert boss.post(reverse("identity:key-new"), form).status_code == status
    with enter(organization.id):
        assert not ApiKey.objects.exists()


def test_what_no_field_asks_for_is_not_taken(organization: Organization, boss: Client, program: Member) -> None:
    foreign = new_member(new_organization())
    form = {
        "program": str(program.id),
        "name": "k",
        "scopes": ["predictions.submit"],
        "member_id": str(foreign.id),
        "created_by": str(foreign.id),
        "digest": "00",
        "prefix": "bw_mine",
        "last_used_at": "2020-01-01",
        "organization_id": str(foreign.organization_id),
    }
    assert boss.post(reverse("identity:key-new"), form).status_code == 200
    with enter(organization.id):
        row = ApiKey.objects.get()
    assert (row.member_id, row.prefix != "bw_mine", row.last_used_at) == (program.id, True, None)
    assert row.created_by_id not in (None, foreign.id)


def test_a_key_is_changed_rotated_and_revoked_on_its_page(
    organization: Organization, boss: Client, program: Member
) -> None:
    key = made(program)
    place = reverse("identity:key", args=[key.id])
    assert boss.post(place, {"name": "Daily", "rate": "5", "addresses": "192.0.2.1"}).status_code == 302
    assert boss.post(place, {"name": "Daily", "addresses": "nowhere"}).status_code == 422
    rotated = boss.post(reverse("identity:key-rotate", args=[key.id]), {"overlap": "24"})
    [secret] = set(SECRET.findall(rotated.content.decode()))
    assert "Until then both work." in rotated.content.decode()
    page = boss.get(place).content.decode()
    assert "being replaced" in page
    assert secret[:11] in page
    assert reverse("identity:key-rotate", args=[key.id]) not in page
    assert boss.post(reverse("identity:key-rotate", args=[key.id]), {"overlap": "24"}).status_code == 409
    assert boss.post(reverse("identity:key-revoke", args=[key.id])).status_code == 302
    with enter(organization.id):
        stored = ApiKey.objects.get(id=key.id)
    assert (stored.name, stored.rate, stored.addresses, stored.state) == ("Daily", 5, ["192.0.2.1/32"], "revoked")


def test_whoever_revokes_only_sees_no_way_to_issue(organization: Organization, program: Member) -> None:
    key = made(program)
    client = with_session(new_member(organization, "key-revoker"))
    listed = client.get(reverse("identity:keys")).content.decode()
    assert "Nightly" in listed
    assert reverse("identity:key-new") not in listed
    page = client.get(reverse("identity:key", args=[key.id])).content.decode()
    assert reverse("identity:key-rotate", args=[key.id]) not in page
    assert client.get(reverse("identity:key-new")).status_code == 403
    assert client.post(reverse("identity:key", args=[key.id]), {"name": "mine"}).status_code == 403
    assert client.post(reverse("identity:key-revoke", args=[key.id])).status_code == 302


def test_keys_are_revoked_from_the_list(organization: Organization, boss: Client, program: Member) -> None:
    rows = [made(program) for _ in range(2)]
    boss.post(reverse("identity:keys"), {"do": "bulk:revoke", "row": [str(row.id) for row in rows]})
    with enter(organization.id):
        assert {row.state for row in ApiKey.objects.filter(member_id=program.id)} == {"revoked"}


def test_issuers_are_appointed_by_whoever_may_pass_the_role_on(organization: Organization, boss: Client) -> None:
    first, second = new_member(organization), new_member(organization)
    logins = [_login(member) for member in (first, second)]
    place = reverse("identity:key-issuers")
    assert boss.post(place, {"login": logins[0], "role": "key-issuer", "is_passable": "on"}).status_code == 302
    theirs = with_session(first)
    assert "Appointed" in theirs.get(place).content.decode()
    assert theirs.post(place, {"login": logins[1], "role": "key-issuer"}).status_code == 302
    assert theirs.post(place, {"login": logins[1], "role": "key-revoker"}).status_code == 422
    assert theirs.post(place, {"login": logins[1], "role": "administrator"}).status_code == 422
    assert theirs.post(place, {"login": "nobody", "role": "key-issuer"}).status_code == 422
    others = with_session(second)
    assert "you appoint nobody" in others.get(place).content.decode()
    assert others.post(place, {"login": logins[1], "role": "key-issuer"}).status_code == 422
    with enter(organization.id):
        grants = {grant.member_id: grant.id for grant in Grant.objects.filter(role="key-issuer")}
    assert others.post(reverse("identity:key-issuer-end", args=[grants[first.id]])).status_code == 403
    assert theirs.post(reverse("identity:key-issuer-end", args=[grants[second.id]])).status_code == 302
    assert others.get(place).status_code == 403


def _login(member: Member) -> str:
    with enter(member.organization_id):
        return Member.objects.select_related("user").get(id=member.id).user.username  # type: ignore[union-attr]


def test_old_proof_does_not_issue_or_revoke(organization: Organization, boss: Client, program: Member) -> None:
    key = made(program)
    with enter(organization.id):
        SignInPolicy.objects.create(step_up=0)
    form = {"program": str(program.id), "name": "k", "scopes": ["predictions.submit"]}
    boss.post(reverse("identity:key-new"), form)
    boss.post(reverse("identity:key-revoke", args=[key.id]))
    with enter(organization.id):
        assert [row.state for row in ApiKey.objects.all()] == ["live"]


def test_a_program_is_ended_once_it_was_said_what_follows(
    organization: Organization, boss: Client, program: Member
) -> None:
    key = made(program)
    place = reverse("identity:program-end", args=[program.id])
    assert place in boss.get(reverse("identity:key", args=[key.id])).content.decode()
    assert "One key of it is in use" in boss.get(place).content.decode()
    assert boss.post(place).status_code == 302
    assert boss.get(place).status_code == boss.post(place).status_code == 404
    assert place not in boss.get(reverse("identity:key", args=[key.id])).content.decode()
    with enter(organization.id):
        assert ApiKey.objects.get(id=key.id).state == "revoked"
