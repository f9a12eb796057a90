"""Tickets: who makes one, for whom, and what it opens, once."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from bailiwick.kernel.access.errors import Forbidden, GrantTooWide
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.identity.actions.enrolment import make_ticket, revoke_ticket
from bailiwick.kernel.identity.actions.recoveries import ask_recovery
from bailiwick.kernel.identity.choices import Credential, Method
from bailiwick.kernel.identity.errors import PersonNeeded, RecoveryNeeded, StepUpNeeded, TicketNotValid
from bailiwick.kernel.identity.models import Member, Passkey, Session, SignInPolicy, Ticket, User
from bailiwick.kernel.identity.rules.codes import read_code
from bailiwick.kernel.identity.tests.enrolling import enrolled, live_keys, new_key_manager, register, use
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import acting_in, session_of
from bailiwick.kernel.testing.factories import PASSWORD, actor_for, new_member

pytestmark = pytest.mark.django_db


def events(member: Member, verb: str) -> int:
    with enter(member.organization_id):
        return Event.objects.filter(verb=f"identity.{verb}").count()


def acting(manager: Member, action: Any, **values: Any) -> Any:
    actor = actor_for(manager)
    with enter(manager.organization_id, member_id=manager.id):
        return action(actor=actor, **values)


def test_a_registered_person_has_a_code_a_ticket_and_no_way_in(manager: Member) -> None:
    made = register(manager, department="Quality", email="ada@example.org")
    user = User.objects.get(id=str(made.member.user_id))
    assert read_code(str(user.user_code)) == user.user_code
    assert not user.has_usable_password()
    assert not user.check_password(PASSWORD)
    assert live_keys(made.member) == []
    assert made.ticket.expires_at - made.ticket.created_at == pytest.approx(timedelta(days=1), abs=timedelta(minutes=1))
    assert (made.member.name, made.member.department) == ("Ada Nováková", "Quality")
    assert events(manager, "person.registered") == events(manager, "ticket.made") == 1


def test_the_secret_of_a_ticket_is_stored_nowhere(manager: Member) -> None:
    made = register(manager)
    with enter(manager.organization_id):
        stored = Ticket.objects.values().get(id=made.ticket.id)
        told = [str(event.data) for event in Event.objects.all()]
    assert made.secret.encode() not in bytes(stored["digest"])
    assert len(bytes(stored["digest"])) == 32
    assert not [text for text in told if made.secret in text]


def test_a_ticket_makes_a_key_that_opens_this_organisation_and_lets_its_holder_in_once(manager: Member) -> None:
    made = register(manager)
    entered = use(made.secret, made.member)
    [key] = live_keys(made.member)
    assert key.only_in == manager.organization_id
    assert (entered.session.method, entered.session.is_confined) == (Method.PASSKEY, True)
    assert acting_in(entered.session).member_id == made.member.id
    with pytest.raises(TicketNotValid):
        use(made.secret, made.member)
    assert len(live_keys(made.member)) == 1
    assert events(manager, "ticket.used") == 1


@pytest.mark.parametrize("secret", ["", "a", "\x00", "é" * 40, "x" * 5000])
def test_what_is_no_ticket_opens_nothing(manager: Member, secret: str) -> None:
    made = register(manager)
    with pytest.raises(TicketNotValid):
        use(secret, made.member)


def test_a_ticket_runs_out(manager: Member) -> None:
    made = register(manager)
    with enter(manager.organization_id):
        Ticket.objects.filter(id=made.ticket.id).update(expires_at=now())
    with pytest.raises(TicketNotValid):
        use(made.secret, made.member)
    assert live_keys(made.member) == []


def test_a_revoked_ticket_opens_nothing(manager: Member) -> None:
    made = register(manager)
    for _time in range(2):
        acting(manager, revoke_ticket, ticket_id=made.ticket.id)
    with pytest.raises(TicketNotValid):
        use(made.secret, made.member)
    assert events(manager, "ticket.revoked") == 1


def test_a_new_ticket_takes_the_place_of_the_former(manager: Member) -> None:
    made = register(manager)
    _ticket, secret = acting(manager, make_ticket, member_id=made.member.id)
    with pytest.raises(TicketNotValid):
        use(made.secret, made.member)
    assert use(secret, made.member).user.id == made.member.user_id


@pytest.mark.parametrize("who", ["member", "user", "organization"])
def test_a_ticket_of_somebody_who_left_opens_nothing(manager: Member, who: str) -> None:
    made = register(manager)
    with enter(manager.organization_id):
        rows: dict[str, Any] = {
            "member": Member.objects.filter(id=made.member.id),
            "user": User.objects.filter(id=str(made.member.user_id)),
            "organization": Organization.objects.filter(id=manager.organization_id),
        }
        rows[who].update(is_active=False)
    with pytest.raises(TicketNotValid):
        use(made.secret, made.member)


def test_one_key_manager_alone_makes_no_ticket_for_somebody_who_has_a_way_in(manager: Member) -> None:
    """Else they could make themselves a key in the name of whomever they like."""
    of_password = new_member(Organization.objects.get(id=manager.organization_id), "administrator")
    of_key, _authenticator = enrolled(manager)
    for member in (of_password, of_key, manager):
        with pytest.raises(RecoveryNeeded):
            acting(manager, make_ticket, member_id=member.id)
    assert events(manager, "ticket.made") == 1


def test_whoever_came_in_by_the_organisations_own_sign_in_needs_a_recovery_too(manager: Member) -> None:
    made = register(manager)
    session_of(made.member, method=Method.PROVIDER, is_confined=True)
    with pytest.raises(RecoveryNeeded):
        acting(manager, make_ticket, member_id=made.member.id)


def test_whose_password_opens_nothing_here_gets_a_ticket(manager: Member, organization: Organization) -> None:
    """They were never in: a directory or an administrator made them a member."""
    member = new_member(organization)
    with enter(organization.id):
        SignInPolicy.objects.create(methods=[Method.PASSKEY])
    _ticket, secret = acting(manager, make_ticket, member_id=member.id)
    use(secret, member)
    with pytest.raises(RecoveryNeeded):
        acting(manager, make_ticket, member_id=member.id)


def test_only_key_managers_register(organization: Organization) -> None:
    reviewer = new_member(organization, "reviewer")
    with pytest.raises(Forbidden):
        register(reviewer)
    with enter(organization.id):
        assert Member.objects.count() == 1


def test_a_program_registers_nobody_whatever_its_rights(organization: Organization) -> None:
    program = new_member(organization, "key-manager", kind="program")
    with pytest.raises(PersonNeeded):
        register(program)


def test_the_key_of_a_person_registers_nobody(manager: Member) -> None:
    actor = actor_for(manager, Credential.KEY)
    with enter(manager.organization_id), pytest.raises(PersonNeeded):
        make_ticket(actor=actor, member_id=manager.id)


def test_letting_people_in_takes_a_fresh_proof(manager: Member) -> None:
    with enter(manager.organization_id):
        SignInPolicy.objects.create(step_up=300)
    session = session_of(manager)
    with enter(manager.organization_id):
        Session.objects.filter(id=session.id).update(authenticated_at=now() - timedelta(hours=1))
    actor = acting_in(session)
    with enter(manager.organization_id), pytest.raises(StepUpNeeded):
        make_ticket(actor=actor, member_id=manager.id)


def test_a_key_manager_gives_no_role_that_is_not_theirs_to_pass_on(manager: Member) -> None:
    for role in ("administrator", "key-manager", "reviewer"):
        with pytest.raises(GrantTooWide):
            register(manager, role=role)
    with enter(manager.organization_id):
        assert Member.objects.count() == 1
        Grant.objects.filter(member_id=manager.id).update(is_passable=True)
    made = register(manager, role="key-manager")
    with enter(manager.organization_id):
        given = Grant.objects.get(member_id=made.member.id)
    assert (given.role, given.granted_by_id, given.is_passable) == ("key-manager", manager.id, False)


def test_nobody_makes_tickets_for_members_of_another_organisation(
    manager: Member, other_organization: Organization
) -> None:
    made = register(new_key_manager(other_organization))
    for action in (make_ticket, ask_recovery):
        more = {"reason": "lost"} if action is ask_recovery else {}
        with pytest.raises(NotFound):
            acting(manager, action, member_id=made.member.id, **more)
    with pytest.raises(NotFound):
        acting(manager, revoke_ticket, ticket_id=made.ticket.id)
    assert use(made.secret, made.member)


def test_programs_get_no_ticket(manager: Member) -> None:
    program = new_member(Organization.objects.get(id=manager.organization_id), kind="program")
    with pytest.raises(NotFound):
        acting(manager, make_ticket, member_id=program.id)


def test_registering_a_mail_address_that_is_known_makes_somebody_new(
    manager: Member, other_organization: Organization
) -> None:
    known = new_member(other_organization)
    User.objects.filter(id=str(known.user_id)).update(email="ada@example.org")
    made = register(manager, email="ADA@example.org")
    assert made.member.user_id != known.user_id
    use(made.secret, made.member)
    assert not Passkey.objects.filter(user_id=str(known.user_id)).exists()
