import pytest

from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.testing.factories import new_member, new_organization


@pytest.fixture
def member(db: None) -> Member:
    """One person in one organisation."""
    return new_member(new_organization(), department="Quality")
