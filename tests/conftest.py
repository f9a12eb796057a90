import pytest

from tests.worlds import World, build_world


@pytest.fixture
def theirs(db: None) -> World:
    """The organisation whose rows must not be seen."""
    return build_world()


@pytest.fixture
def mine(db: None) -> World:
    """The organisation in which we act."""
    return build_world()
