"""Directories are followed by the clock: against a real one, through the door that people use."""

from collections.abc import Callable
from itertools import count
from uuid import uuid4

import pytest
from django.test import Client

from bailiwick.kernel.access.actions import give_grant, write_grant
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.federation.actions.groups import map_group
from bailiwick.kernel.federation.manifest import EVERY, SYNC
from bailiwick.kernel.federation.models import Account, Provider
from bailiwick.kernel.federation.tests.directories import RunningDirectory, free_port
from bailiwick.kernel.identity.actions.memberships import end_membership
from bailiwick.kernel.identity.models import Member, Session, SignInPolicy
from bailiwick.kernel.jobs.actions import schedule_job
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.tasks import run_job
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import actor_for, new_member

pytestmark = pytest.mark.django_db(transaction=True)

SignIn = Callable[[str], Client]
_rounds = count(1)


@pytest.fixture
def provider(organization: Organization, directory: RunningDirectory) -> Provider:
    """The organisation's directory; whoever is in it may join."""
    with enter(organization.id):
        provider = directory.provider()
        provider.is_joining = True
        provider.save()
        provider.refresh_from_db()
        return provider


@pytest.fixture
def sign_in(organization: Organization, provider: Provider) -> SignIn:
    """By the organisation's own door, as a person does."""

    def enter_by_door(login: str) -> Client:
        client = Client()
        path = f"/accounts/login/{organization.slug}/{provider.id}/"
        answer = client.post(path, {"login": login, "password": f"password of {login}"})
        assert answer.status_code == 302, answer.content
        return client

    return enter_by_door


def let_mean(organization: Organization, provider: Provider, group: str, role: str) -> None:
    admin = actor_for(new_member(organization, "administrator"))
    with enter(organization.id, member_id=admin.member_id):
        map_group(actor=admin, provider_id=provider.id, group=group, role=role)


def sync(organization: Organization) -> Job:
    """One round of the schedule."""
    with enter(organization.id):
        schedule_job(registry().jobs[SYNC], EVERY * next(_rounds))
        job = Job.objects.get(kind=SYNC)
    run_job(str(organization.id), str(job.id))
    with enter(organization.id):
        job.refresh_from_db()
    return job


def fresh(provider: Provider) -> Provider:
    with enter(provider.organization_id):
        return Provider.objects.get(id=provider.id)


def test_a_nested_group_opens_a_page_and_leaving_it_closes_the_page(
    organization: Organization, directory: RunningDirectory, provider: Provider, sign_in: SignIn
) -> None:
    let_mean(organization, provider, "all reviewers", "reviewer")
    inner = directory.group("team a", directory.person("ada"))
    directory.group("all reviewers", inner)
    client = sign_in("ada")
    assert client.get("/review").status_code == 200
    directory.change(inner, member=["cn=nobody"])
    assert client.get("/review").status_code == 200, "nobody has asked the directory yet"
    assert sync(organization).result == {"directories": 1, "changed": 1}
    assert client.get("/review").status_code == 403
    assert client.get("/").status_code == 200, "a member they still are"
    directory.change(inner, member=[f"uid=ada,{directory.base}"])
    sync(organization)
    assert client.get("/review").status_code == 200


def test_the_schedule_is_fast_enough_for_a_minute() -> None:
    assert registry().jobs[SYNC].every <= 30


def pass_on_from(organization: Organization) -> Member:
    """Somebody who has a role from ada, of the directory."""
    below = new_member(organization)
    with enter(organization.id):
        giver = Account.objects.select_related("member").get(subject="11").member
        write_grant(ActorRef(organization.id, None, "system"), giver.id, "submitter", is_passable=True)
        give_grant(actor=actor_for(giver), member_id=below.id, role="submitter")
    assert actor_for(below).roles == ("submitter",)
    return below


@pytest.mark.parametrize("how", ["removed", "disabled"])
def test_whoever_leaves_the_directory_is_out(
    organization: Organization, directory: RunningDirectory, provider: Provider, sign_in: SignIn, how: str
) -> None:
    let_mean(organization, provider, "reviewers", "reviewer")
    ada, number = directory.person("ada", entryUUID="11"), str(uuid4())
    directory.group("reviewers", ada)
    directory.person("bob", entryUUID=number)
    client, other = sign_in("ada"), sign_in("bob")
    below = pass_on_from(organization)
    if how == "removed":
        directory.remove(ada)
    else:
        directory.change(ada, userAccountControl=["514"])
    sync(organization)
    assert client.get("/").status_code == 302
    assert other.get("/").status_code == 200
    assert actor_for(below).roles == ()
    with enter(organization.id):
        account = Account.objects.get(subject="11")
        assert account.left_at is not None and not Member.objects.get(id=account.member_id).is_active
        assert set(Session.objects.filter(member_id=account.member_id).values_list("end", flat=True)) == {"provider"}
        assert Event.objects.filter(verb="federation.account.left").count() == 1
    assert sync(organization).result == {"directories": 1, "changed": 0}


def test_whoever_comes_back_is_taken_back_with_their_roles(
    organization: Organization, directory: RunningDirectory, provider: Provider, sign_in: SignIn
) -> None:
    let_mean(organization, provider, "reviewers", "reviewer")
    ada = directory.person("ada", entryUUID="11")
    directory.group("reviewers", ada)
    client = sign_in("ada")
    directory.change(ada, userAccountControl=["514"])
    sync(organization)
    directory.change(ada, userAccountControl=["512"])
    sync(organization)
    assert client.get("/").status_code == 302, "what has ended stays ended"
    assert sign_in("ada").get("/review").status_code == 200


def test_whom_the_organisation_itself_let_go_the_directory_does_not_take_back(
    organization: Organization, directory: RunningDirectory, provider: Provider, sign_in: SignIn
) -> None:
    directory.person("ada", entryUUID="11")
    sign_in("ada")
    admin = actor_for(new_member(organization, "administrator"))
    with enter(organization.id, member_id=admin.member_id):
        account = Account.objects.get(subject="11")
        end_membership(admin.ref, member_id=account.member_id)
    sync(organization)
    with enter(organization.id):
        assert not Member.objects.get(id=account.member_id).is_active


def test_a_directory_that_does_not_answer_changes_nothing_and_is_said(
    organization: Organization, directory: RunningDirectory, provider: Provider, sign_in: SignIn
) -> None:
    directory.person("ada")
    client = sign_in("ada")
    sync(organization)
    seen = fresh(provider).synced_at
    assert seen is not None and fresh(provider).sync_error == ""
    for wrong in ({"url": f"ldap://127.0.0.1:{free_port()}"}, {"base": "dc=elsewhere"}, {"identifier": None}):
        with enter(organization.id):
            Provider.objects.filter(id=provider.id).update(settings=provider.settings | wrong)
        assert sync(organization).state == "done"
        assert (fresh(provider).synced_at, bool(fresh(provider).sync_error)) == (seen, True), wrong
        assert client.get("/").status_code == 200
    admin = with_session(new_member(organization, "administrator"))
    assert fresh(provider).sync_error.split("(")[0] in admin.get(f"/settings/providers/{provider.id}/").content.decode()


def test_who_opens_the_door_in_need_stays(
    organization: Organization, directory: RunningDirectory, provider: Provider, sign_in: SignIn
) -> None:
    ada = directory.person("ada", entryUUID="11")
    client = sign_in("ada")
    with enter(organization.id):
        SignInPolicy.objects.create(break_glass_id=Account.objects.get(subject="11").member_id)
    directory.remove(ada)
    sync(organization)
    assert client.get("/").status_code == 200


def test_without_a_directory_a_round_costs_next_to_nothing(organization: Organization) -> None:
    assert sync(organization).result == {"directories": 0, "changed": 0}


def test_a_round_in_which_nothing_changed_writes_no_account(
    organization: Organization,
    directory: RunningDirectory,
    provider: Provider,
    sign_in: SignIn,
    count_statements: object,
) -> None:
    for login in ("ada", "bob", "cyd"):
        directory.person(login)
        sign_in(login)
    sync(organization)
    with count_statements() as seen:  # type: ignore[operator]
        sync(organization)
    assert not [text for text in seen.calls if "federation_account" in text and not text.startswith("SELECT")]
