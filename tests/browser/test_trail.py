"""From a prediction to who decided it and why they were allowed to, in a browser."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils.timezone import now

from bailiwick.apps.predictions.actions.review import decide_prediction
from bailiwick.apps.predictions.manifest import REVIEW_QUEUE
from bailiwick.apps.predictions.tests.factories import confirming, submitted
from bailiwick.kernel.access.actions.deputies import name_deputy
from bailiwick.kernel.audit.queries import explorer, list_events
from bailiwick.kernel.identity.actions.reporting import set_manager
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.browsers import faults_at, faults_of
from bailiwick.kernel.worklist.actions import claim_next

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def decided(organization: Any, member: Any, actor_of: Any) -> Any:
    """A prediction, the event of its decision by a deputy, and a change of a row."""
    boss = member(organization, "administrator", name="Bo Boss")
    lead, deputy = member(organization, "reviewer", name="Rita Reviewer"), member(organization, name="Dora Deputy")
    program = actor_of(member(organization, "submitter", kind="program"))
    with enter(organization.id, member_id=boss.id, request_id="request-of-a-test"):
        set_manager(actor=actor_of(boss), member_id=deputy.id, manager_id=boss.id)
    with enter(organization.id, member_id=deputy.id, request_id="another-request"):
        name_deputy(actor=actor_of(lead), member_id=deputy.id, valid_until=now() + timedelta(days=1))
        prediction = submitted(program, title="Course of everything")
        actor = actor_of(deputy)
        claim = claim_next(actor=actor, queue_code=REVIEW_QUEUE.code)
        made = decide_prediction(actor=actor, prediction_id=prediction.id, token=claim.token, answer=confirming())
        return (
            prediction,
            list_events(made.decision.id).last(),
            list_events(deputy.id).filter(verb="identity.member.changed").last(),
        )


def test_who_decided_and_why_they_were_allowed_is_two_clicks_from_a_prediction(
    sign_in: Any, organization: Any, member: Any, decided: Any
) -> None:
    prediction, _event, _change = decided
    page = sign_in(member(organization, "auditor", "model-owner", name="Ada Auditor"))
    page.goto(reverse("predictions:record", args=[prediction.id]))
    page.get_by_role("link", name="History", exact=True).click()
    page.get_by_role("link", name="decided a prediction").click()
    page.get_by_role("heading", name="Why were they allowed to?").wait_for()
    page.get_by_text("They acted as a deputy of Rita Reviewer.").wait_for()
    page.locator("#why + .st-good").wait_for()


def test_the_trail_is_narrowed_and_a_search_goes_on(
    sign_in: Any, organization: Any, member: Any, decided: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explorer, "LOOKED_AT", 3)
    page = sign_in(member(organization, "auditor", name="Ada Auditor"))
    page.goto("/audit/")
    page.keyboard.press("f")
    page.get_by_label("What happened").fill("predictions.prediction.decided")
    page.get_by_role("button", name="Apply filters").click()
    page.locator(".pager").get_by_text("Rows 1 to 1 of").wait_for()
    page.get_by_role("link", name="decided a prediction", exact=True).wait_for()
    page.goto("/audit/?credential=system&subject_type=access.grant")
    for _ in range(50):
        page.locator("#list").wait_for()
        if page.locator("#further").count() == 0:
            break
        address = page.url
        page.locator("#further").click()
        page.wait_for_url(lambda url, before=address: url != before)
    assert page.locator("#further").count() == 0


@pytest.mark.usefixtures("look")
def test_pages_of_the_trail_are_accessible(sign_in: Any, organization: Any, member: Any, decided: Any) -> None:
    prediction, event, change = decided
    page = sign_in(member(organization, "auditor", "model-owner", name="Ada Auditor"))
    addresses = [
        "/audit/",
        "/audit/?app=predictions&credential=key",
        "/audit/changes/",
        *(reverse("audit:event", args=[each.id]) for each in (event, change)),
        reverse("audit:history", args=["predictions.prediction", prediction.id]),
        reverse("audit:history", args=["identity.member", change.subject_id]),
    ]
    assert faults_at(page, addresses) == {}
    page.goto("/audit/")
    page.keyboard.press("f")
    page.get_by_label("What happened").wait_for()
    assert faults_of(page) == []


def test_an_empty_search_says_what_to_do(sign_in: Any, organization: Any, member: Any) -> None:
    page = sign_in(member(organization, "auditor"))
    page.goto("/audit/?verb=predictions.gold.added")
    page.get_by_role("heading", name="Nothing matches these filters").wait_for()
