"""The pages on which webhooks are kept."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.events.choices import DeliveryState
from bailiwick.kernel.events.models import Delivery, Webhook
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import new_member

pytestmark = pytest.mark.django_db
URL = "http://127.0.0.1:9/hook"
PAGE = "/settings/webhooks/"
MOMENT = "%Y-%m-%dT%H:%M:%S"


@pytest.fixture
def client(organization: Any) -> Client:
    return with_session(new_member(organization, "integrator"))


@pytest.fixture
def webhook(organization: Any, client: Client) -> Webhook:
    client.post(f"{PAGE}new/", {"title": "Warehouse", "url": URL, "verbs": ["jobs.job.submitted"]})
    with enter(organization.id):
        return Webhook.objects.get()


def delivery_of(webhook: Webhook, state: str, **given: Any) -> Delivery:
    with enter(webhook.organization_id):
        event = Event.objects.earliest("id")
        place = {"epoch": event.epoch, "transaction_id": event.transaction_id, "at": event.at}
        said = {"verb": event.verb, "subject_id": event.subject_id, "state": state}
        return Delivery.objects.create(webhook=webhook, event_id=event.id, **place, **said, **given)


def verbs(organization: Any) -> list[str]:
    with enter(organization.id):
        return list(Event.objects.filter(verb__startswith="events.").order_by("id").values_list("verb", flat=True))


def test_adding_one_shows_its_secret_once(client: Client, organization: Any) -> None:
    answer = client.post(f"{PAGE}new/", {"title": "Warehouse", "url": URL})
    with enter(organization.id):
        webhook = Webhook.objects.get()
    assert webhook.secret.startswith("whsec_")
    assert webhook.secret in answer.content.decode()
    page = client.get(f"{PAGE}{webhook.id}/").content.decode()
    assert "Warehouse" in page
    assert webhook.secret not in page
    assert "Warehouse" in client.get(PAGE).content.decode()
    assert verbs(organization) == ["events.webhook.added"]


@pytest.mark.parametrize(
    "url", ["https://10.0.0.1/hook", "http://example.com/", "https://localhost.invalid/", "ftp://x", "https://u:p@h/"]
)
def test_an_address_that_is_not_called_from_here_is_refused(
    client: Client, organization: Any, settings: Any, url: str
) -> None:
    settings.OUTBOUND_ALLOWED = []
    answer = client.post(f"{PAGE}new/", {"title": "Warehouse", "url": url})
    assert answer.status_code == 422
    with enter(organization.id):
        assert not Webhook.objects.exists()


def test_settings_are_changed(client: Client, organization: Any, webhook: Webhook) -> None:
    page = client.get(f"{PAGE}{webhook.id}/").content.decode()
    assert 'value="jobs.job.submitted" id="verb-jobsjobsubmitted-1" checked' in page
    client.post(f"{PAGE}{webhook.id}/", {"title": "Store", "url": f"{URL}/2", "verbs": ["jobs.job.cancelled"]})
    with enter(organization.id):
        webhook.refresh_from_db()
    assert (webhook.title, webhook.url, webhook.verbs) == ("Store", f"{URL}/2", ["jobs.job.cancelled"])
    assert client.post(f"{PAGE}{webhook.id}/", {"title": "", "url": URL}).status_code == 422


def test_a_new_secret_is_shown_and_the_former_holds_for_a_day(
    client: Client, organization: Any, webhook: Webhook
) -> None:
    answer = client.post(f"{PAGE}{webhook.id}/rotate/").content.decode()
    with enter(organization.id):
        fresh = Webhook.objects.get()
    assert fresh.secret in answer
    assert fresh.secrets == (fresh.secret, webhook.secret)
    assert fresh.former_until is not None
    assert timedelta(hours=23) < fresh.former_until - now() <= timedelta(hours=24)


def test_it_is_turned_off_and_on_tried_and_removed(client: Client, organization: Any, webhook: Webhook) -> None:
    for step in ("test", "stop", "open"):
        assert client.post(f"{PAGE}{webhook.id}/{step}/").status_code == 302
    assert "cannot be brought back" in client.get(f"{PAGE}{webhook.id}/remove/").content.decode()
    assert client.post(f"{PAGE}{webhook.id}/remove/").status_code == 302
    told = ["added", "tested", "stopped", "opened", "removed"]
    assert verbs(organization) == [f"events.webhook.{verb}" for verb in told]
    assert client.get(f"{PAGE}{webhook.id}/").status_code == 404
    with enter(organization.id):
        assert Webhook.objects.get().secret == ""


def test_a_test_of_one_that_is_off_is_refused(client: Client, webhook: Webhook) -> None:
    client.post(f"{PAGE}{webhook.id}/stop/")
    assert client.post(f"{PAGE}{webhook.id}/test/").status_code == 409


def test_deliveries_are_listed_and_narrowed(client: Client, webhook: Webhook) -> None:
    delivery = delivery_of(webhook, DeliveryState.DEAD, finished_at=now(), status=500, answer="broken pipe", tries=10)
    page = client.get(f"{PAGE}deliveries/").content.decode()
    assert delivery.verb in page
    assert str(delivery.id) in page
    assert str(delivery.id) not in client.get(f"{PAGE}deliveries/?state=delivered").content.decode()
    assert str(delivery.id) in client.get(f"{PAGE}deliveries/?state=dead&webhook={webhook.id}").content.decode()
    assert str(delivery.id) not in client.get(f"{PAGE}deliveries/?verb=jobs.job.cancelled").content.decode()
    one = client.get(f"{PAGE}deliveries/{delivery.id}/").content.decode()
    assert "broken pipe" in one
    assert "msg_" in one
    assert "10 of 10" in one


def test_a_delivery_is_sent_again(client: Client, organization: Any, webhook: Webhook) -> None:
    delivery = delivery_of(webhook, DeliveryState.DEAD, finished_at=now(), tries=10)
    assert client.post(f"{PAGE}deliveries/{delivery.id}/replay/").status_code == 302
    with enter(organization.id):
        delivery.refresh_from_db()
    assert (delivery.state, delivery.tries) == (DeliveryState.WAITING, 0)
    assert client.post(f"{PAGE}deliveries/{delivery.id}/replay/").status_code == 409


def test_chosen_deliveries_are_sent_again(client: Client, organization: Any, webhook: Webhook) -> None:
    delivery = delivery_of(webhook, DeliveryState.DEAD, finished_at=now())
    client.post(f"{PAGE}deliveries/", {"do": "bulk:again", "row": [str(delivery.id)]})
    with enter(organization.id):
        delivery.refresh_from_db()
    assert delivery.state == DeliveryState.WAITING


def test_a_time_is_sent_again(client: Client, organization: Any, webhook: Webhook) -> None:
    day = timedelta(days=1)
    client.post(f"{PAGE}{webhook.id}/", {"title": "Store", "url": URL})
    span = {"since": (now() - day).strftime(MOMENT), "until": (now() + day).strftime(MOMENT)}
    assert client.post(f"{PAGE}{webhook.id}/replay/", span).status_code == 302
    with enter(organization.id):
        assert Delivery.objects.count() >= 2
    wrong = {"since": span["until"], "until": span["since"]}
    assert client.post(f"{PAGE}{webhook.id}/replay/", wrong).status_code == 422


def test_who_may_not_keep_webhooks_sees_none(organization: Any, webhook: Webhook) -> None:
    stranger = with_session(new_member(organization, "reviewer"))
    assert stranger.get(f"{PAGE}{webhook.id}/").status_code == 403
    assert "Webhooks" not in stranger.get("/").content.decode()
