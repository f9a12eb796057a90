"""From a rule to an event, the bell, the notice and the event's page, as people see it."""

from typing import Any

import pytest

from bailiwick.kernel.access.actions import give_grant
from bailiwick.kernel.events.tests.passes import dispatch_everything
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.notices.actions.raising import watch_seals
from bailiwick.kernel.notices.models import Notice
from bailiwick.kernel.notices.tests.factories import alert_of, raise_for
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.browsers import faults_at, faults_of
from bailiwick.kernel.testing.factories import actor_for, new_member

pytestmark = pytest.mark.django_db(transaction=True)

ALERTS, NOTICES = "/settings/alerts/", "/notices/"
NEW = "Notices, 1 new"


@pytest.fixture
def boss(organization: Any) -> Member:
    return new_member(organization, "administrator", name="Ines Albrecht")


def test_a_rule_becomes_a_notice_that_leads_to_the_event(sign_in: Any, organization: Any, boss: Member) -> None:
    page = sign_in(boss)
    page.goto(ALERTS)
    page.get_by_text("No alerts").wait_for()
    page.get_by_role("link", name="Add an alert").click()
    page.get_by_role("link", name="Grants of chosen roles").click()
    page.get_by_label("Title").fill("New auditors")
    page.get_by_role("group", name="Roles to hear of").get_by_label("Auditor").check()
    page.get_by_role("button", name="See how often that happens").click()
    page.get_by_text("It would have been raised 0 times in the last 30 days.").wait_for()
    page.get_by_role("button", name="Add the alert").click()
    page.get_by_text("The alert is on.").first.wait_for()
    dispatch_everything()

    person = new_member(organization, name="Nora New")
    with enter(organization.id, member_id=boss.id):
        give_grant(actor=actor_for(boss), member_id=person.id, role="auditor")
    dispatch_everything()

    page.goto("/")
    page.get_by_role("link", name=NEW).click()
    page.wait_for_url(f"**{NOTICES}")
    page.get_by_role("link", name=NEW).wait_for()
    page.get_by_role("link", name="New auditors").click()
    page.get_by_text("Ines Albrecht gave a grant.").wait_for()
    page.locator("p#read").wait_for()
    page.locator(".badge-dot").wait_for(state="detached")
    page.get_by_role("link", name="Open the event").click()
    page.wait_for_url("**/audit/events/*/")
    page.get_by_text("access.grant.given").first.wait_for()


def test_all_notices_are_marked_as_read_at_once(sign_in: Any, organization: Any, boss: Member) -> None:
    for number in range(3):
        raise_for(boss, f"Copies {number}")
    page = sign_in(boss)
    page.goto(NOTICES)
    page.get_by_role("link", name="Notices, 3 new").wait_for()
    page.get_by_role("button", name="Mark all as read").click()
    page.get_by_text("3 notices marked as read.").first.wait_for()
    with enter(organization.id):
        assert not Notice.objects.filter(read_at=None).exists()


@pytest.mark.usefixtures("look")
def test_pages_of_alerts_and_notices_are_accessible(sign_in: Any, organization: Any, boss: Member) -> None:
    page = sign_in(boss)
    assert faults_at(page, [ALERTS, NOTICES]) == {}
    notice = raise_for(boss, "Copies that somebody took along in great number")
    seal = alert_of(boss, "seal", is_mailed=True)
    with enter(organization.id):
        watch_seals(notice.at.replace(year=2025))
        late = Notice.objects.get(incident__alert=seal)
    kinds = ("sign_ins", "exports", "grants", "events", "glass")
    pages = [
        ALERTS,
        f"{ALERTS}new/",
        *(f"{ALERTS}new/?kind={kind}" for kind in kinds),
        f"{ALERTS}{notice.incident.alert_id}/",
        f"{ALERTS}{seal.id}/",
        NOTICES,
        f"{NOTICES}{notice.id}/",
        f"{NOTICES}{late.id}/",
    ]
    assert faults_at(page, pages) == {}
    page.goto(f"{ALERTS}new/?kind=events")
    page.locator("main form").first.evaluate("form => { form.noValidate = true }")
    page.get_by_label("Title").fill("")
    page.get_by_role("button", name="Add the alert").click()
    page.locator(".field-error").first.wait_for()
    assert faults_of(page) == []
