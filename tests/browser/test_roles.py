"""Roles, pairs kept apart, approvals and deputies in a browser; their pages for everybody."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import localdate, now

from bailiwick.apps.predictions.tests.factories import submitted
from bailiwick.kernel.access.actions import add_conflict, add_role, edit_role, give_grant, name_deputy
from bailiwick.kernel.access.models import Role
from bailiwick.kernel.testing.browsers import faults_at, faults_of

pytestmark = pytest.mark.django_db(transaction=True)

ROLES, CONFLICTS, APPROVALS, DEPUTIES = (
    "/settings/roles/",
    "/settings/conflicts/",
    "/settings/approvals/",
    "/accounts/deputies/",
)
FORM = "main form[method=post]:has([required])"


def in_days(days: int) -> str:
    return (localdate() + timedelta(days=days)).isoformat()


@pytest.fixture
def boss(organization: Any, member: Any) -> Any:
    return member(organization, "administrator", name="Ada Admin")


def test_a_role_is_made_and_changed_by_the_keyboard(sign_in: Any, boss: Any) -> None:
    page = sign_in(boss)
    page.goto(ROLES)
    page.get_by_role("link", name="Make a role").press("Enter")
    page.get_by_label("Title").fill("Auditor of keys")
    page.get_by_label("Code", exact=True).fill("key-auditor")
    page.get_by_label("Ask why others may or may not").press("Space")
    page.get_by_role("button", name="Make the role").press("Enter")
    page.get_by_role("heading", name="Auditor of keys").wait_for()
    page.get_by_label("Say how people sign in").press("Space")
    page.get_by_role("button", name="See what this changes").press("Enter")
    page.get_by_text("0 members gain “Say how people sign in”.").wait_for()
    assert page.evaluate("document.activeElement.querySelector('#effects') !== null"), "it is read out first"
    page.get_by_role("button", name="Store").press("Enter")
    page.get_by_role("heading", name="How it came to this").wait_for()
    page.locator(".tl li", has_text="came: Say how people sign in").wait_for()


def test_a_grant_of_a_role_that_takes_two_is_approved_by_another(
    sign_in: Any, boss: Any, organization: Any, member: Any, scope: Any
) -> None:
    person, second = member(organization, name="Noor Haddad"), member(organization, "administrator", name="Otis Reed")
    with scope(organization):
        Role.objects.filter(code="key-manager").update(needs_two=True)
    page = sign_in(boss)
    page.goto(f"/people/{person.id}/")
    page.get_by_label("Role", exact=True).select_option("key-manager")
    page.get_by_role("button", name="Give the role").click()
    page.locator(".st", has_text="Waits for a second person").wait_for()
    page = sign_in(second)
    page.goto(APPROVALS)
    page.get_by_role("link", name="Noor Haddad").click()
    page.get_by_role("button", name="Approve Noor Haddad, Key manager").click()
    page.get_by_text("approved by Otis Reed").wait_for()
    page.goto(APPROVALS)
    page.get_by_text("Nothing waits for you").wait_for()


def test_a_deputy_is_named_and_ended(sign_in: Any, boss: Any, organization: Any, member: Any) -> None:
    member(organization, name="Noor Haddad")
    page = sign_in(boss)
    page.goto(DEPUTIES)
    page.get_by_label("Deputy", exact=True).select_option(label="Noor Haddad")
    page.get_by_label("Until the end of").fill(in_days(7))
    page.get_by_role("button", name="Name the deputy").click()
    page.get_by_role("button", name="End Noor Haddad").click()
    page.locator("section", has_text="Who stands in for you").get_by_text("Nobody.").first.wait_for()


@pytest.mark.usefixtures("look")
def test_pages_of_roles_and_grants_are_accessible(
    sign_in: Any, boss: Any, actor_of: Any, organization: Any, member: Any, scope: Any
) -> None:
    person, other = (member(organization, name=f"A person with quite a long name, the {n}th") for n in (1, 2))
    submitter, second = actor_of(member(organization, "submitter")), member(organization, "administrator")
    actor = actor_of(boss)
    with scope(organization):
        row = submitted(submitter, title="A lamp for life")
        row.refresh_from_db()
        role = add_role(actor=actor, code="own", title="Of our own", rights=["access.explain"], needs_two=True)
        edited = Role.objects.get(code="key-manager")
        edit_role(actor=actor, role_id=edited.id, rights=["identity.register", "identity.policy"])
        add_conflict(actor=actor, first="identity.recover", second="jobs.manage", reason="One asks, another approves.")
        give_grant(actor=actor, member_id=person.id, role="own")
        give_grant(actor=actor, member_id=person.id, role="submitter", is_passable=True)
        give_grant(actor=actor, member_id=person.id, role="reader", over=row)
    deputised = actor_of(person)
    with scope(organization):
        name_deputy(actor=deputised, member_id=other.id, valid_until=now() + timedelta(days=3))
    pages = [
        ROLES,
        f"{ROLES}new/",
        f"{ROLES}{role.id}/",
        f"{ROLES}{edited.id}/",
        CONFLICTS,
        APPROVALS,
        DEPUTIES,
        f"/people/{person.id}/",
        f"/access/over/predictions.prediction/{row.id}/",
    ]
    assert faults_at(sign_in(second), pages) == {}
    page = sign_in(boss)
    page.goto(f"{ROLES}{role.id}/")
    page.get_by_label("Say how people sign in").check()
    page.get_by_role("button", name="See what this changes").click()
    page.locator("#effects").wait_for()
    assert faults_of(page) == []
    for address in (f"{ROLES}new/", CONFLICTS, DEPUTIES, f"/people/{person.id}/"):
        page.goto(address)
        with page.expect_navigation():
            page.locator(FORM).evaluate("form => { form.noValidate = true; form.submit() }")
        page.locator(".field-error").first.wait_for()
        assert faults_of(page) == [], address
