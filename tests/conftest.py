from typing import Any

import psycopg
import pytest

from bailiwick.kernel.testing.databases import database_name
from bailiwick.kernel.testing.engines import Engines
from tests.proofs import PROOF, prove
from tests.worlds import World, build_world


@pytest.fixture(scope="session")
def prover(engines: Engines, django_db_setup: Any) -> None:
    """In this run's database alone: the way to rows that only the owner of the tables writes."""
    with psycopg.connect(engines.superuser_url(database_name()), autocommit=True) as database:
        database.execute(PROOF)


@pytest.fixture
def theirs(prover: None, db: None) -> World:
    """The organisation whose rows must not be seen."""
    return prove(build_world())


@pytest.fixture
def mine(prover: None, db: None) -> World:
    """The organisation in which we act."""
    return prove(build_world())
