"""Events raise alerts once, those told are told, and no organisation hears of another."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.timezone import now

from bailiwick.kernel.access.actions import give_grant
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.events.tests.passes import dispatch_everything
from bailiwick.kernel.files.models import StoredFile
from bailiwick.kernel.identity.models import Member, User
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.notices.actions import alerts, raising
from bailiwick.kernel.notices.actions.alerts import add_default_alerts
from bailiwick.kernel.notices.actions.raising import count_events, watch_seals
from bailiwick.kernel.notices.errors import TooMany
from bailiwick.kernel.notices.models import Alert, Incident, Notice, Window
from bailiwick.kernel.notices.tasks import watch
from bailiwick.kernel.notices.tests.factories import alert_of, told_to
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for, new_member, new_organization

pytestmark = pytest.mark.django_db(transaction=True)
LATE = timedelta(minutes=6)


@pytest.fixture
def boss(organization: Organization) -> Member:
    return new_member(organization, "administrator", name="Ada Admin")


def export(member: Member, *rows: int) -> None:
    actor = actor_for(member)
    with enter(member.organization_id, member_id=member.id):
        for number in rows:
            record(actor.ref, "web.list.exported", StoredFile(id=uuid4()), {"rows": number})


def events_of(organization: Organization, verb: str) -> list[Event]:
    with enter(organization.id):
        return list(Event.objects.filter(verb=verb).order_by("id"))


def test_an_event_that_a_rule_means_is_told_to_whom_it_says(organization: Organization, boss: Member) -> None:
    other = new_member(organization, "administrator")
    alert = alert_of(boss, "exports", condition={"rows": 1000})
    dispatch_everything()
    export(new_member(organization, name="Carl Copy"), 999, 1000)
    dispatch_everything()
    assert told_to(boss) == [("Alert of exports", "Carl Copy exported a list.")]
    assert told_to(other) == []
    [raised] = events_of(organization, "notices.alert.raised")
    assert (raised.subject_type, raised.subject_id) == ("notices.alert", alert.id)
    assert raised.data["verb"] == "web.list.exported"


def test_many_events_are_told_once_for_each_group(organization: Organization, boss: Member) -> None:
    alert_of(boss, "exports", condition={"rows": 0}, count=3, window=3600)
    one, other = new_member(organization, name="One"), new_member(organization, name="Other")
    dispatch_everything()
    export(one, 1, 1)
    dispatch_everything()
    export(other, 1)
    assert told_to(boss) == []
    export(one, *[1] * 8)
    dispatch_everything()
    assert [sentence for _title, sentence in told_to(boss)] == [
        "3 times within 60 min, the last time: One exported a list."
    ]


def test_an_alert_of_every_single_event_floods_nobody(
    organization: Organization, boss: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raising, "MOST_RAISED", 3)
    alert_of(boss, "exports", condition={"rows": 0}, window=0)
    for rows in ([1, 1], [1, 1, 1]):
        dispatch_everything()
        export(boss, *rows)
    dispatch_everything()
    assert len(told_to(boss)) == len(events_of(organization, "notices.alert.raised")) == 3
    with enter(organization.id):
        Incident.objects.update(at=now() - timedelta(hours=2))
    export(boss, 1)
    dispatch_everything()
    assert len(told_to(boss)) == 4


def test_an_organisation_keeps_so_many_alerts_and_no_more(boss: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alerts, "MOST_ALERTS", 1)
    alert = alert_of(boss, "exports")
    with pytest.raises(TooMany):
        alert_of(boss, "exports")
    with enter(boss.organization_id, member_id=boss.id):
        alerts.remove_alert(actor=actor_for(boss), alert_id=alert.id)
    alert_of(boss, "exports")


def test_counting_the_same_event_again_does_not_happen_when_a_pass_fails(
    organization: Organization, boss: Member
) -> None:
    alert_of(boss, "exports", condition={"rows": 0}, count=2, window=3600)
    export(boss, 1)
    [event] = events_of(organization, "web.list.exported")
    with pytest.raises(RuntimeError), enter(organization.id):
        count_events([event])
        raise RuntimeError
    with enter(organization.id):
        count_events([event])
        assert [len(window.times) for window in Window.objects.all()] == [1]
        assert not Incident.objects.exists()


def test_a_role_is_told_as_its_holders_are_when_it_happens(organization: Organization, boss: Member) -> None:
    alert_of(boss, "exports", condition={"rows": 0}, count=1, window=0, roles=("key-manager",), members=())
    holder, gone = new_member(organization, "key-manager"), new_member(organization, "key-manager")
    with enter(organization.id):
        Member.objects.filter(id=gone.id).update(is_active=False)
    dispatch_everything()
    export(boss, 5)
    dispatch_everything()
    assert (len(told_to(holder)), told_to(gone), told_to(boss)) == (1, [], [])


def test_a_grant_is_told_when_it_counts(organization: Organization, boss: Member) -> None:
    alert_of(boss, "grants", condition={"role": ["auditor"]})
    person = new_member(organization, name="Nora New")
    dispatch_everything()
    actor = actor_for(boss)
    with enter(organization.id, member_id=boss.id):
        for role in ("reviewer", "auditor"):
            give_grant(actor=actor, member_id=person.id, role=role)
        record(actor.ref, "access.grant.given", person, {"role": "auditor", "waits": True})
    dispatch_everything()
    assert told_to(boss) == [("Alert of grants", "Ada Admin gave a grant.")]


def fail(login: str, times: int) -> None:
    for _time in range(times):
        Client().post("/accounts/login", {"login": login, "password": "wrong"})


def test_failed_sign_ins_are_told_to_each_organisation_of_the_person_and_to_no_other(
    organization: Organization, other_organization: Organization, boss: Member
) -> None:
    person = new_member(organization, name="Vera Victim")
    elsewhere = new_member(other_organization, "administrator")
    for who in (boss, elsewhere):
        alert_of(who, "sign_ins", count=2)
    dispatch_everything()
    fail(User.objects.get(id=str(person.user_id)).username, 3)
    fail("nobody-has-this-login", 3)
    dispatch_everything()
    dispatch_everything()
    assert [sentence for _title, sentence in told_to(boss)] == [
        "2 times within 10 min, the last time: Vera Victim failed to sign in."
    ]
    assert told_to(elsewhere) == []
    failures = events_of(organization, "identity.sign_in.failed")
    assert [(each.subject_id, each.address, "why" in each.data) for each in failures] == [
        (person.id, "127.0.0.1", False)
    ] * 3
    assert events_of(other_organization, "identity.sign_in.failed") == []


def test_one_address_that_tries_many_people_is_told_once(organization: Organization, boss: Member) -> None:
    alert_of(boss, "sign_ins", count=3, per="address")
    people = [new_member(organization) for _number in range(3)]
    dispatch_everything()
    for person in people:
        fail(User.objects.get(id=str(person.user_id)).username, 1)
    dispatch_everything()
    dispatch_everything()
    assert len(told_to(boss)) == 1
    with enter(organization.id):
        assert "127.0.0.1" not in Window.objects.get().group


def test_alerts_do_not_raise_each_other(organization: Organization, boss: Member) -> None:
    User.objects.filter(id=str(boss.user_id)).update(email="boss@example.org")
    alert_of(boss, "events", verbs=("jobs.job.submitted",), count=1, window=0, is_mailed=True)
    dispatch_everything()
    with enter(organization.id, member_id=boss.id):
        record(actor_for(boss).ref, "jobs.job.submitted", Job(id=uuid4()), {"kind": "web.export"})
    for _pass in range(3):
        dispatch_everything()
    assert len(told_to(boss)) == 1
    assert len(events_of(organization, "notices.alert.raised")) == 1


def test_an_alert_that_is_off_or_removed_tells_nothing(organization: Organization, boss: Member) -> None:
    for state in ({"is_active": False}, {"removed_at": now()}):
        alert = alert_of(boss, "exports", condition={"rows": 0}, window=0)
        with enter(organization.id):
            Alert.objects.filter(id=alert.id).update(**state)
    dispatch_everything()
    export(boss, 1)
    dispatch_everything()
    assert told_to(boss) == []


def test_every_organisation_has_the_alerts_of_the_product_once(organization: Organization, boss: Member) -> None:
    for _round in range(2):
        watch()
    with enter(organization.id):
        assert sorted(Alert.objects.values_list("kind", flat=True)) == ["glass", "seal"]
        Alert.objects.update(removed_at=now())
        add_default_alerts()
        assert not Alert.objects.filter(removed_at=None).exists()
    newcomer = new_organization()
    watch()
    keeper = new_member(newcomer, "administrator")
    with enter(newcomer.id):
        record(actor_for(keeper).ref, "identity.break_glass.used", keeper, {"method": "password"})
        count_events(list(Event.objects.filter(verb="identity.break_glass.used")))
    assert [title for title, _sentence in told_to(keeper)] == ["Break-glass"]


def test_a_seal_that_is_late_is_told_once_and_its_end_too(organization: Organization, boss: Member) -> None:
    alert_of(boss, "seal")
    with enter(organization.id):
        watch_seals(now() - timedelta(minutes=4))
        assert not Notice.objects.exists()
        for _round in range(2):
            watch_seals(now() - LATE)
    late = "Something was written more than five minutes ago and is not sealed yet."
    assert [sentence for _title, sentence in told_to(boss)] == [late]
    with enter(organization.id):
        for _round in range(2):
            watch_seals(None)
    assert [sentence for _title, sentence in told_to(boss)] == [late, "Everything is sealed again."]
    with enter(organization.id):
        watch_seals(now() - LATE)
    assert len(told_to(boss)) == 3
    assert len(events_of(organization, "notices.alert.raised")) == 2
    assert len(events_of(organization, "notices.alert.ended")) == 1


def test_the_watch_asks_how_old_the_oldest_row_is(
    organization: Organization, boss: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch()
    assert told_to(boss) == []
    monkeypatch.setattr("bailiwick.kernel.notices.actions.raising.SEALED_WITHIN", 0)
    watch()
    assert len(told_to(boss)) == 1
