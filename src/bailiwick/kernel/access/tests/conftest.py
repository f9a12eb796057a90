import pytest

from bailiwick.kernel.access.actions.programs import add_program
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for, new_member


@pytest.fixture
def boss(organization: Organization) -> Actor:
    """May everything."""
    return actor_for(new_member(organization, *registry().roles))


@pytest.fixture
def administrator(organization: Organization) -> Actor:
    """Manages access, and nothing of an app's."""
    return actor_for(new_member(organization, "administrator"))


@pytest.fixture
def program(organization: Organization, boss: Actor) -> Member:
    with enter(organization.id):
        return add_program(actor=boss, name="Shop", role="submitter")
