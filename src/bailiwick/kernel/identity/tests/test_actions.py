"""Signing in, passwords, members and keys, called without a door."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.callers import Caller
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.identity.actions import (
    Entered,
    add_member,
    change_password,
    create_user,
    end_own_sessions,
    end_session,
    revoke_key,
    sign_in,
    write_key,
)
from bailiwick.kernel.identity.errors import InvalidCredentials, ScopeNotHeld
from bailiwick.kernel.identity.keys import key_digest
from bailiwick.kernel.identity.models import ApiKey, Member, User
from bailiwick.kernel.identity.queries import choose_membership, get_member, list_member_names, list_memberships
from bailiwick.kernel.identity.tasks import purge_expired
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import acting_in, session_of
from bailiwick.kernel.testing.factories import PASSWORD, actor_for, new_member, new_organization


@pytest.fixture(autouse=True)
def _in_scope(member: Member) -> Iterator[None]:
    with enter(member.organization_id):
        yield


@pytest.fixture
def ref(member: Member) -> ActorRef:
    return ActorRef(member.organization_id, member.id, "session", member.user_id)


@pytest.fixture
def actor(member: Member) -> Actor:
    return acting_in(session_of(member))


@pytest.fixture
def user(member: Member) -> User:
    return User.objects.get(id=str(member.user_id))


def enter_by(login: str, password: str = PASSWORD, **place: Any) -> Any:
    entered = sign_in(login=login, password=password, kind="browser", caller=Caller(), request_id="r", **place)
    assert isinstance(entered, Entered)
    return entered


def join(user: User) -> Member:
    """Make somebody a member of one more organisation."""
    elsewhere = new_organization()
    with enter(elsewhere.id):
        return add_member(ActorRef(elsewhere.id, None, "system"), name="x", kind="person", user_id=user.id)


def test_login_and_password_lead_to_a_membership_and_are_recorded(user: User, member: Member) -> None:
    entered = enter_by(user.username.upper())
    assert (entered.user, entered.membership.member_id) == (user, member.id)
    assert (entered.session.kind, entered.session.method) == ("browser", "password")
    user.refresh_from_db()
    assert user.last_login is not None
    assert Event.objects.filter(verb="identity.sign_in.succeeded", member_id=member.id).count() == 1


@pytest.mark.parametrize("login", ["nobody", "", "person-\x00"])
def test_an_unknown_login_is_refused_without_a_hint(login: str) -> None:
    with pytest.raises(InvalidCredentials) as refusal:
        enter_by(login)
    assert refusal.value.person_id is None


def test_whoever_is_wrong_locked_out_or_no_member_is_refused(user: User, member: Member) -> None:
    with pytest.raises(InvalidCredentials):
        enter_by(user.username, "wrong")
    with pytest.raises(InvalidCredentials):
        enter_by(user.username, organization="elsewhere")
    Member.objects.filter(id=member.id).update(is_active=False)
    with pytest.raises(InvalidCredentials):
        enter_by(user.username)
    Member.objects.filter(id=member.id).update(is_active=True)
    User.objects.filter(id=user.id).update(is_active=False)
    with pytest.raises(InvalidCredentials):
        enter_by(user.username)


def test_the_membership_is_the_named_one_or_the_last_used(user: User, member: Member) -> None:
    elsewhere = join(user)
    enter_by(user.username, organization=list_memberships(user.id)[1].slug)
    first, second = list_memberships(user.id)
    assert {first.member_id, second.member_id} == {member.id, elsewhere.id}
    assert first.last_used_at is not None
    assert choose_membership([first, second]) == first
    assert choose_membership([first, second], second.slug) == second
    assert choose_membership([first, second], "unknown") is None


def test_a_password_is_changed_with_the_present_one_and_not_for_a_weak_one(user: User, actor: Actor) -> None:
    for current, new, named in (
        ("wrong", "another sentence, long enough", "current_password"),
        (PASSWORD, "short", "new_password"),
        (PASSWORD, "password123", "new_password"),
        (PASSWORD, user.username + "1234", "new_password"),
    ):
        with pytest.raises(InvalidInput) as refusal, transaction.atomic():
            change_password(actor, current=current, new=new)
        assert list(refusal.value.fields) == [named]
    change_password(actor, current=PASSWORD, new="another sentence, long enough")
    user.refresh_from_db()
    assert user.check_password("another sentence, long enough")


def test_leaving_is_recorded(member: Member, actor: Actor) -> None:
    end_session(actor, session_of(member).id)
    end_own_sessions(actor)
    ended = Event.objects.filter(verb="identity.session.ended").order_by("id")
    assert [event.data["everywhere"] for event in ended] == [False, True]


def test_two_people_do_not_share_a_login_whatever_its_case(user: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        create_user(username=user.username.upper(), password=PASSWORD)


@pytest.mark.parametrize(("kind", "has_user"), [("person", False), ("program", True), ("model", True)])
def test_a_person_has_a_user_and_nobody_else(ref: ActorRef, kind: str, has_user: bool) -> None:
    stranger = create_user(username="stranger", password=PASSWORD)
    with pytest.raises(IntegrityError), transaction.atomic():
        add_member(ref, name="x", kind=kind, user_id=stranger.id if has_user else None)


def test_of_a_key_only_its_digest_is_kept(ref: ActorRef, actor: Actor, member: Member) -> None:
    values = {"member_id": member.id, "name": "Shop", "created_by_id": member.id}
    row, key = write_key(ref, scopes=["predictions.submit"], **values)
    stored = ApiKey.objects.get(id=row.id)
    assert key.startswith("bw_")
    assert (bytes(stored.digest), stored.prefix, len(stored.prefix)) == (key_digest(key), key[:11], 11)
    with pytest.raises(ScopeNotHeld), transaction.atomic():
        write_key(ref, scopes=["predictions.reign"], **values)
    revoke_key(actor_for(new_member(member.organization, "key-revoker")), key_id=row.id)
    verbs = Event.objects.filter(subject_id=row.id).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["identity.key.issued", "identity.key.revoked"]


def test_members_are_found_in_the_organisation_in_scope_only(member: Member, user: User) -> None:
    elsewhere = join(user)
    assert get_member(member.id) == member
    with pytest.raises(Member.DoesNotExist):
        get_member(elsewhere.id)
    assert list_member_names({member.id, elsewhere.id}) == {member.id: member}


def test_upkeep_of_sessions_and_tokens_runs_as_the_runtime_role() -> None:
    purge_expired()


def test_what_identifies_a_person_is_not_in_events(actor: Actor) -> None:
    new_member(new_organization())
    change_password(actor, current=PASSWORD, new="another sentence, long enough")
    assert not [event for event in Event.objects.all() if "sentence" in str(event.data)]
