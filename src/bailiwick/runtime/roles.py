"""The two roles of the application: the owner of the tables, and the runtime that owns nothing."""

from typing import Any

from psycopg import Connection, sql

RUNTIME_LIMITS = {
    "statement_timeout": "30s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
}

DEFAULT_PRIVILEGES = (
    "SELECT, INSERT, UPDATE, DELETE ON TABLES",
    "USAGE, SELECT ON SEQUENCES",
    "EXECUTE ON FUNCTIONS",
)


def ensure_role(connection: Connection[Any], role: str, password: str, attributes: str = "") -> None:
    """Make a login role or renew its password; the server only ever sees the SCRAM verifier."""
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    connection.execute(
        sql.SQL("{verb} ROLE {role} LOGIN {attributes} PASSWORD {verifier}").format(
            verb=sql.SQL("ALTER" if exists else "CREATE"),
            role=sql.Identifier(role),
            attributes=sql.SQL(attributes),
            verifier=sql.Literal(verifier),
        )
    )


def limit_runtime(connection: Connection[Any], role: str) -> None:
    """Bound how long a statement, a lock and an idle transaction of the runtime may take."""
    for setting, value in RUNTIME_LIMITS.items():
        connection.execute(
            sql.SQL("ALTER ROLE {} SET {} = {}").format(
                sql.Identifier(role), sql.Identifier(setting), sql.Literal(value)
            )
        )


def grant_runtime(connection: Connection[Any], owner: str, runtime: str) -> None:
    """Let the runtime use, in the connected database, what the owner will make and has made in `public`."""
    names = {"owner": sql.Identifier(owner), "runtime": sql.Identifier(runtime)}
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {runtime}").format(**names))
    for privilege in DEFAULT_PRIVILEGES:
        connection.execute(
            sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT {privilege} TO {runtime}").format(
                privilege=sql.SQL(privilege),
                **names,
            )
        )
