"""The bell, the notices and the pages of alerts."""

from typing import Any
from uuid import uuid4

import pytest

from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.notices.actions.notices import mark_all_read, mark_read
from bailiwick.kernel.notices.models import Alert, Notice, Window
from bailiwick.kernel.notices.tests.factories import alert_of, raise_for
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import actor_for, new_member

ALERTS, NOTICES, BELL = "/settings/alerts/", "/notices/", "/notices/bell/"


@pytest.fixture
def boss(organization: Organization) -> Member:
    return new_member(organization, "administrator", name="Ada Admin")


def filled(**values: Any) -> dict[str, Any]:
    """A form of failed sign-ins."""
    given = {"title": "Passwords", "count": 5, "minutes": 10, "per": "subject", "roles": ["administrator"]}
    return given | {"kind": "sign_ins", "do": "store"} | values


def verbs_of(boss: Member) -> list[str]:
    with enter(boss.organization_id):
        found = Event.objects.filter(verb__startswith="notices.").order_by("id")
        return list(found.values_list("verb", flat=True))


def test_the_bell_counts_what_is_new(boss: Member) -> None:
    client = with_session(boss)
    assert "badge-dot" not in client.get(BELL).content.decode()
    notice = raise_for(boss, "Copies")
    assert 'aria-label="Notices, 1 new"' in client.get(BELL, headers={"HX-Request": "true"}).content.decode()
    assert client.get("/").content.decode().count('hx-trigger="load, bw:notices from:body"') == 1
    answer = client.post(f"{NOTICES}{notice.id}/read/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Trigger"]) == (200, "bw:notices")
    assert "badge-dot" not in client.get(BELL).content.decode()


def test_a_notice_says_what_happened_and_leads_to_the_event_for_whoever_may_read_the_trail(
    organization: Organization, boss: Member
) -> None:
    notice = raise_for(boss, "Copies")
    page = with_session(boss).get(f"{NOTICES}{notice.id}/").content.decode()
    assert "2 times within 60 min, the last time: Ada Admin exported a list." in page
    assert f"/audit/events/{notice.incident.event_id}/" in page
    reader = new_member(organization, "reviewer")
    other = raise_for(reader, "Others") if reader.id == boss.id else _told_too(notice, reader)
    page = with_session(reader).get(f"{NOTICES}{other.id}/").content.decode()
    assert "exported a list" in page
    assert "/audit/events/" not in page
    assert ALERTS not in page


def _told_too(notice: Notice, member: Member) -> Notice:
    with enter(member.organization_id):
        return Notice.objects.create(member=member, incident=notice.incident)


def test_nobody_sees_or_reads_the_notices_of_another(organization: Organization, boss: Member) -> None:
    notice = raise_for(boss, "Copies")
    other = with_session(new_member(organization, "administrator"))
    assert other.get(f"{NOTICES}{notice.id}/").status_code == 404
    assert other.post(f"{NOTICES}{notice.id}/read/").status_code == 404
    assert "Copies" not in other.get(NOTICES).content.decode()
    assert other.post(f"{NOTICES}read/").status_code == 302
    with enter(organization.id):
        assert Notice.objects.get().read_at is None


def test_notices_are_marked_as_read_one_many_and_all(boss: Member) -> None:
    client = with_session(boss)
    first, second, third = (raise_for(boss, title) for title in ("One", "Two", "Three"))
    assert client.post(f"{NOTICES}{first.id}/read/").status_code == 302
    client.post(NOTICES, {"do": "bulk:read", "row": str(second.id)})
    shown = client.get(f"{NOTICES}?state=new").content.decode()
    assert [title in shown for title in ("One", "Two", "Three")] == [False, False, True]
    client.post(f"{NOTICES}read/")
    with enter(boss.organization_id, member_id=boss.id):
        assert not Notice.objects.filter(read_at=None).exists()
        before = Notice.objects.get(id=third.id).read_at
        assert mark_read(actor=actor_for(boss), key=third.id).read_at == before
        assert mark_all_read(actor=actor_for(boss)) == 0


def test_an_alert_is_added_from_a_template_changed_turned_off_and_removed(boss: Member) -> None:
    client = with_session(boss)
    page = client.get(f"{ALERTS}new/").content.decode()
    assert all(f"?kind={kind}" in page for kind in ("glass", "seal", "sign_ins", "exports", "grants", "events"))
    answer = client.post(f"{ALERTS}new/", filled())
    with enter(boss.organization_id):
        alert = Alert.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"{ALERTS}{alert.id}/")
    assert (alert.verbs, alert.count, alert.window, alert.per) == (["identity.sign_in.failed"], 5, 600, "subject")
    client.post(f"{ALERTS}{alert.id}/", filled(title="Doors", count=7))
    client.post(f"{ALERTS}{alert.id}/switch/", {"is_active": "false"})
    page = client.get(ALERTS).content.decode()
    assert "Doors" in page
    assert "Off" in page
    client.post(f"{ALERTS}{alert.id}/switch/", {"is_active": "true"})
    client.post(f"{ALERTS}{alert.id}/remove/")
    assert "Doors" not in client.get(ALERTS).content.decode()
    assert client.get(f"{ALERTS}{alert.id}/").status_code == 404
    assert verbs_of(boss) == [f"notices.alert.{each}" for each in ("added", "changed", "closed", "opened", "removed")]


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"title": " "}, "required"),
        ({"minutes": 0}, "Give a number from 1 to"),
        ({"roles": []}, "Say who is told"),
        ({"roles": ["nobody"]}, "Select a valid choice"),
        ({"members": [str(uuid4())]}, "Select a valid choice"),
        ({"count": 100_000}, "less than or equal to"),
        ({"kind": "grants"}, "required"),
        ({"kind": "events"}, "required"),
        ({"kind": "events", "verbs": ["notices.alert.raised"]}, "Select a valid choice"),
    ],
)
def test_an_alert_that_makes_no_sense_is_refused(boss: Member, values: dict[str, Any], fault: str) -> None:
    answer = with_session(boss).post(f"{ALERTS}new/", filled(**values))
    assert answer.status_code == 422
    assert fault in answer.content.decode()
    with enter(boss.organization_id):
        assert not Alert.objects.exists()


def test_each_kind_can_be_added_as_it_is_offered(boss: Member) -> None:
    client = with_session(boss)
    more = {"grants": {"watched": ["auditor"]}, "events": {"verbs": ["files.file.opened"], "per": "member"}}
    kept = {
        "exports": {"per": "member", "rows": 5000},
        "grants": more["grants"],
        "events": more["events"],
        "glass": {},
        "seal": {},
    }
    for kind, values in kept.items():
        assert client.get(f"{ALERTS}new/?kind={kind}").status_code == 200
        assert client.post(f"{ALERTS}new/", filled(kind=kind, **values)).status_code == 302, kind
    with enter(boss.organization_id):
        found = {alert.kind: alert for alert in Alert.objects.all()}
    assert found["exports"].condition == {"rows": 5000}
    assert found["grants"].condition == {"waits": [None], "role": ["auditor"]}
    assert (found["events"].verbs, found["events"].per) == (["files.file.opened"], "member")
    assert (found["glass"].count, found["glass"].window) == (1, 0)


def test_the_preview_says_how_often_it_would_have_been_raised(boss: Member) -> None:
    client = with_session(boss)
    notice = raise_for(boss, "Copies")
    raise_for(boss, "Copies again")
    page = client.get(f"{ALERTS}{notice.incident.alert_id}/").content.decode()
    assert "It would have been raised 1 time in the last 30 days." in page
    asked = filled(kind="exports", rows=0, count=1, minutes=0, per="member", do="see")
    page = client.post(f"{ALERTS}{notice.incident.alert_id}/", asked).content.decode()
    assert "It would have been raised 4 times in the last 30 days." in page
    with enter(boss.organization_id):
        assert Alert.objects.get(id=notice.incident.alert_id).count == 2, "nothing was stored"
    page = client.post(f"{ALERTS}new/", asked | {"rows": 2}).content.decode()
    assert "It would have been raised 0 times in the last 30 days." in page


def test_a_preview_reads_so_many_events_and_says_that_there_are_more(
    boss: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = raise_for(boss, "Copies")
    monkeypatch.setattr("bailiwick.kernel.notices.queries.previews.MOST_READ", 1)
    page = with_session(boss).get(f"{ALERTS}{notice.incident.alert_id}/").content.decode()
    assert "0 times by the newest 10,000 of these events. In the last 30 days there were more." in page


def test_what_an_alert_has_counted_is_forgotten_when_it_changes(boss: Member) -> None:
    notice = raise_for(boss, "Copies")
    with enter(boss.organization_id):
        assert Window.objects.filter(alert_id=notice.incident.alert_id).exists()
    values = filled(kind="exports", rows=0, per="member")
    with_session(boss).post(f"{ALERTS}{notice.incident.alert_id}/", values)
    with enter(boss.organization_id):
        assert not Window.objects.exists()


def test_alerts_are_for_whoever_holds_the_right(organization: Organization, boss: Member) -> None:
    alert = alert_of(boss, "seal")
    client = with_session(new_member(organization, "reviewer"))
    assert client.get(ALERTS).status_code == client.get(f"{ALERTS}{alert.id}/").status_code == 403
    assert client.post(f"{ALERTS}{alert.id}/remove/").status_code == 403
    assert client.get(NOTICES).status_code == 200
