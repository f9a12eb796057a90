"""Servers that the environment names; the embedded ones stand in for them."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bailiwick.runtime.errors import StartError
from bailiwick.runtime.given import database_urls, require_redis
from bailiwick.runtime.postgres import EmbeddedPostgres
from bailiwick.runtime.valkey import EmbeddedValkey


@pytest.fixture
def own_database(postgres: EmbeddedPostgres) -> Iterator[str]:
    """The URL of an owner who may make roles, with a password that has to be quoted."""
    with psycopg.connect(postgres.superuser_url, autocommit=True) as connection:
        connection.execute("CREATE ROLE other LOGIN CREATEROLE PASSWORD 'p@ss/w:rd'")
        connection.execute("CREATE DATABASE other OWNER other")
        yield postgres.url("other", "p@ss/w:rd", "other")
        connection.execute("DROP DATABASE other WITH (FORCE)")
        connection.execute("DROP ROLE IF EXISTS other_app")
        connection.execute("DROP ROLE other")


def test_a_runtime_role_is_made_beside_the_owner_and_kept(own_database: str, tmp_path: Path) -> None:
    runtime, owner = database_urls(tmp_path, own_database, "", migrates=True)
    assert owner == own_database
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("CREATE TABLE claim (id int)")
    with psycopg.connect(runtime, autocommit=True) as connection:
        connection.execute("INSERT INTO claim VALUES (1)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (id int)")
    assert database_urls(tmp_path, own_database, "", migrates=False) == (runtime, owner)
    assert database_urls(tmp_path, runtime, "", migrates=False) == (runtime, runtime)


def test_a_part_is_not_run_as_the_owner(own_database: str, tmp_path: Path) -> None:
    with psycopg.connect(own_database, autocommit=True) as connection:
        connection.execute("CREATE TABLE claim (id int)")
    with pytest.raises(StartError, match="CREATE ROLE"):
        database_urls(tmp_path, own_database, "", migrates=False)


def test_an_owner_who_may_not_make_roles_is_told_the_sql(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    with pytest.raises(StartError, match="(?s)ALTER DEFAULT PRIVILEGES FOR ROLE .* DATABASE_OWNER_URL") as caught:
        database_urls(tmp_path, postgres.owner_url, "", migrates=True)
    assert "bailiwick_app" in str(caught.value)


def test_both_urls_are_taken_as_they_are(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    pair = postgres.runtime_url, postgres.owner_url
    assert database_urls(tmp_path, *pair, migrates=True) == pair


def test_servers_that_do_not_answer_are_one_sentence(valkey: EmbeddedValkey, tmp_path: Path) -> None:
    require_redis(valkey.url)
    with pytest.raises(StartError, match="REDIS_URL"):
        require_redis("redis://127.0.0.1:1/0")
    with pytest.raises(StartError, match="database"):
        database_urls(tmp_path, "postgresql://nobody@127.0.0.1:1/none", "", migrates=True)
