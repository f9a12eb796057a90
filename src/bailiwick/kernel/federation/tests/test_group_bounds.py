"""What a group does not give: two rights kept apart, and what a second person has not approved."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from bailiwick.kernel.access.actions import approve_grant, end_grant, give_grant
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.access.tests.giving import APART, CHECK, CHECKER, DO, DOER, TRUSTED, declared, may
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.federation.actions.groups import apply_groups, map_group
from bailiwick.kernel.federation.models import GroupGrant
from bailiwick.kernel.federation.queries.groups import count_holders
from bailiwick.kernel.identity.choices import Credential
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.testing.factories import actor_for, new_member


@pytest.fixture(autouse=True)
def _declared(monkeypatch: pytest.MonkeyPatch, organization: Organization) -> Iterator[None]:
    with declared(monkeypatch, organization, APART):
        yield


@pytest.fixture
def admin(organization: Organization) -> Actor:
    return actor_for(new_member(organization, "administrator"))


def tell(member: Member, *groups: str, provider_id: UUID | None = None) -> None:
    system = ActorRef(member.organization_id, None, Credential.SYSTEM)
    apply_groups(system, member_id=member.id, provider_id=provider_id, groups=groups)


def test_a_group_that_would_join_two_halves_is_left_out_and_told(admin: Actor, organization: Organization) -> None:
    person = new_member(organization)
    mapping = map_group(actor=admin, provider_id=None, group="checkers", role=CHECKER)
    map_group(actor=admin, provider_id=None, group="others", role="reviewer")
    own = give_grant(actor=admin, member_id=person.id, role=DOER)
    tell(person, "checkers", "others")
    assert may(person, DO) and not may(person, CHECK) and may(person, "predictions.review")
    event = Event.objects.get(verb="federation.group.skipped")
    assert (event.subject_id, event.data["member"], event.data["first"]) == (mapping.id, str(person.id), CHECK)
    end_grant(actor=admin, grant_id=own.id)
    tell(person, "checkers", "others")
    assert may(person, CHECK)


def test_a_group_that_means_a_role_for_two_lets_its_people_wait(admin: Actor, organization: Organization) -> None:
    person = new_member(organization)
    mapping = map_group(actor=admin, provider_id=None, group="trusted", role=TRUSTED)
    for _time in range(2):
        tell(person, "trusted")
    grant = Grant.objects.get(member=person)
    assert not may(person) and count_holders(admin) == {}
    approve_grant(actor=admin, grant_id=grant.id)
    assert may(person) and count_holders(admin) == {mapping.id: 1}
    tell(person)
    assert not may(person) and GroupGrant.objects.filter(ended_at=None).count() == 0
