"""One person in several organisations."""

from typing import Any

import pytest

from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.callers import Caller
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.identity.actions import add_member, switch_session
from bailiwick.kernel.identity.actions.memberships import end_membership, resume_membership
from bailiwick.kernel.identity.models import Member, Session
from bailiwick.kernel.identity.queries import choose_membership, list_memberships
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import acting_in, session_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(organization: Any, other_organization: Any, person: Any, scope: Any) -> Any:
    """A person and their memberships in two organisations."""
    user, first = person(organization)
    with scope(other_organization):
        actor = ActorRef(other_organization.id, None, "system")
        second = add_member(actor, name=user.full_name, kind="person", user_id=user.id)
    return user, first, second


def switch(session: Session, member: Member) -> Session:
    """Go on in another membership, as the page does."""
    actor = acting_in(session)
    with enter(actor.organization_id, member_id=actor.member_id, user_id=actor.user_id):
        return switch_session(actor, member_id=member.id, caller=Caller(), request_id="request-of-a-test")


def test_the_one_used_last_is_chosen_at_the_next_sign_in(two: Any) -> None:
    user, first, second = two
    session = session_of(first)
    for member in (second, first, second):
        session = switch(session, member)
        chosen = choose_membership(list_memberships(user.id))
        assert chosen is not None
        assert chosen.member_id == member.id


def test_nobody_switches_to_a_membership_of_somebody_else(two: Any, person: Any, organization: Any) -> None:
    _user, first, _second = two
    _stranger, membership = person(organization)
    with pytest.raises(NotFound):
        switch(session_of(first), membership)


def test_a_named_organisation_is_chosen_or_none(two: Any, other_organization: Any) -> None:
    user, _first, second = two
    memberships = list_memberships(user.id)
    named = choose_membership(memberships, other_organization.slug)
    assert named is not None
    assert named.member_id == second.id
    assert choose_membership(memberships, "nowhere") is None


def test_a_session_that_began_while_they_were_let_go_opens_nothing_when_they_come_back(
    person: Any, organization: Any, scope: Any
) -> None:
    _user, member = person(organization)
    session = session_of(member)
    actor = ActorRef(organization.id, None, "system")
    with scope(organization):
        end_membership(actor, member_id=member.id)
        Session.objects.filter(id=session.id).update(ended_at=None, end="")
        resume_membership(actor, member_id=member.id)
        assert Session.objects.get(id=session.id).ended_at is not None
