"""Coming in although the policy does not take the way: the break-glass, and who hears of it."""

from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.federation.models import Domain, SpentAssertion
from bailiwick.kernel.federation.tests.houses import add, keeper_of, prove
from bailiwick.kernel.federation.tests.peers.names import NameServer
from bailiwick.kernel.identity.models import Member, SignInPolicy, User
from bailiwick.kernel.jobs.actions import schedule_job
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.tasks import run_job
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import PASSWORD, new_member

pytestmark = pytest.mark.django_db(transaction=True)


def round_of(organization: Organization, kind: str, moment: float) -> Job:
    """One round of a schedule, run to its end."""
    with enter(organization.id):
        schedule_job(registry().jobs[kind], moment)
        job = Job.objects.filter(kind=kind).latest("id")
    run_job(str(organization.id), str(job.id))
    with enter(organization.id):
        return Job.objects.get(id=job.id)


def with_mail(member: Member, address: str) -> Member:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE identity_user SET email = %s WHERE id = %s", [address, member.user_id])
    return member


def enforce(organization: Organization, break_glass: Member | None) -> None:
    with enter(organization.id):
        SignInPolicy.objects.create(methods=["provider"], break_glass=break_glass)


def come_by_password(member: Member) -> Client:
    client = Client()
    login = User.objects.get(id=str(member.user_id)).username
    client.post("/accounts/login", {"login": login, "password": PASSWORD})
    return client


def used(organization: Organization) -> list[Event]:
    with enter(organization.id):
        return list(Event.objects.filter(verb="identity.break_glass.used"))


def test_each_use_is_recorded_and_mailed_once_to_whoever_keeps_the_sign_in(organization: Organization) -> None:
    owner = new_member(organization, name="Olga Owner")
    with_mail(keeper_of(organization), "keeper@example.com")
    with_mail(new_member(organization, "reviewer"), "reviewer@example.com")
    enforce(organization, owner)
    assert come_by_password(owner).get("/accounts/me/").status_code == 200
    [event] = used(organization)
    assert (event.member_id, event.data["method"]) == (owner.id, "password")
    sent: Any = mail.outbox
    sent.clear()
    assert round_of(organization, "federation.alarms", 1_000_000).result == {"mailed": 1}
    assert [(message.to, "Olga Owner" in message.body) for message in sent] == [(["keeper@example.com"], True)]
    assert organization.name in sent[0].subject
    assert round_of(organization, "federation.alarms", 1_000_030).result == {"mailed": 0}
    come_by_password(owner)
    assert round_of(organization, "federation.alarms", 1_000_060).result == {"mailed": 1}


def test_nobody_else_comes_in_by_another_way(organization: Organization) -> None:
    owner, other = new_member(organization), new_member(organization)
    enforce(organization, owner)
    assert come_by_password(other).get("/accounts/me/").status_code == 302
    assert used(organization) == []


def test_a_way_that_the_policy_takes_is_no_alarm(organization: Organization) -> None:
    owner = new_member(organization)
    with enter(organization.id):
        SignInPolicy.objects.create(methods=["provider", "password"], break_glass=owner)
    come_by_password(owner)
    assert used(organization) == []


def test_domains_are_looked_for_by_the_clock_and_spent_assertions_dropped(
    organization: Organization, name_server: NameServer
) -> None:
    prove(organization, "example.com")
    prove(organization, "gone.example")
    name_server.texts["_bailiwick.example.com"] = ["bailiwick=1"]
    provider = add(organization, "oidc", settings={"issuer": "https://a.example", "client_id": "1"})
    with enter(organization.id), connection.cursor() as cursor:
        cursor.execute("UPDATE federation_domain SET checked_at = now() - interval '8 days'")
        for age in ("-1 minute", "1 minute"):
            cursor.execute(
                "INSERT INTO federation_spentassertion (provider_id, digest, expires_at)"
                " VALUES (%s, sha256(%s), now() + %s::interval)",
                [provider.id, age.encode(), age],
            )
    assert round_of(organization, "federation.upkeep", 1_000_000).result == {"domains": 1, "dropped": 1}
    with enter(organization.id):
        assert {each.name: each.verified_at is not None for each in Domain.objects.all()} == {
            "example.com": True,
            "gone.example": False,
        }
        assert SpentAssertion.objects.count() == 1
