"""A program and its key, from nothing to a call, in a browser; every page of it for everybody."""

import re
from typing import Any

import pytest
from django.urls import reverse

from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.identity.actions import write_key
from bailiwick.kernel.testing.browsers import faults_at, faults_of
from bailiwick.kernel.testing.clients import bearer

pytestmark = pytest.mark.django_db(transaction=True)

LISTS = "/settings/keys/"


@pytest.fixture
def boss(organization: Any, member: Any) -> Any:
    return member(organization, "administrator", "submitter")


def test_a_program_gets_a_key_and_the_key_is_rotated(sign_in: Any, boss: Any) -> None:
    page = sign_in(boss)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(LISTS)
    page.get_by_text("No keys yet").first.wait_for()
    page.get_by_role("link", name="Add a program").click()
    page.get_by_label("Name").fill("Marketplace sync")
    page.get_by_label("Role").select_option("submitter")
    page.get_by_role("button", name="Add the program").click()
    page.get_by_role("heading", name="Issue a key for Marketplace sync").wait_for()
    page.get_by_label("Name").fill("Production")
    page.locator("input[value='predictions.submit']").check()
    page.get_by_role("button", name="Issue the key").click()
    page.get_by_role("heading", name="The new key").wait_for()
    page.get_by_role("button", name="Copy").first.click()
    page.get_by_text("Copied").first.wait_for()
    key = page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(r"bw_[\w-]{43}", key)
    assert bearer(key).get("/api/jobs/").status_code == 200
    page.get_by_role("link", name="I have kept it").click()
    page.get_by_role("button", name="Make the new key").click()
    newer = page.locator("#secret").inner_text()
    assert newer != key
    page.get_by_role("link", name="I have kept it").click()
    page.get_by_role("link", name="an older key").click()
    page.get_by_text("being replaced").first.wait_for()
    page.get_by_role("button", name="Revoke the key").click()
    page.locator(".st", has_text="revoked").first.wait_for()
    assert [bearer(each).get("/api/jobs/").status_code for each in (key, newer)] == [401, 200]


def test_who_issues_keys_is_appointed(sign_in: Any, boss: Any, organization: Any, person: Any) -> None:
    user, _member = person(organization, name="Grace Hopper")
    page = sign_in(boss)
    page.goto(reverse("identity:key-issuers"))
    page.get_by_label("Login").fill(user.username)
    page.get_by_label("May appoint others in turn").check()
    page.get_by_role("button", name="Appoint").click()
    page.get_by_text("keys, may appoint others").first.wait_for()
    page.get_by_role("button", name="End Grace Hopper").click()
    page.get_by_text("Nobody yet.").first.wait_for()


@pytest.mark.usefixtures("look")
def test_pages_of_keys_are_accessible(sign_in: Any, boss: Any, organization: Any, member: Any, scope: Any) -> None:
    program = member(organization, "submitter", kind="program", name="Marketplace sync")
    with scope(organization):
        system = ActorRef(organization.id, None, "system")
        key, _secret = write_key(system, member_id=program.id, name="Production", scopes=["predictions.submit"])
    page = sign_in(boss)
    places = [
        LISTS,
        f"{LISTS}new/",
        f"{LISTS}new/?program={program.id}",
        f"{LISTS}programs/new/",
        f"{LISTS}programs/{program.id}/end/",
        f"{LISTS}issuers/",
        f"{LISTS}{key.id}/",
    ]
    assert faults_at(page, places) == {}
    page.get_by_role("button", name="Make the new key").click()
    page.locator("#secret").wait_for()
    assert faults_of(page) == []
