"""The trail is searched, read as far as one may, and says why whoever did something was allowed to."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localtime, now

from bailiwick.kernel.access.actions import end_grant
from bailiwick.kernel.access.actions.deputies import name_deputy
from bailiwick.kernel.access.actions.people import register_person
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.audit.queries import explorer, list_events
from bailiwick.kernel.base.manifest import Role, registry
from bailiwick.kernel.identity.actions.reporting import set_manager
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.web.selection import Selection, reopen

pytestmark = pytest.mark.django_db

EVENTS, CHANGES = "/audit/", "/audit/changes/"
HOUR = timedelta(hours=1)


@pytest.fixture
def auditor(organization: Any) -> Client:
    return with_session(new_member(organization, "auditor", name="Ada Auditor"))


@pytest.fixture
def clerk(organization: Any) -> Client:
    """Reads the trail, and not what it hides; nor may they ask why others may."""
    return with_session(new_member(organization, "clerk", name="Cleo Clerk"))


@pytest.fixture(autouse=True)
def _clerks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry().roles, "clerk", Role("clerk", "Clerk", ("audit.read",)))


@pytest.fixture
def reviewer(organization: Any) -> Member:
    return new_member(organization, "key-manager", name="Rita Reviewer")


def registered(member: Member) -> Event:
    """The event of a person whom a member registered."""
    actor = actor_for(member)
    with enter(member.organization_id, member_id=member.id, request_id="registering"):
        made = register_person(actor=actor, first_name="Nina", last_name="New")
        event = list_events(made.member.id).filter(verb="identity.person.registered").last()
    assert event
    return event


def text_at(client: Client, address: str, **query: Any) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.content
    return str(answer.content.decode())


def lines_at(client: Client, address: str, **query: Any) -> list[Any]:
    return list(client.get(address, query).context["lines"] or [])


def told(organization: Any, member: Member, verb: str, *, times: int = 1, **data: Any) -> None:
    with enter(organization.id, request_id="request-of-a-test"):
        for _ in range(times):
            record(actor_for(member).ref, verb, member, data)


def test_events_are_listed_newest_first_with_who_did_what(organization: Any, auditor: Client, reviewer: Member) -> None:
    told(organization, reviewer, "identity.key.issued")
    registered(reviewer)
    lines = lines_at(auditor, EVENTS, member=reviewer.id)
    told_in_order = [line.cells[0].sub for line in lines]
    assert told_in_order.index("identity.person.registered") < told_in_order.index("identity.key.issued")
    assert all("Rita Reviewer" in str(line.cells[1].text) for line in lines)


@pytest.mark.parametrize(
    "query",
    [
        {"verb": "identity.key.issued"},
        {"verb": "identity.key.issued", "app": "identity"},
        {"app": "identity", "subject_type": "identity.member", "credential": "session"},
        {"verb": "identity.key.issued", "credential": "session"},
        {"request": "request-of-a-test", "verb": "identity.key.issued"},
    ],
)
def test_each_filter_narrows(organization: Any, auditor: Client, reviewer: Member, query: dict[str, str]) -> None:
    told(organization, reviewer, "identity.key.issued")
    told(organization, reviewer, "access.right.refused")
    given = {**query, "member": str(reviewer.id), "subject": str(reviewer.id)}
    [line] = lines_at(auditor, EVENTS, **given)
    assert "identity.key.issued" in str(line.cells[0].sub)
    assert lines_at(auditor, EVENTS, **{**given, "until": f"{localtime(now() - HOUR):%Y-%m-%dT%H:%M:%S}"}) == []
    assert lines_at(auditor, EVENTS, **{**given, "since": f"{localtime(now() + HOUR):%Y-%m-%dT%H:%M:%S}"}) == []
    assert len(lines_at(auditor, EVENTS, **{**given, "since": f"{localtime(now() - HOUR):%Y-%m-%dT%H:%M:%S}"})) == 1


def test_a_filter_that_finds_nothing_of_a_part_shows_nothing(auditor: Client) -> None:
    assert lines_at(auditor, EVENTS, app="files", verb="identity.key.issued") == []
    assert auditor.get(EVENTS, {"member": "nobody"}).status_code == 422


def test_a_search_without_an_index_ends_says_so_and_goes_on(
    organization: Any, auditor: Client, reviewer: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explorer, "LOOKED_AT", 4)
    monkeypatch.setattr(explorer, "LEAST_LOOKED_AT", 4)
    told(organization, reviewer, "identity.key.issued", reason="asked for")
    told(organization, reviewer, "access.right.refused", times=6)
    asked = {"member": str(reviewer.id), "subject_type": "identity.member", "credential": "session"}
    seen, query = [], asked
    for _ in range(3):
        page = auditor.get(EVENTS, query)
        seen += [line.key for line in page.context["lines"]]
        edge = page.context["page"].edge
        if edge is None:
            break
        assert "Look further back" in page.content.decode()
        query = {**asked, "before": str(edge)}
    assert edge is None
    assert len(seen) == len(set(seen)) == 7
    assert auditor.get(EVENTS, {"member": str(reviewer.id)}).context["page"].edge is None


def test_an_export_is_looked_for_to_the_end(
    organization: Any, reviewer: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explorer, "LOOKED_AT", 2)
    monkeypatch.setattr(explorer, "LEAST_LOOKED_AT", 2)
    told(organization, reviewer, "access.right.refused", times=5)
    query = f"member={reviewer.id}&subject_type=identity.member&credential=session"
    auditor = actor_for(new_member(organization, "auditor"))
    with enter(organization.id):
        page = reopen(Selection("audit:events", {}, query, is_all=True), auditor)
        assert page.narrowed().count() == 5


def test_every_pair_of_filters_is_bounded(organization: Any, reviewer: Member) -> None:
    """What one index has in the order of the list needs no bound, everything else has one."""
    one = explorer.search_of(keyed={"verb": "a.b.c", "member_id": None}, rest={"credential": ""})
    two = explorer.search_of(keyed={"verb": "a.b.c", "member_id": reviewer.id}, rest={})
    rest = explorer.search_of(keyed={}, rest={"credential": "key"})
    whole = explorer.search_of(keyed={}, rest={}, app="identity")
    assert [each.is_walked for each in (one, two, rest, whole)] == [True, False, False, False]


def test_an_address_is_hidden_from_whoever_may_not_read_it(
    organization: Any, auditor: Client, clerk: Client, reviewer: Member
) -> None:
    refused = with_session(reviewer)
    assert refused.get(EVENTS).status_code == 403
    query = {"verb": "access.right.refused"}
    assert "127.0.0.1" in text_at(auditor, EVENTS, **query)
    assert "127.0.0.1" not in text_at(clerk, EVENTS, **query)
    assert "hidden" in text_at(clerk, EVENTS, **query)
    [event, *_others] = lines_at(auditor, EVENTS, **query)
    page = reverse("audit:event", args=[event.key])
    assert "127.0.0.1" in text_at(auditor, page)
    assert "127.0.0.1" not in text_at(clerk, page)


def test_an_event_shows_what_its_request_changed_before_and_after(
    organization: Any, auditor: Client, reviewer: Member
) -> None:
    boss = new_member(organization, "administrator", name="Bo Boss")
    with enter(organization.id, member_id=boss.id, request_id="one-request"):
        set_manager(actor=actor_for(boss, request_id="one-request"), member_id=reviewer.id, manager_id=boss.id)
        event = list_events(reviewer.id).last()
    assert event
    text = text_at(auditor, reverse("audit:event", args=[event.id]))
    assert "manager_id" in text
    assert f"<ins>{boss.id}</ins>" in text
    [line] = lines_at(auditor, CHANGES, request="one-request", table="identity.member")
    assert line.cells[0].url == reverse("audit:history", args=["identity.member", reviewer.id])


def test_what_says_who_somebody_is_is_hidden_and_what_is_masked_is_never_there(
    organization: Any, auditor: Client, clerk: Client, reviewer: Member
) -> None:
    with enter(organization.id, request_id="renaming"):
        Member.objects.filter(id=reviewer.id).update(name="Rita Renamed", department="Quality")
    page = reverse("audit:history", args=["identity.member", reviewer.id])
    assert "<ins>Rita Renamed</ins>" in text_at(auditor, page)
    hidden = text_at(clerk, page)
    assert "<ins>Rita Renamed</ins>" not in hidden
    assert "<ins>Quality</ins>" not in hidden
    assert "is hidden from you" in hidden


def test_an_event_says_by_which_grant_it_was_allowed_as_it_was_then(
    organization: Any, auditor: Client, clerk: Client, reviewer: Member
) -> None:
    event = registered(reviewer)
    with enter(organization.id):
        Grant.objects.filter(member_id=reviewer.id).update(revoked_at=now())
    page = reverse("audit:event", args=[event.id])
    text = text_at(auditor, page)
    assert "identity.register" in text
    assert "Allowed" in text
    assert "given by the installation" in text
    assert "you need the right to ask" in text_at(clerk, page)


def test_whoever_ends_their_own_right_was_allowed_to(organization: Any, auditor: Client) -> None:
    boss = new_member(organization, "administrator", name="Bo Boss")
    new_member(organization, "administrator")
    with enter(organization.id, member_id=boss.id, request_id="ending"):
        own = Grant.objects.get(member_id=boss.id)
        end_grant(actor=actor_for(boss, request_id="ending"), grant_id=own.id)
        event = list_events(own.id).filter(verb="access.grant.ended").get()
    assert "No grant gave it" not in text_at(auditor, reverse("audit:event", args=[event.id]))


def test_what_a_deputy_does_is_on_behalf_of_somebody(organization: Any, auditor: Client, reviewer: Member) -> None:
    deputy = new_member(organization, name="Dora Deputy")
    with enter(organization.id):
        name_deputy(actor=actor_for(reviewer), member_id=deputy.id, valid_until=now() + HOUR)
    text = text_at(auditor, reverse("audit:event", args=[registered(deputy).id]))
    assert "as a deputy of Rita Reviewer" in text
    assert "On behalf of" in text


def test_the_page_of_a_person_leads_to_their_history(organization: Any, reviewer: Member) -> None:
    boss = with_session(new_member(organization, "administrator"))
    history = reverse("audit:history", args=["identity.member", reviewer.id])
    assert history in text_at(boss, reverse("identity:person", args=[reviewer.id]))
    assert "added" in text_at(boss, history)


def test_a_long_history_goes_on(organization: Any, auditor: Client, reviewer: Member) -> None:
    told(organization, reviewer, "access.right.refused", times=60)
    address = reverse("audit:history", args=["identity.member", reviewer.id])
    seen: list[Any] = []
    query: dict[str, str] = {}
    while True:
        context = auditor.get(address, query).context
        seen += [line.happening.pk for line in context["lines"]]
        if context["older"] is None:
            break
        query = {"before": str(context["older"])}
    assert len(seen) == len(set(seen)) >= 60
    assert auditor.get(address, {"before": "yesterday"}).status_code == 400


def test_nobody_reads_the_trail_without_the_right(organization: Any, reviewer: Member) -> None:
    event = registered(reviewer)
    client = with_session(reviewer)
    history = reverse("audit:history", args=["identity.member", reviewer.id])
    for address in (EVENTS, CHANGES, reverse("audit:event", args=[event.id]), history):
        assert client.get(address).status_code == 403
