"""One person in several organisations."""

from typing import Any

import pytest

from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.identity.actions import add_member, switch_membership
from bailiwick.kernel.identity.queries import choose_membership, list_memberships

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(organization: Any, other_organization: Any, person: Any, scope: Any) -> Any:
    """A person and their memberships in two organisations."""
    user, first = person(organization)
    with scope(other_organization):
        actor = ActorRef(other_organization.id, None, "system")
        second = add_member(actor, name=user.full_name, kind="person", user_id=user.id)
    return user, first, second


def test_the_one_used_last_is_chosen_at_the_next_sign_in(two: Any) -> None:
    user, first, second = two
    for member in (second, first, second):
        switch_membership(user_id=user.id, member_id=member.id, request_id="request-of-a-test")
        chosen = choose_membership(list_memberships(user.id))
        assert chosen is not None
        assert chosen.member_id == member.id


def test_nobody_switches_to_a_membership_of_somebody_else(two: Any, person: Any, organization: Any) -> None:
    user, _first, _second = two
    _stranger, membership = person(organization)
    with pytest.raises(NotFound):
        switch_membership(user_id=user.id, member_id=membership.id, request_id="request-of-a-test")


def test_a_named_organisation_is_chosen_or_none(two: Any, other_organization: Any) -> None:
    user, _first, second = two
    memberships = list_memberships(user.id)
    named = choose_membership(memberships, other_organization.slug)
    assert named is not None
    assert named.member_id == second.id
    assert choose_membership(memberships, "nowhere") is None
