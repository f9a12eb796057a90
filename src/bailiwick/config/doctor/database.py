"""What the database says, asked as the role that the application runs as."""

import time
from collections.abc import Iterable, Iterator
from typing import Any

import psycopg
from django.apps import apps
from django.db.migrations.loader import MigrationLoader
from psycopg import Connection

from bailiwick.config.doctor.findings import Finding, bad, ok, warn
from bailiwick.kernel.audit.constraints import AppendOnly, RowChanges
from bailiwick.runtime.given import OLDEST_POSTGRES

DURABLE = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "synchronous_commit": ("on", "local", "remote_write", "remote_apply"),
}
AWRY, WRONG = 2.0, 30.0
"""Seconds by which two clocks may differ until it is said, and until tokens and leases are not to be relied on."""
TOLD_WITHIN = 60
"""Seconds. A scheduler asks once a second what is due."""

ROLE = """
SELECT rolname, rolsuper, rolbypassrls,
       EXISTS (SELECT FROM pg_class WHERE relowner = r.oid AND relnamespace = 'public'::regnamespace
                                      AND relkind IN ('r', 'p'))
  FROM pg_roles r WHERE rolname = current_user
"""
UNGUARDED = """
SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id'
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
   AND NOT (c.relrowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))
 ORDER BY 1
"""
OPEN_PARTITIONS = """
SELECT c.relname::text FROM pg_class c
 WHERE c.relnamespace = 'public'::regnamespace AND c.relispartition AND c.relkind = 'r'
   AND has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE') ORDER BY 1
"""
SILENT = """
SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY (%s)
   AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgenabled IN ('O', 'A')
                                             AND t.tgfoid = 'audit_row_change'::regproc)
 ORDER BY 1
"""
MONTHS = """
SELECT name FROM unnest(%s::text[]) AS parent,
       LATERAL (SELECT parent || to_char(now() AT TIME ZONE 'UTC' + interval '1 month', '_YYYY_MM')) AS next(name)
 WHERE to_regclass('public.' || name) IS NULL
"""
ROOM = """
SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
       - current_setting('reserved_connections')::int
"""
LAST_ASKED = """
SELECT extract(epoch FROM clock_timestamp() - max(query_start)) FROM pg_stat_activity
 WHERE datname = current_database() AND query LIKE 'SELECT * FROM ' || %s || '()%%'
"""


def look_at_database(url: str, *, connections: int) -> Iterator[Finding]:
    """Everything about the server and the schema; `connections` is what the parts together may open."""
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
            yield from judge_version(connection.info.server_version)
            yield from look_at_role(connection)
            yield from look_at_durability(connection)
            yield from judge_clock(_clock_difference(connection))
            yield from look_at_room(connection, connections)
            missing = list(look_at_migrations(connection))
            yield from missing or [ok("Every migration is applied")]
            if not missing:
                yield from look_at_guards(connection)
                yield from look_at_history(connection)
                yield from look_at_scheduler(connection)
                yield from look_at_dispatcher(connection)
    except psycopg.Error as error:
        yield bad(
            f"The database cannot be used ({str(error).splitlines()[0]})",
            "See that PostgreSQL runs, and that DATABASE_URL names it with the right role and password.",
        )


def judge_version(version: int) -> Iterator[Finding]:
    if version < OLDEST_POSTGRES:
        yield bad(f"PostgreSQL {version // 10_000} is too old", "Move to PostgreSQL 18 or newer.")
    else:
        yield ok(f"PostgreSQL {version // 10_000}.{version % 10_000} answers")


def look_at_role(connection: Connection[Any]) -> Iterator[Finding]:
    """The application must not be able to pass by what keeps organisations apart."""
    name, is_superuser, passes_by, owns = connection.execute(ROLE).fetchone() or ("", False, False, False)
    reasons = {"is a superuser": is_superuser, "may pass by row security": passes_by, "owns tables": owns}
    if told := [reason for reason, holds in reasons.items() if holds]:
        yield bad(
            f"The application's role {name} {' and '.join(told)}: organisations are not kept apart",
            "Give DATABASE_URL a role that owns nothing, and DATABASE_OWNER_URL the owner of the tables.",
        )
    else:
        yield ok(f"The application's role {name} owns nothing and passes nothing by")


def look_at_durability(connection: Connection[Any]) -> Iterator[Finding]:
    found = {
        name: (connection.execute("SELECT current_setting(%s)", [name]).fetchone() or ("",))[0] for name in DURABLE
    }
    yield from judge_durability(found)


def judge_durability(found: dict[str, str]) -> Iterator[Finding]:
    """A decision that was answered has to be there after a power cut."""
    if weak := [name for name, value in found.items() if value not in DURABLE[name]]:
        yield bad(f"{' and '.join(weak)} is off: what was stored can be lost", f"Set {weak[0]} = on in PostgreSQL.")
    else:
        yield ok("What is committed is on disk")


def _clock_difference(connection: Connection[Any]) -> float:
    before = time.time()
    [theirs] = connection.execute("SELECT extract(epoch FROM clock_timestamp())::float8").fetchone() or (before,)
    return float(theirs) - (before + time.time()) / 2


def judge_clock(seconds: float) -> Iterator[Finding]:
    """`seconds` by which the database is ahead of this machine."""
    told = f"The clocks of this machine and of the database differ by {abs(seconds):.1f} s"
    remedy = "Have both follow the same time servers (chrony, systemd-timesyncd)."
    if abs(seconds) > WRONG:
        yield bad(told, remedy)
    elif abs(seconds) > AWRY:
        yield warn(told, remedy)
    else:
        yield ok("The database has the same time")


def look_at_room(connection: Connection[Any], wanted: int) -> Iterator[Finding]:
    """Every thread and process keeps a connection; a machine more has to fit as well."""
    [room] = connection.execute(ROOM).fetchone() or (0,)
    if wanted > room:
        yield bad(
            f"The parts of this machine want {wanted} connections, PostgreSQL gives {room}",
            "Raise max_connections, or lower BAILIWICK_WORKERS, BAILIWICK_THREADS or BAILIWICK_WORKER_PROCESSES.",
        )


def look_at_migrations(connection: Connection[Any]) -> Iterator[Finding]:
    """Both ways: the code before the schema, and the schema before the code."""
    known = set(MigrationLoader(None).disk_migrations)
    is_there = connection.execute("SELECT to_regclass('public.django_migrations') IS NOT NULL").fetchone() == (True,)
    applied = set(connection.execute("SELECT app::text, name::text FROM django_migrations")) if is_there else set()
    if missing := sorted(known - applied):
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        yield bad(f"The migration {'.'.join(missing[0])}{more} is not applied", "Run `bailiwick migrate`.")
    if unknown := sorted(applied - known):
        yield bad(
            f"The schema is of a later release: it has {'.'.join(unknown[0])}",
            "Install the release that made it, or restore the backup from before the upgrade.",
        )


def look_at_guards(connection: Connection[Any]) -> Iterator[Finding]:
    """What the database keeps by itself: organisations apart, and history as it was."""
    models = [model for model in apps.get_models() if model._meta.managed]
    append_only = [model._meta.db_table for model in models if _has(model, AppendOnly)]
    recorded = [model._meta.db_table for model in models if _has(model, RowChanges)]
    rewritable = [name for name in append_only if _may(connection, name, "UPDATE", "DELETE", "TRUNCATE")]
    removable = [name for name in recorded if _may(connection, name, "DELETE", "TRUNCATE")]
    found = [
        *_each(
            (name for (name,) in connection.execute(UNGUARDED)),
            "Row security is off on {}: organisations see each other's rows",
            "As the owner: ALTER TABLE {} ENABLE ROW LEVEL SECURITY; then look who switched it off.",
        ),
        *_each(
            (name for (name,) in connection.execute(OPEN_PARTITIONS)),
            "The partition {} can be reached by its own name, past the policy of its table",
            "As the owner: SELECT audit_close_partition('{}');",
        ),
        *_each(
            rewritable,
            "The application may change or remove rows of {}, which are never to change",
            "As the owner: REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM the application's role.",
        ),
        *_each(
            removable,
            "The application may remove rows of {}",
            "As the owner: REVOKE DELETE, TRUNCATE ON {} FROM the application's role.",
        ),
        *_each(
            (name for (name,) in connection.execute(SILENT, [recorded])),
            "Changes of {} are not recorded: its trigger is off or gone",
            "As the owner: ALTER TABLE {} ENABLE TRIGGER USER;",
        ),
    ]
    yield from found or [ok("Organisations are kept apart, and history cannot be rewritten")]


def _each(tables: Iterable[str], sentence: str, remedy: str) -> Iterator[Finding]:
    for name in tables:
        yield bad(sentence.format(name), remedy.format(name))


def _has(model: Any, rule: type) -> bool:
    return any(isinstance(each, rule) for each in model._meta.constraints)


def _may(connection: Connection[Any], table: str, *privileges: str) -> bool:
    asked = "SELECT has_table_privilege(to_regclass('public.' || quote_ident(%s)), %s)"
    return connection.execute(asked, [table, ", ".join(privileges)]).fetchone() == (True,)


def look_at_history(connection: Connection[Any]) -> Iterator[Finding]:
    missing = [name for (name,) in connection.execute(MONTHS, [["audit_event", "audit_change", "audit_read"]])]
    if missing:
        yield bad(
            f"Next month has no partition ({', '.join(missing)}): its history will pile up in one table",
            "See that the scheduler and a worker run, or, as the owner: SELECT audit_create_partitions(3);",
        )
    else:
        yield ok("Next month's history has its place")


def look_at_scheduler(connection: Connection[Any]) -> Iterator[Finding]:
    """By what the server remembers of the scheduler's sessions: it asks every second what is due."""
    [since] = connection.execute(LAST_ASKED, ["jobs_due"]).fetchone() or (None,)
    if since is None:
        yield bad("No scheduler runs: nothing comes round, and lost jobs stay lost", "Start `bailiwick scheduler`.")
    elif since > TOLD_WITHIN:
        yield bad(f"The scheduler has not asked for work for {since:.0f} s", "Look at its log, and start it again.")
    else:
        yield ok("A scheduler runs")


def look_at_dispatcher(connection: Connection[Any]) -> Iterator[Finding]:
    """The same of the dispatcher: it asks every second what is to be sent."""
    [since] = connection.execute(LAST_ASKED, ["events_sendable"]).fetchone() or (None,)
    if since is None:
        yield bad("No dispatcher runs: notices and webhooks tell nothing", "Start `bailiwick dispatcher`.")
    elif since > TOLD_WITHIN:
        yield bad(f"The dispatcher has not asked for work for {since:.0f} s", "Look at its log, and start it again.")
    else:
        yield ok("A dispatcher runs")
