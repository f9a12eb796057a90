"""A webhook from nothing to a message that arrives, in a browser; every page of it for everybody."""

import re
from typing import Any
from uuid import UUID

import pytest
from django.utils.timezone import now

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.events.actions.webhooks import add_webhook
from bailiwick.kernel.events.models import Delivery, Webhook
from bailiwick.kernel.events.tests.receivers import Receiver, receiving
from bailiwick.kernel.events.tests.sendings import deliver
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.browsers import faults_at, faults_of
from bailiwick.kernel.testing.factories import actor_for

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/settings/webhooks/"
VERB = "jobs.job.submitted"


@pytest.fixture
def integrator(organization: Any, member: Any) -> Any:
    return member(organization, "integrator")


def test_a_webhook_is_added_tried_and_turned_off(sign_in: Any, integrator: Any) -> None:
    with receiving(Receiver(status=500)) as receiver:
        page = sign_in(integrator)
        page.goto(LIST)
        page.get_by_text("No webhook yet").first.wait_for()
        page.get_by_role("link", name="Add a webhook").click()
        page.get_by_label("Title").fill("Warehouse")
        page.get_by_role("textbox", name="Address").fill(receiver.url)
        page.get_by_role("button", name="Add it").click()
        assert re.fullmatch(r"whsec_[\w+/]{43}=", page.locator("#secret").inner_text())
        page.get_by_role("link", name="I have kept it").click()
        page.get_by_role("button", name="Send a test").click()
        page.get_by_text("A test is on its way").first.wait_for()
        deliver(actor_for(integrator))
        page.reload()
        page.get_by_role("link", name="events.webhook.tested").click()
        page.locator(".st", has_text="waiting").first.wait_for()
        page.get_by_text("1 of 10").wait_for()
        receiver.status = 200
        page.go_back()
        page.get_by_role("button", name="Turn it off").click()
        page.get_by_role("button", name="Turn it on").click()
        page.get_by_role("button", name="Make a new secret").click()
        page.get_by_text("signed with the former secret too").first.wait_for()
    assert {each.message["type"] for each in receiver.got} >= {"events.webhook.tested"}


def fill(actor: Actor) -> tuple[Webhook, Delivery]:
    """One that fails for one thing, and delivers another."""
    with receiving() as receiver:
        with enter(actor.organization_id):
            webhook = add_webhook(actor=actor, title="Warehouse", url=receiver.url, verbs=[VERB])
            add_webhook(actor=actor, title="Data lake", url="http://127.0.0.1:9/events")
        for status, subject in ((200, 1), (500, 2), (200, 3)):
            receiver.status = status
            with enter(actor.organization_id):
                for number in range(2):
                    record(actor.ref, VERB, Job(id=UUID(int=subject)), {"kind": "web.export", "number": number})
            deliver(actor)
    with enter(actor.organization_id):
        failed = Delivery.objects.filter(webhook=webhook, state="waiting").latest("id")
        Delivery.objects.filter(webhook=webhook, state="delivered", subject_id=UUID(int=3)).update(
            state="dead", status=503, answer="<h1>Service unavailable</h1>", tries=10, finished_at=now()
        )
        return webhook, failed


@pytest.mark.usefixtures("look")
def test_pages_of_webhooks_are_accessible(sign_in: Any, integrator: Any) -> None:
    webhook, failed = fill(actor_for(integrator))
    page = sign_in(integrator)
    places = [
        LIST,
        f"{LIST}new/",
        f"{LIST}{webhook.id}/",
        f"{LIST}{webhook.id}/remove/",
        f"{LIST}deliveries/",
        f"{LIST}deliveries/{failed.id}/",
    ]
    assert not faults_at(page, places)
    page.goto(f"{LIST}{webhook.id}/")
    page.get_by_role("button", name="Make a new secret").click()
    page.locator("#secret").wait_for()
    assert not faults_of(page)
