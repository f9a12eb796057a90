"""A lost key: two people, and what ends when they agree."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.identity.actions import add_member
from bailiwick.kernel.identity.actions.enrolment import make_ticket
from bailiwick.kernel.identity.actions.recoveries import approve_recovery, ask_recovery, refuse_recovery
from bailiwick.kernel.identity.choices import MemberKind, Method, SessionEnd
from bailiwick.kernel.identity.errors import (
    PersonNeeded,
    RecoveryDecided,
    RecoveryNeeded,
    RecoveryOpen,
    SecondPersonNeeded,
    TicketNotValid,
)
from bailiwick.kernel.identity.models import Member, Passkey, Recovery, RecoveryCode, Session, Totp, User
from bailiwick.kernel.identity.tests.enrolling import enrolled, live_keys, new_key_manager, register, use
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import session_of
from bailiwick.kernel.testing.factories import PASSWORD, actor_for, new_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def managers(organization: Organization) -> tuple[Member, Member]:
    return new_key_manager(organization), new_key_manager(organization)


def acting(manager: Member, action: Any, **values: Any) -> Any:
    actor = actor_for(manager)
    with enter(manager.organization_id, member_id=manager.id), transaction.atomic():
        return action(actor=actor, **values)


def recovered(managers: tuple[Member, Member], member: Member) -> tuple[Recovery, str]:
    """Asked for by one, approved by the other."""
    asked = acting(managers[0], ask_recovery, member_id=member.id, reason="Left on the train.")
    recovery, _ticket, secret = acting(managers[1], approve_recovery, recovery_id=asked.id)
    return recovery, secret


def verbs(organization_id: Any) -> list[str]:
    with enter(organization_id):
        return [event.verb for event in Event.objects.filter(verb__startswith="identity.recovery").order_by("id")]


def has_session(member: Member) -> bool:
    with enter(member.organization_id):
        return Session.objects.filter(member_id=member.id, ended_at=None).exists()


def joined(organization: Organization, member: Member) -> Member:
    """The same person in another organisation."""
    actor = actor_for(new_member(organization))
    with enter(organization.id):
        return add_member(actor.ref, name=member.name, kind=MemberKind.PERSON, user_id=member.user_id)


def with_own_ways(member: Member) -> User:
    """The person has a password, a key, an application and codes of their own as well."""
    user = User.objects.get(id=str(member.user_id))
    user.set_password(PASSWORD)
    user.save()
    Passkey.objects.create(user=user, name="Own", credential_id=user.id.bytes, public_key=b"1")
    Totp.objects.create(user=user, secret="SECRET")
    RecoveryCode.objects.create(user=user, digest=b"1" * 32)
    return user


def test_two_key_managers_replace_a_lost_key(managers: tuple[Member, Member]) -> None:
    member, _authenticator = enrolled(managers[0])
    [lost] = live_keys(member)
    recovery, secret = recovered(managers, member)
    assert live_keys(member) == []
    assert not has_session(member)
    with enter(member.organization_id):
        assert Session.objects.get(member_id=member.id).end == SessionEnd.RECOVERED
    use(secret, member)
    [new] = live_keys(member)
    assert new.id != lost.id
    assert (recovery.asked_by_id, recovery.decided_by_id) == (managers[0].id, managers[1].id)
    assert verbs(member.organization_id) == ["identity.recovery.asked", "identity.recovery.approved"]


def test_asking_ends_nothing(managers: tuple[Member, Member]) -> None:
    member, _authenticator = enrolled(managers[0])
    acting(managers[0], ask_recovery, member_id=member.id, reason="lost")
    assert live_keys(member)
    assert has_session(member)
    with pytest.raises(RecoveryNeeded):
        acting(managers[0], make_ticket, member_id=member.id)


def test_a_refused_recovery_changes_nothing(managers: tuple[Member, Member]) -> None:
    member, _authenticator = enrolled(managers[0])
    asked = acting(managers[0], ask_recovery, member_id=member.id, reason="lost")
    acting(managers[1], refuse_recovery, recovery_id=asked.id)
    assert live_keys(member)
    assert has_session(member)
    with pytest.raises(RecoveryNeeded):
        acting(managers[0], make_ticket, member_id=member.id)
    assert verbs(member.organization_id) == ["identity.recovery.asked", "identity.recovery.refused"]
    assert acting(managers[0], ask_recovery, member_id=member.id, reason="really")


@pytest.mark.parametrize("decide", [approve_recovery, refuse_recovery])
def test_neither_who_asked_nor_who_lost_it_decides(managers: tuple[Member, Member], decide: Any) -> None:
    first, second = managers
    asked = acting(first, ask_recovery, member_id=second.id, reason="lost")
    for who in managers:
        with pytest.raises(SecondPersonNeeded):
            acting(who, decide, recovery_id=asked.id)
    with pytest.raises(SecondPersonNeeded):
        acting(first, ask_recovery, member_id=first.id, reason="mine")
    assert verbs(first.organization_id) == ["identity.recovery.asked"]


def test_the_database_too_wants_two_people(managers: tuple[Member, Member]) -> None:
    first, second = managers
    with enter(first.organization_id):
        for people in ({"asked_by": first, "decided_by": first}, {"asked_by": first, "decided_by": second}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Recovery.objects.create(member=second, reason="lost", **people)
        with pytest.raises(IntegrityError), transaction.atomic():
            Recovery.objects.create(member=first, reason="lost", asked_by=first)


def test_a_recovery_is_decided_once(managers: tuple[Member, Member]) -> None:
    member, _authenticator = enrolled(managers[0])
    recovery, secret = recovered(managers, member)
    third = new_key_manager(Organization.objects.get(id=member.organization_id))
    for who in (managers[1], third):
        for decide in (approve_recovery, refuse_recovery):
            with pytest.raises(RecoveryDecided):
                acting(who, decide, recovery_id=recovery.id)
    assert use(secret, member)


def test_one_recovery_at_a_time(managers: tuple[Member, Member]) -> None:
    member, _authenticator = enrolled(managers[0])
    acting(managers[0], ask_recovery, member_id=member.id, reason="lost")
    with pytest.raises(RecoveryOpen):
        acting(managers[1], ask_recovery, member_id=member.id, reason="lost")


def test_rights_are_two(managers: tuple[Member, Member], organization: Organization) -> None:
    member, _authenticator = enrolled(managers[0])
    asked = acting(managers[0], ask_recovery, member_id=member.id, reason="lost")
    reviewer = new_member(organization, "reviewer")
    with pytest.raises(Forbidden):
        acting(reviewer, ask_recovery, member_id=member.id, reason="lost")
    for decide in (approve_recovery, refuse_recovery):
        with pytest.raises(Forbidden):
            acting(reviewer, decide, recovery_id=asked.id)


def test_a_program_is_no_second_person(managers: tuple[Member, Member], organization: Organization) -> None:
    program = new_member(organization, "key-manager", kind="program")
    member, _authenticator = enrolled(managers[0])
    asked = acting(managers[0], ask_recovery, member_id=member.id, reason="lost")
    with pytest.raises(PersonNeeded):
        acting(program, approve_recovery, recovery_id=asked.id)
    assert live_keys(member)


def test_nobody_decides_a_recovery_of_another_organisation(
    managers: tuple[Member, Member], other_organization: Organization
) -> None:
    member, _authenticator = enrolled(managers[0])
    asked = acting(managers[0], ask_recovery, member_id=member.id, reason="lost")
    with pytest.raises(NotFound):
        acting(new_key_manager(other_organization), approve_recovery, recovery_id=asked.id)
    assert live_keys(member)


def test_an_unused_ticket_after_a_recovery_can_be_made_anew_by_one(managers: tuple[Member, Member]) -> None:
    member, _authenticator = enrolled(managers[0])
    _recovery, former = recovered(managers, member)
    _ticket, secret = acting(managers[0], make_ticket, member_id=member.id)
    with pytest.raises(TicketNotValid):
        use(former, member)
    use(secret, member)
    with pytest.raises(RecoveryNeeded):
        acting(managers[0], make_ticket, member_id=member.id)


def test_whoever_belongs_to_one_organisation_starts_anew(managers: tuple[Member, Member]) -> None:
    member, _authenticator = enrolled(managers[0])
    user = with_own_ways(member)
    recovered(managers, member)
    user.refresh_from_db()
    assert not user.has_usable_password()
    assert live_keys(member) == []
    assert not Totp.objects.filter(user=user, ended_at=None).exists()
    assert not RecoveryCode.objects.filter(user=user, ended_at=None).exists()


@pytest.mark.parametrize("is_active", [True, False])
def test_a_recovery_takes_nothing_that_other_organisations_know(
    managers: tuple[Member, Member], other_organization: Organization, is_active: bool
) -> None:
    """Nor where the person has left them: they may come back."""
    member, _authenticator = enrolled(managers[0])
    user = with_own_ways(member)
    there = joined(other_organization, member)
    own = session_of(there)
    if not is_active:
        with enter(other_organization.id):
            Member.objects.filter(id=there.id).update(is_active=False)
    elsewhere = Passkey.objects.create(
        user=user, name="There", credential_id=b"2" * 16, public_key=b"1", only_in=other_organization.id
    )
    recovered(managers, member)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert {key.name for key in live_keys(member)} == {"Own", elsewhere.name}
    assert Totp.objects.filter(user=user, ended_at=None).exists()
    assert RecoveryCode.objects.filter(user=user, ended_at=None).exists()
    assert not has_session(member)
    with enter(other_organization.id):
        assert Session.objects.get(id=own.id).ended_at is None


def test_a_key_of_a_recovery_opens_nothing_elsewhere(
    managers: tuple[Member, Member], other_organization: Organization
) -> None:
    member, _authenticator = enrolled(managers[0])
    joined(other_organization, member)
    _recovery, secret = recovered(managers, member)
    entered = use(secret, member)
    assert (entered.session.is_confined, entered.session.method) == (True, Method.PASSKEY)
    assert {key.only_in for key in live_keys(member)} == {member.organization_id}


def test_somebody_registered_who_never_came_in_may_be_recovered(managers: tuple[Member, Member]) -> None:
    made = register(managers[0])
    _recovery, secret = recovered(managers, made.member)
    with pytest.raises(TicketNotValid):
        use(made.secret, made.member)
    assert use(secret, made.member)
