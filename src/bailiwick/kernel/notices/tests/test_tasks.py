"""Mails of alerts, and what is removed by the clock."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils.timezone import now

from bailiwick.kernel.identity.models import Member, User
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.tasks import run_job
from bailiwick.kernel.notices.actions.notices import forget_windows, remove_old_notices
from bailiwick.kernel.notices.actions.raising import watch_seals
from bailiwick.kernel.notices.models import Notice, Window
from bailiwick.kernel.notices.tasks import remove_old
from bailiwick.kernel.notices.tests.factories import alert_of, raise_for
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import new_member

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def boss(organization: Organization) -> Member:
    return new_member(organization, "administrator", name="Ada Admin")


def run_mails(organization: Organization) -> list[Job]:
    with enter(organization.id):
        jobs = list(Job.objects.filter(kind="notices.mail").order_by("id"))
    for job in jobs:
        run_job(str(organization.id), str(job.id))
    return jobs


def test_an_alert_is_mailed_once_to_whoever_has_an_address(organization: Organization, boss: Member) -> None:
    person = new_member(organization, name="Nobody Mails")
    User.objects.filter(id=str(boss.user_id)).update(email="ada@example.org", time_zone="Europe/Berlin")
    User.objects.filter(id=str(person.user_id)).update(email="")
    alert_of(boss, "seal", is_mailed=True, members=(boss.id, person.id))
    sent: Any = mail.outbox
    sent.clear()
    with enter(organization.id):
        watch_seals(now() - timedelta(minutes=10))
        watch_seals(now() - timedelta(minutes=11))
    run_mails(organization)
    run_mails(organization)
    [message] = sent
    assert (message.to, message.subject) == (["ada@example.org"], "Alert: Alert of seal")
    assert "is not sealed yet" in message.body
    assert organization.name in message.body
    assert "CE" in message.body, "the time is that of the reader"
    with enter(organization.id):
        watch_seals(None)
    run_mails(organization)
    assert "Everything is sealed again." in sent[1].body


def test_an_alert_that_is_not_mailed_makes_no_job(organization: Organization, boss: Member) -> None:
    raise_for(boss, "Copies")
    assert run_mails(organization) == []


def aged(notice: Notice, days: int, read_days: int | None = None) -> None:
    moment = now()
    read_at = None if read_days is None else moment - timedelta(days=read_days)
    with enter(notice.organization_id):
        Notice.objects.filter(id=notice.id).update(at=moment - timedelta(days=days), read_at=read_at)


def test_read_notices_go_after_90_days_and_unread_ones_after_a_year(organization: Organization, boss: Member) -> None:
    kept, gone = [raise_for(boss, f"Kept {n}") for n in range(3)], [raise_for(boss, f"Gone {n}") for n in range(2)]
    aged(kept[0], 364)
    aged(kept[1], 200, 89)
    aged(kept[2], 1)
    aged(gone[0], 366)
    aged(gone[1], 91, 91)
    remove_old()
    with enter(organization.id):
        assert set(Notice.objects.values_list("id", flat=True)) == {notice.id for notice in kept}
        assert remove_old_notices() == 0


def test_counts_that_say_nothing_any_more_go(organization: Organization, boss: Member) -> None:
    raise_for(boss, "Copies")
    with enter(organization.id):
        assert forget_windows() == 0
        Window.objects.update(ends_at=now() - timedelta(seconds=1))
        assert forget_windows() == 1
