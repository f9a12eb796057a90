"""To whom people report."""

import itertools

import pytest

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.identity.actions.reporting import set_manager
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.identity.tests.test_at_once import acting, at_once
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for, new_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(organization: Organization) -> Member:
    return new_member(organization, "key-manager")


def say(actor: Actor, member: Member, manager: Member | None) -> Member:
    with enter(actor.organization_id, member_id=actor.member_id):
        return set_manager(actor=actor, member_id=member.id, manager_id=manager and manager.id)


def test_a_change_is_on_record_once(organization: Organization, boss: Member) -> None:
    actor, person, lead = actor_for(boss), new_member(organization), new_member(organization)
    for _time in range(2):
        assert say(actor, person, lead).manager_id == lead.id
    with enter(organization.id):
        (event,) = Event.objects.filter(verb="identity.member.changed")
    assert (event.subject_id, event.data) == (person.id, {"manager": str(lead.id)})
    assert say(actor, person, None).manager_id is None


def test_who_manages_access_alone_names_themself(organization: Organization, boss: Member) -> None:
    person, administrator = new_member(organization), new_member(organization, "administrator")
    with pytest.raises(InvalidInput):
        say(actor_for(boss), person, boss)
    assert say(actor_for(administrator), person, administrator).manager_id == administrator.id


def test_nobody_reports_to_who_reports_to_them(organization: Organization, boss: Member) -> None:
    actor, line = actor_for(boss), [new_member(organization) for _ in range(4)]
    for lower, upper in itertools.pairwise(line):
        say(actor, lower, upper)
    for lower in line:
        with pytest.raises(InvalidInput):
            say(actor, line[-1], lower)


def test_managers_are_people_who_work_here(
    organization: Organization, other_organization: Organization, boss: Member
) -> None:
    actor, person, gone = actor_for(boss), new_member(organization), new_member(organization)
    program, stranger = new_member(organization, kind="program"), new_member(other_organization)
    with enter(organization.id):
        Member.objects.filter(id=gone.id).update(is_active=False)
    for manager in (gone, program, stranger):
        with pytest.raises(InvalidInput):
            say(actor, person, manager)
    for member in (program, stranger):
        with pytest.raises(NotFound):
            say(actor, member, boss)
    with pytest.raises(Forbidden):
        say(actor_for(person), boss, person)


@pytest.mark.django_db(transaction=True)
def test_a_circle_is_not_closed_by_two_at_once(organization: Organization, boss: Member) -> None:
    one, other, third, fourth = (new_member(organization) for _ in range(4))
    say(actor_for(boss), other, third)
    say(actor_for(boss), fourth, one)
    tasks = [
        acting(boss, set_manager, member_id=one.id, manager_id=other.id),
        acting(boss, set_manager, member_id=third.id, manager_id=fourth.id),
    ]
    assert at_once(tasks) == [InvalidInput.code, "done"]
