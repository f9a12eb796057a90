"""A PostgreSQL and a Redis that the environment names instead of the embedded ones."""

from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import Connection, sql

from bailiwick.runtime.errors import StartError
from bailiwick.runtime.files import exclusive, secret
from bailiwick.runtime.roles import (
    DEFAULT_PRIVILEGES,
    ensure_role,
    grant_runtime,
    limit_runtime,
)

OLDEST_POSTGRES = 180000

_FACTS = """
    SELECT current_user::text, current_database()::text, rolsuper OR rolbypassrls, rolsuper OR rolcreaterole,
           EXISTS (SELECT FROM pg_class
                    WHERE relowner = r.oid AND relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace)
      FROM pg_roles r WHERE rolname = current_user
"""


def database_urls(data: Path, url: str, owner_url: str, *, migrates: bool) -> tuple[str, str]:
    """The URLs of runtime and owner; where only the owner's is given, `migrates` makes a runtime role beside it."""
    with _connect(owner_url if migrates and owner_url else url) as connection:
        if connection.info.server_version < OLDEST_POSTGRES:
            found = connection.info.parameter_status("server_version")
            raise StartError(f"DATABASE_URL leads to PostgreSQL {found}: Bailiwick needs 18 or newer.")
        if owner_url:
            return url, owner_url
        owner, database, passes_by, may_create, owns = connection.execute(_FACTS).fetchone() or (
            "",
            "",
            False,
            False,
            False,
        )
        if not (migrates or passes_by or owns):
            return url, url
        runtime = f"{database}_app"
        with exclusive(data / "run" / "roles.lock"):
            if not (data / "secrets" / runtime).exists():
                _make_runtime_role(connection, data, owner, runtime, may_create=may_create and migrates)
    return _with_login(url, runtime, secret(data, runtime)), url


def require_redis(url: str) -> None:
    """Refuse a REDIS_URL that does not answer."""
    import redis

    try:
        redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5).ping()
    except (redis.RedisError, ValueError, OSError) as error:
        raise StartError(f"REDIS_URL cannot be used: {error}.") from error


def _connect(url: str) -> Connection[Any]:
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=10)
    except psycopg.Error as error:
        raise StartError(
            f"The database that the environment names cannot be used: {str(error).splitlines()[0]}."
        ) from error


def _make_runtime_role(
    connection: Connection[Any],
    data: Path,
    owner: str,
    runtime: str,
    *,
    may_create: bool,
) -> None:
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [runtime]).fetchone()
    if exists or not may_create:
        raise StartError(_advice(connection, owner, runtime))
    with connection.transaction():
        ensure_role(connection, runtime, secret(data, runtime))
        limit_runtime(connection, runtime)
        grant_runtime(connection, owner, runtime)


def _advice(connection: Connection[Any], owner: str, runtime: str) -> str:
    names = {"owner": sql.Identifier(owner), "runtime": sql.Identifier(runtime)}
    lines = [
        "CREATE ROLE {runtime} LOGIN PASSWORD '...';",
        "GRANT USAGE ON SCHEMA public TO {runtime};",
        *(f"ALTER DEFAULT PRIVILEGES FOR ROLE {{owner}} GRANT {each} TO {{runtime}};" for each in DEFAULT_PRIVILEGES),
    ]
    statements = "\n  ".join(sql.SQL(line).format(**names).as_string(connection) for line in lines)
    return (
        f"The role {owner} owns the tables, so the application needs a second one: "
        f"an administrator runs\n  {statements}\n"
        f"then set DATABASE_URL to the URL of {runtime} and DATABASE_OWNER_URL to that of {owner}."
    )


def _with_login(url: str, user: str, password: str) -> str:
    parts = urlsplit(url)
    servers = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(user, safe='')}:{quote(password, safe='')}@{servers}"))
