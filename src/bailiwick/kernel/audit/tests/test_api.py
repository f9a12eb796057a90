"""The trail by API: searched, paged, masked, and explained."""

from typing import Any

import pytest
from django.test import Client

from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.audit.queries import explorer
from bailiwick.kernel.base.manifest import Role, registry
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_session, with_token
from bailiwick.kernel.testing.factories import actor_for, new_member

pytestmark = pytest.mark.django_db

EVENTS, CHANGES = "/api/audit/", "/api/audit/changes/"


@pytest.fixture
def auditor(organization: Any) -> Client:
    return with_token(new_member(organization, "auditor", name="Ada Auditor"))


@pytest.fixture
def clerk(organization: Any, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Reads the trail, and not what it hides; nor may they ask why others may."""
    monkeypatch.setitem(registry().roles, "clerk", Role("clerk", "Clerk", ("audit.read",)))
    return with_token(new_member(organization, "clerk", name="Cleo Clerk"))


@pytest.fixture
def reviewer(organization: Any) -> Member:
    return new_member(organization, "reviewer", name="Rita Reviewer")


def told(organization: Any, member: Member, verb: str, *, times: int = 1, **data: Any) -> None:
    with enter(organization.id, request_id="request-of-a-test"):
        for _ in range(times):
            record(actor_for(member).ref, verb, member, data)


def walked(client: Client, path: str, **query: Any) -> tuple[list[dict[str, Any]], int]:
    """Every row of a list, and on how many pages it came."""
    answer = client.get(path, query).json()
    rows, pages = answer["results"], 1
    while answer["next"]:
        answer = client.get(answer["next"]).json()
        rows, pages = rows + answer["results"], pages + 1
    return rows, pages


def test_events_are_found_by_what_they_say(organization: Any, auditor: Client, reviewer: Member) -> None:
    told(organization, reviewer, "identity.key.issued", reason="asked for")
    told(organization, reviewer, "access.right.refused")
    [event] = auditor.get(EVENTS, {"member": reviewer.id, "verb": "identity.key.issued"}).json()["results"]
    assert event["sentence"]
    assert event["member"] == {"id": str(reviewer.id), "name": "Rita Reviewer"}
    assert event["subject"] == {"type": "identity.member", "id": str(reviewer.id)}
    assert event["data"] == {"reason": "asked for"}
    rows = auditor.get(EVENTS, {"member": reviewer.id, "ordering": "id"}).json()["results"]
    assert [row["verb"] for row in rows] == ["identity.key.issued", "access.right.refused"]


@pytest.mark.parametrize("ordering", ["-id", "id"])
def test_a_search_that_ended_goes_on_with_the_next_page(
    organization: Any, auditor: Client, reviewer: Member, monkeypatch: pytest.MonkeyPatch, ordering: str
) -> None:
    monkeypatch.setattr(explorer, "LOOKED_AT", 3)
    monkeypatch.setattr(explorer, "LEAST_LOOKED_AT", 3)
    told(organization, reviewer, "access.right.refused", times=5)
    told(organization, reviewer, "identity.key.issued")
    told(organization, reviewer, "access.right.refused", times=5)
    asked = {"member": reviewer.id, "verb": "identity.key.issued", "app": "identity", "credential": "session"}
    [event], _pages = walked(auditor, EVENTS, ordering=ordering, **asked)
    assert event["verb"] == "identity.key.issued"
    found, pages = walked(auditor, EVENTS, ordering=ordering, subject=reviewer.id, subject_type="identity.member")
    assert len(found) == len({row["id"] for row in found}) == 12
    assert pages > 3


@pytest.mark.parametrize("query", [{"verbs": "x"}, {"member": "nobody"}, {"app": "none"}, {"cursor": "zzz"}])
def test_a_wrong_parameter_is_refused_and_named(auditor: Client, query: dict[str, str]) -> None:
    answer = auditor.get(EVENTS, query)
    assert answer.status_code == 400
    assert next(iter(query)) in answer.content.decode()


def test_an_event_comes_with_its_changes_and_why_it_was_allowed(
    organization: Any, auditor: Client, clerk: Client
) -> None:
    boss = with_session(new_member(organization, "administrator", name="Bo Boss"))
    pair = {"first": "jobs.manage", "second": "predictions.submit", "reason": "Nobody does both."}
    answer = boss.post("/settings/conflicts/", {**pair, "organization": str(organization.id)})
    assert answer.status_code == 302, answer.content
    [event] = auditor.get(EVENTS, {"verb": "access.conflict.added"}).json()["results"]
    whole = auditor.get(f"{EVENTS}{event['id']}/").json()
    assert whole["address"] == "127.0.0.1"
    assert whole["explanation"]["is_allowed"] is True
    assert whole["explanation"]["right"] == "access.manage"
    assert whole["on_behalf_of"] == []
    [change] = whole["changes"]
    assert change["record"] == {"type": "access.conflictingpair", "id": whole["subject"]["id"]}
    assert {"name": "reason", "before": None, "after": pair["reason"], "veil": None} in change["columns"]
    less = clerk.get(f"{EVENTS}{event['id']}/").json()
    assert (less["address"], less["hidden"], less["explanation"]) == (None, ["address"], None)


def test_changes_hide_what_says_who_somebody_is(
    organization: Any, auditor: Client, clerk: Client, reviewer: Member
) -> None:
    with enter(organization.id, request_id="renaming"):
        Member.objects.filter(id=reviewer.id).update(name="Rita Renamed")
    query = {"row": reviewer.id, "operation": "UPDATE", "request": "renaming", "type": "identity.member"}
    for client, shown in ((auditor, ("Rita Renamed", None)), (clerk, (None, "hidden"))):
        [change] = client.get(CHANGES, query).json()["results"]
        [column] = [each for each in change["columns"] if each["name"] == "name"]
        assert (column["after"], column["veil"]) == shown


def test_without_the_right_nothing_is_answered(organization: Any, reviewer: Member) -> None:
    client = with_token(reviewer)
    assert [client.get(path).status_code for path in (EVENTS, CHANGES)] == [403, 403]
