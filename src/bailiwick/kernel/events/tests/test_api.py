"""Webhooks by API."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.events.models import Delivery, Webhook
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_key
from bailiwick.kernel.testing.factories import new_member

pytestmark = pytest.mark.django_db
ADDRESS = "/api/webhooks/"
GIVEN = {"title": "Warehouse", "url": "http://127.0.0.1:9/hook", "verbs": ["jobs.job.submitted"]}


@pytest.fixture
def client(organization: Any) -> Client:
    return with_key(new_member(organization, "integrator", kind="program"))


def post(client: Client, path: str, body: Any = None) -> Any:
    return client.post(path, body or {}, "application/json")


def test_a_webhook_from_its_adding_to_its_removal(client: Client, organization: Any) -> None:
    added = post(client, ADDRESS, GIVEN)
    assert added.status_code == 201
    one = f"{ADDRESS}{added.json()['id']}/"
    assert added.json()["secret"].startswith("whsec_")
    assert "secret" not in client.get(one).json()
    assert [each["title"] for each in client.get(ADDRESS).json()["results"]] == ["Warehouse"]
    assert client.put(one, GIVEN | {"title": "Store"}, "application/json").json()["title"] == "Store"
    assert post(client, f"{one}rotate/").json()["secret"] != added.json()["secret"]
    assert post(client, f"{one}test/").status_code == 204
    assert post(client, f"{one}stop/").json()["stop"] == "hand"
    assert post(client, f"{one}test/").status_code == 409
    assert post(client, f"{one}open/").json()["stop"] == ""
    assert client.delete(one).status_code == 204
    assert client.get(one).status_code == 404


def test_what_cannot_be_called_is_refused(client: Client, organization: Any) -> None:
    answer = post(client, ADDRESS, GIVEN | {"url": "https://10.0.0.1/"})
    assert answer.status_code == 400
    answer = post(client, ADDRESS, GIVEN | {"verbs": ["nothing.ever.happened"]})
    assert answer.status_code == 400
    with enter(organization.id):
        assert not Webhook.objects.exists()


def test_deliveries_are_listed_and_sent_again(client: Client, organization: Any) -> None:
    webhook_id = post(client, ADDRESS, GIVEN | {"verbs": []}).json()["id"]
    span = {"since": (now() - timedelta(hours=1)).isoformat(), "until": (now() + timedelta(hours=1)).isoformat()}
    count = post(client, f"{ADDRESS}{webhook_id}/replay/", span).json()["events"]
    with enter(organization.id):
        assert count == Delivery.objects.count() > 0
        event = Event.objects.get(verb="events.webhook.added")
        Delivery.objects.filter(event_id=event.id).update(state="dead", finished_at=now(), tries=10)
    [dead] = client.get(f"{ADDRESS}deliveries/?state=dead&webhook={webhook_id}").json()["results"]
    assert (dead["verb"], dead["tries"]) == ("events.webhook.added", 10)
    assert dead["message_id"].startswith("msg_")
    again = post(client, f"{ADDRESS}deliveries/{dead['id']}/replay/")
    assert again.json()["state"] in ("waiting", "behind")
    assert post(client, f"{ADDRESS}deliveries/{dead['id']}/replay/").status_code == 409
