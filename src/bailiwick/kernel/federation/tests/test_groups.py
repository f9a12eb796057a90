"""Roles from groups."""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import connections

from bailiwick.kernel.access.actions import end_grant, give_grant
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden, GrantTooWide
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.federation.actions.groups import apply_groups, map_group, unmap_group
from bailiwick.kernel.federation.choices import ProviderKind
from bailiwick.kernel.federation.errors import GroupMapped
from bailiwick.kernel.federation.models import Account, GroupGrant, GroupRole, Provider
from bailiwick.kernel.identity.choices import Credential
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.tasks import run_job
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import ActorOf, MakeMember, actor_for, new_member

NEW = "/settings/groups/new/"


def tell(member: Member, provider_id: UUID | None, groups: Collection[str]) -> None:
    system = ActorRef(member.organization_id, None, Credential.SYSTEM)
    with enter(member.organization_id):
        apply_groups(system, member_id=member.id, provider_id=provider_id, groups=groups)


def new_provider(organization: Organization, kind: str = ProviderKind.LDAP) -> Provider:
    with enter(organization.id):
        provider = Provider.objects.create(kind=kind, name=f"Provider {kind}")
        provider.refresh_from_db()
        return provider


def mapped(actor: Actor, provider_id: UUID | None, group: str, role: str) -> GroupRole:
    with enter(actor.organization_id, member_id=actor.member_id):
        return map_group(actor=actor, provider_id=provider_id, group=group, role=role)


@pytest.fixture
def admin(organization: Organization, member: MakeMember) -> Actor:
    return actor_for(member(organization, "administrator"))


def roles_of(member: Member) -> tuple[str, ...]:
    return tuple(sorted(actor_for(member).roles))


def test_a_group_gives_its_role_and_takes_it_back(organization: Organization, member: MakeMember, admin: Actor) -> None:
    provider, person = new_provider(organization), member(organization)
    mapped(admin, provider.id, "reviewers", "reviewer")
    tell(person, provider.id, ["Reviewers", "others"])
    assert roles_of(person) == ("reviewer",)
    tell(person, provider.id, ["others"])
    assert roles_of(person) == ()
    with enter(organization.id):
        assert GroupGrant.objects.exclude(ended_at=None).count() == 1


def test_told_twice_it_is_given_once(organization: Organization, member: MakeMember, admin: Actor) -> None:
    provider, person = new_provider(organization), member(organization)
    mapped(admin, provider.id, "reviewers", "reviewer")
    for _time in range(2):
        tell(person, provider.id, ["reviewers"])
    with enter(organization.id):
        assert Grant.objects.filter(member_id=person.id).count() == 1


def test_what_somebody_was_granted_otherwise_stays(
    organization: Organization, member: MakeMember, admin: Actor
) -> None:
    provider, other = new_provider(organization), new_provider(organization, ProviderKind.OIDC)
    person = member(organization, "reviewer")
    mapped(admin, provider.id, "reviewers", "reviewer")
    mapped(admin, other.id, "leads", "reviewer")
    tell(person, provider.id, ["reviewers"])
    tell(person, other.id, ["leads"])
    tell(person, provider.id, [])
    with enter(organization.id):
        assert Grant.objects.filter(member_id=person.id, revoked_at=None).count() == 2
        assert GroupGrant.objects.filter(ended_at=None).count() == 1


def test_a_provider_speaks_of_its_own_groups_alone(
    organization: Organization, member: MakeMember, admin: Actor
) -> None:
    provider, other, person = new_provider(organization), new_provider(organization, "saml"), member(organization)
    mapped(admin, provider.id, "reviewers", "reviewer")
    tell(person, other.id, ["reviewers"])
    tell(person, None, ["reviewers"])
    assert roles_of(person) == ()


@pytest.mark.parametrize(("kind", "roles"), [("ldap", ("reviewer",)), ("oidc", ()), ("saml", ())])
def test_only_directories_take_capitals_for_small_letters(
    organization: Organization, member: MakeMember, admin: Actor, kind: str, roles: tuple[str, ...]
) -> None:
    provider, person = new_provider(organization, kind), member(organization)
    mapped(admin, provider.id, "Reviewers", "reviewer")
    tell(person, provider.id, ["reviewers"])
    assert roles_of(person) == roles


def test_what_was_ended_by_hand_comes_back_only_with_the_group(
    organization: Organization, member: MakeMember, admin: Actor
) -> None:
    provider, person = new_provider(organization), member(organization)
    mapped(admin, provider.id, "reviewers", "reviewer")
    tell(person, provider.id, ["reviewers"])
    with enter(organization.id):
        end_grant(actor=admin, grant_id=Grant.objects.get(member_id=person.id).id)
    tell(person, provider.id, ["reviewers"])
    assert roles_of(person) == ()
    tell(person, provider.id, [])
    tell(person, provider.id, ["reviewers"])
    assert roles_of(person) == ("reviewer",)


def test_ending_a_mapping_ends_what_it_gave(organization: Organization, member: MakeMember, admin: Actor) -> None:
    provider, person = new_provider(organization), member(organization)
    mapping = mapped(admin, provider.id, "reviewers", "reviewer")
    tell(person, provider.id, ["reviewers"])
    with enter(organization.id, member_id=admin.member_id):
        for _time in range(2):
            unmap_group(actor=admin, group_role_id=mapping.id)
    assert roles_of(person) == ()
    tell(person, provider.id, ["reviewers"])
    assert roles_of(person) == ()


def test_nobody_lets_a_group_mean_more_than_they_may_give(
    organization: Organization, member: MakeMember, admin: Actor
) -> None:
    keeper = member(organization, "directory-keeper-of-tests")
    with enter(organization.id):
        give_grant(actor=admin, member_id=keeper.id, role="reviewer", is_passable=True)
    bare = actor_for(keeper)
    actor = Actor(
        **{**{name: getattr(bare, name) for name in bare.__slots__}, "rights": frozenset({"federation.manage"})}
    )
    with pytest.raises(GrantTooWide):
        mapped(actor, None, "everybody", "administrator")
    assert mapped(actor, None, "everybody", "reviewer").role == "reviewer"


def test_without_the_right_nothing_is_mapped(organization: Organization, member: MakeMember, actor_of: ActorOf) -> None:
    with pytest.raises(Forbidden):
        mapped(actor_of(member(organization, "reviewer")), None, "everybody", "reviewer")


@pytest.mark.parametrize("group", ["", "   ", "a\x07b", "a" * 501])
def test_a_group_needs_a_name(admin: Actor, group: str) -> None:
    with pytest.raises(InvalidInput):
        mapped(admin, None, group, "reviewer")


def test_a_group_means_a_role_once(admin: Actor) -> None:
    mapped(admin, None, "everybody", "reviewer")
    with pytest.raises(GroupMapped):
        mapped(admin, None, "everybody", "reviewer")
    mapped(admin, None, "everybody", "directory")


@pytest.mark.django_db(transaction=True)
def test_whoever_is_in_the_group_already_has_the_role_soon(organization: Organization) -> None:
    admin, person = actor_for(new_member(organization, "administrator")), new_member(organization)
    provider = new_provider(organization)
    with enter(organization.id):
        Account.objects.create(provider=provider, subject="1", member_id=person.id, groups=["reviewers"])
    mapped(admin, provider.id, "reviewers", "reviewer")
    with enter(organization.id):
        job = Job.objects.get(kind="federation.groups")
    run_job(str(organization.id), str(job.id))
    assert roles_of(person) == ("reviewer",)


def test_the_pages_name_a_group_and_end_it(organization: Organization, member: MakeMember) -> None:
    person = member(organization, "administrator", name="Ada Admin")
    client, provider = with_session(person), new_provider(organization)
    assert "No group means a role yet" in client.get("/settings/groups/").content.decode()
    given = {"provider": str(provider.id), "group": "reviewers", "role": "reviewer"}
    assert client.post(NEW, given | {"role": "nothing"}).status_code == 422
    assert client.post(NEW, given | {"group": " "}).status_code == 422
    assert client.post(NEW, given)["Location"] == "/settings/groups/"
    assert client.post(NEW, given).status_code == 422
    tell(person, provider.id, ["reviewers"])
    shown = client.get("/settings/groups/?q=review").content.decode()
    assert "reviewers" in shown and "Provider ldap" in shown
    with enter(organization.id):
        mapping = GroupRole.objects.get()
    page = client.get(f"/settings/groups/{mapping.id}/").content.decode()
    assert "Ada Admin" in page and "reviewer" in page.lower()
    assert client.post(f"/settings/groups/{mapping.id}/end/")["Location"] == "/settings/groups/"
    with enter(organization.id):
        assert not GroupRole.objects.filter(ended_at=None).exists()
    assert "Ended" in client.get(f"/settings/groups/{mapping.id}/").content.decode()


def test_the_pages_are_for_who_keeps_the_sign_in(organization: Organization, member: MakeMember) -> None:
    client = with_session(member(organization, "reviewer"))
    assert {client.get(path).status_code for path in ("/settings/groups/", NEW)} == {403}


@pytest.mark.django_db(transaction=True)
def test_told_by_several_at_once_it_is_given_once(organization: Organization) -> None:
    admin, person = actor_for(new_member(organization, "administrator")), new_member(organization)
    provider = new_provider(organization)
    for group in ("a", "b", "c"):
        mapped(admin, provider.id, group, "reviewer")

    def tell_all(_number: int) -> None:
        try:
            tell(person, provider.id, ["a", "b", "c"])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as several:
        list(several.map(tell_all, range(8)))
    with enter(organization.id):
        assert GroupGrant.objects.filter(ended_at=None).count() == 3
        assert Grant.objects.filter(member_id=person.id).count() == 3
