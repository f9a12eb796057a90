"""The embedded PostgreSQL: real servers, real signals."""

import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bailiwick.runtime import server_files
from bailiwick.runtime.accounts import server_account
from bailiwick.runtime.errors import StartError
from bailiwick.runtime.postgres import SHARED_HOME, EmbeddedPostgres
from tests.runtime.waiting import until

from .conftest import only_root


def ask(url: str, query: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query).fetchone()  # type: ignore[call-overload]
    assert row is not None
    return row[0]


def run(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]


def postmaster(engine: EmbeddedPostgres) -> int:
    return int((engine.home / "data" / "postmaster.pid").read_text().split()[0])


def test_a_second_start_uses_the_running_server(postgres: EmbeddedPostgres) -> None:
    before = postmaster(postgres)
    EmbeddedPostgres(postgres.data).start()
    assert postmaster(postgres) == before


def test_it_is_durable_and_sorts_alike_everywhere(postgres: EmbeddedPostgres) -> None:
    assert ask(postgres.runtime_url, "SHOW server_version_num") >= "180000"  # type: ignore[operator]
    for setting, value in {
        "fsync": "on",
        "synchronous_commit": "on",
        "jit": "off",
        "listen_addresses": "",
    }.items():
        assert ask(postgres.superuser_url, f"SHOW {setting}") == value
    query = "SELECT concat(datlocprovider, datlocale) FROM pg_database WHERE datname = current_database()"
    assert ask(postgres.superuser_url, query) == "bC.UTF-8"


def test_the_runtime_owns_nothing_and_has_limits(postgres: EmbeddedPostgres) -> None:
    run(postgres.owner_url, "CREATE TABLE IF NOT EXISTS claim (id int)")
    run(postgres.runtime_url, "INSERT INTO claim VALUES (1)")
    for statement in (
        "CREATE TABLE mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "TRUNCATE claim",
        "ALTER TABLE claim DISABLE ROW LEVEL SECURITY",
        "SET ROLE app_owner",
        "SET ROLE postgres",
        "CREATE DATABASE mine",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            run(postgres.runtime_url, statement)
    assert ask(postgres.runtime_url, "SHOW statement_timeout") == "30s"
    assert ask(postgres.runtime_url, "SHOW lock_timeout") == "10s"
    assert ask(postgres.runtime_url, "SHOW idle_in_transaction_session_timeout") == "1min"
    powers = "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = 'app_user'"
    assert ask(postgres.superuser_url, powers) is False


def test_what_the_owner_makes_later_is_open_to_the_runtime_in_every_database(
    postgres: EmbeddedPostgres,
) -> None:
    run(postgres.owner_url, "CREATE DATABASE another")
    run(
        postgres.url("app_owner", _password(postgres, "app_owner"), "another"),
        "CREATE TABLE note (id int)",
    )
    runtime = postgres.url("app_user", _password(postgres, "app_user"), "another")
    assert ask(runtime, "SELECT count(*) FROM note") == 0
    assert (
        ask(
            postgres.url("postgres", database="another"),
            "SELECT count(*) >= 0 FROM pg_stat_statements",
        )
        is True
    )


def test_a_password_opens_no_superuser_and_a_wrong_one_no_role(
    postgres: EmbeddedPostgres,
) -> None:
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(postgres.url("app_owner", "wrong"))
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(postgres.url("app_owner"))
    rules = "SELECT string_agg(concat(type, user_name, auth_method), ' ' ORDER BY rule_number) FROM pg_hba_file_rules"
    assert ask(postgres.superuser_url, rules) == "local{postgres}peer local{all}scram-sha-256"
    for name in ("app_owner", "app_user"):
        assert stat.S_IMODE((postgres.data / "secrets" / name).stat().st_mode) == 0o600


@only_root
def test_another_user_of_the_machine_is_not_the_superuser(
    postgres: EmbeddedPostgres,
) -> None:
    url = postgres.superuser_url
    child = os.fork()
    if child == 0:
        # The socket's folder is opened on purpose: the rule of the server has to hold by itself.
        os.chmod(postgres.socket_folder, 0o755)
        outcome = 1
        try:
            os.setgid(65534)
            os.setuid(65534)
            psycopg.connect(url)
        except psycopg.OperationalError as error:
            outcome = 0 if "Peer authentication failed" in str(error) else 2
        finally:
            os._exit(outcome)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    postgres.socket_folder.chmod(0o700)


def test_a_killed_server_comes_back_with_its_data(postgres: EmbeddedPostgres) -> None:
    run(postgres.owner_url, "CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(postmaster(postgres), 9)
    until(lambda: not postgres.is_running())
    postgres.start()
    assert ask(postgres.owner_url, "SELECT answer FROM kept") == 42


def test_a_pid_file_that_names_a_stranger_is_no_obstacle(
    postgres: EmbeddedPostgres,
) -> None:
    postgres.stop()
    pid_file = postgres.home / "data" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{postgres.home / 'data'}\n1\n5432\n/tmp\n\n0 0\nready\n")
    assert not postgres.is_running()
    postgres.start()
    assert ask(postgres.superuser_url, "SELECT 1") == 1


def test_lost_secrets_are_made_anew(postgres: EmbeddedPostgres) -> None:
    (postgres.data / "secrets" / "app_user").unlink()
    postgres.start()
    assert ask(postgres.runtime_url, "SELECT 1") == 1


def test_data_of_another_version_is_refused(tmp_path: Path) -> None:
    cluster = tmp_path / "postgres" / "data"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("17\n")
    if os.geteuid() == 0:
        pytest.skip("the folder of a test is closed to the server's user")
    with pytest.raises(StartError, match="PostgreSQL 17"):
        EmbeddedPostgres(tmp_path).start()


@pytest.fixture
def closed_folder(tmp_path: Path) -> Iterator[Path]:
    """A data folder below one that only root can enter, with a path too long for a socket."""
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    data = private / ("long-" * 20)
    yield data
    EmbeddedPostgres(data).stop()
    shutil.rmtree(
        SHARED_HOME / hashlib.sha256(os.fsencode(data)).hexdigest()[:12],
        ignore_errors=True,
    )


def test_no_mode_of_a_folder_changes_and_long_paths_work(closed_folder: Path) -> None:
    def modes() -> dict[Path, int]:
        return {folder: folder.stat().st_mode for folder in closed_folder.parents}

    before = modes()
    said: list[str] = []
    engine = EmbeddedPostgres(closed_folder, said.append).start()
    assert modes() == before
    assert ask(engine.runtime_url, "SELECT 1") == 1
    assert (closed_folder / "postgres").is_symlink() == (os.geteuid() == 0)
    assert bool(said) == (os.geteuid() == 0)


@only_root
def test_the_server_does_not_run_as_root(postgres: EmbeddedPostgres) -> None:
    assert server_account(postgres.home / "data").uid != 0
    assert os.stat(f"/proc/{postmaster(postgres)}").st_uid != 0


@only_root
def test_programs_that_the_server_may_not_run_are_copied(
    open_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, package = server_account(tmp_path), server_files._package()
    closed = tmp_path / package.name
    shutil.copytree(
        package / "pginstall",
        closed / "pginstall",
        ignore=shutil.ignore_patterns("include"),
    )
    shutil.copytree(package.with_name(f"{package.name}.libs"), tmp_path / f"{package.name}.libs")
    monkeypatch.setattr(server_files, "_package", lambda: closed)
    before = closed.stat().st_mode
    server = server_files.locate_server(account, open_folder / "spare")
    assert server.root.is_relative_to(open_folder)
    assert account.run(server.program("postgres"), "--version").stdout.startswith("postgres (PostgreSQL) 18")
    assert closed.stat().st_mode == before


def _password(engine: EmbeddedPostgres, role: str) -> str:
    return (engine.data / "secrets" / role).read_text()
