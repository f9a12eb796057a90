import pytest

from tests.disclosures.houses import House, new_house


@pytest.fixture
def house(db: None) -> House:
    return new_house()
