"""Rows of one snapshot, out of a database and into another, by COPY and as the owner of the tables."""

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import psycopg
from psycopg import Connection, sql

from bailiwick.runtime.backup.archive import Counter, Tally
from bailiwick.runtime.errors import StartError

CHUNK = 4 << 20
"""Bytes after which a piece of a table ends, at the end of a row."""

# Values are written alike whatever a server is set to. A role that policies bind is refused, not shown less.
SESSION = """
SET row_security = off; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres'; SET timezone = 'UTC';
SET extra_float_digits = 1; SET bytea_output = 'hex'; SET client_encoding = 'UTF8'; SET statement_timeout = 0;
SET idle_in_transaction_session_timeout = 0; SET lock_timeout = '60s'
"""
# Partitions are read and written through their table; generated columns are computed again.
LIST = """
SELECT c.relname::text,
       (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''),
       coalesce((SELECT array_agg(format(CASE WHEN a.attcollation = 0 THEN '%I' ELSE '%I COLLATE "C"' END, a.attname)
                                  ORDER BY k.place)
                   FROM pg_index i, unnest(i.indkey::smallint[]) WITH ORDINALITY k(number, place)
                   JOIN pg_attribute a ON a.attnum = k.number
                  WHERE i.indrelid = c.oid AND i.indisprimary AND a.attrelid = c.oid), '{}')
  FROM pg_class c
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
 ORDER BY 1
"""
PARTITIONS = """
SELECT c.relname::text, p.relname::text, pg_get_expr(c.relpartbound, c.oid)
  FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid JOIN pg_class p ON p.oid = i.inhparent
 WHERE c.relispartition AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY 1
"""
SEQUENCES = "SELECT sequencename::text FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1"
FOREIGN_KEYS = """
SELECT c.relname::text, k.conname::text, pg_get_constraintdef(k.oid)
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
 WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace AND k.conparentid = 0
"""
TRIGGERED = """
SELECT DISTINCT c.relname::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
 WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace
"""
OTHERS = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""

# How long those may take to leave who have hung up.
LEAVING_SECONDS = 5

BOUND = re.compile(r"FOR VALUES FROM \('[0-9a-f-]{36}'\) TO \('[0-9a-f-]{36}'\)")


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the columns that are kept, and the order in which its rows are written."""

    name: str
    columns: tuple[str, ...]
    order: tuple[str, ...]

    @property
    def _names(self) -> sql.Composed:
        return sql.SQL(", ").join(map(sql.Identifier, self.columns))

    @property
    def reading(self) -> sql.Composed:
        order = sql.SQL(", ".join(self.order) or "1")  # quoted by the server that listed it
        return sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT").format(
            self._names, sql.Identifier(self.name), order
        )

    @property
    def writing(self) -> sql.Composed:
        return sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(self.name), self._names)


@contextmanager
def connected(url: str) -> Iterator[Connection[Any]]:
    """A connection whose settings write every value alike; what the database refuses is one sentence."""
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
            connection.execute(SESSION)
            yield connection
    except psycopg.errors.InsufficientPrivilege as error:
        raise StartError(
            f"This role may not ({str(error).splitlines()[0]}): set DATABASE_OWNER_URL to the owner of the tables."
        ) from error
    except psycopg.Error as error:
        raise StartError(f"The database refused: {str(error).splitlines()[0]}.") from error


@contextmanager
def snapshot(connection: Connection[Any]) -> Iterator[list[Table]]:
    """Everything read in the block is as it was at one moment; tables keep their shape meanwhile, rows are written."""
    names = [table.name for table in list_tables(connection)]
    if not names:
        raise StartError("The database holds no tables: there is nothing to back up.")
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        # Before the snapshot, which the first query takes: a table changed in between would look empty.
        connection.execute(
            sql.SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(sql.SQL(", ").join(map(sql.Identifier, names)))
        )
        yield list_tables(connection)


def list_tables(connection: Connection[Any]) -> list[Table]:
    return [Table(name, tuple(columns), tuple(order)) for name, columns, order in connection.execute(LIST)]


def describe(connection: Connection[Any], tables: Sequence[Table]) -> dict[str, Any]:
    """What a database has beside its rows, for `load`."""
    sequences = [name for (name,) in connection.execute(SEQUENCES)]
    moment, epoch = connection.execute("SELECT statement_timestamp(), app_epoch()").fetchone() or (None, 0)
    assert moment
    return {
        "as_of": moment.isoformat(timespec="seconds"),
        "epoch": epoch,
        "migrations": sorted(connection.execute("SELECT app::text, name::text FROM django_migrations").fetchall()),
        "tables": {table.name: list(table.columns) for table in tables},
        "partitions": connection.execute(PARTITIONS).fetchall(),
        "sequences": {
            name: connection.execute(
                sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(name))
            ).fetchone()
            for name in sequences
        },
    }


def read_chunks(connection: Connection[Any], table: Table) -> Iterator[bytes]:
    """The rows in order, in pieces of whole lines."""
    gathered = bytearray()
    with connection.cursor() as cursor, cursor.copy(table.reading) as copy:
        for row in copy:
            gathered += row
            if len(gathered) >= CHUNK:
                yield bytes(gathered)
                gathered.clear()
    if gathered:
        yield bytes(gathered)


def tally(connection: Connection[Any], table: Table) -> Tally:
    """Count and digest of what a table holds now."""
    counter = Counter()
    for chunk in read_chunks(connection, table):
        counter.add_rows(chunk)
    return counter.tally


def _is_left_alone(connection: Connection[Any]) -> bool:
    """Whether nobody else is connected; a server takes a moment to see off who has just hung up."""
    until = time.monotonic() + LEAVING_SECONDS
    while connection.execute(OTHERS).fetchone() != (0,):
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def require_fresh(connection: Connection[Any]) -> None:
    """Refuse a database in which anybody works, or ever did."""
    if not _is_left_alone(connection):
        raise StartError("Others are connected to the database: stop web, worker, scheduler and dispatcher first.")
    if connection.execute("SELECT to_regclass('public.identity_user')").fetchone() == (None,):
        return
    used = "SELECT EXISTS (SELECT FROM identity_user) OR EXISTS (SELECT FROM identity_member)"
    if connection.execute(used).fetchone() != (False,):
        raise StartError("The database is in use: restore into a fresh, empty installation.")


@contextmanager
def loading(connection: Connection[Any], about: dict[str, Any]) -> Iterator[dict[str, Table]]:
    """One transaction in which rows are put in as they were: unchecked and untriggered until its end.

    Foreign keys are dropped and made again, which checks all rows at once; the epoch of the cluster goes up.
    """
    with connection.transaction():
        present = {table.name: table for table in list_tables(connection)}
        if missing := sorted(set(about["tables"]) - set(present)):
            raise StartError(f"This release knows no table {missing[0]}: use the release that made the backup.")
        tables = {name: replace(present[name], columns=tuple(kept)) for name, kept in about["tables"].items()}
        keys = connection.execute(FOREIGN_KEYS).fetchall()
        triggered = [name for (name,) in connection.execute(TRIGGERED)]
        for name, key, _definition in keys:
            connection.execute(_alter(name, sql.SQL("DROP CONSTRAINT {}").format(sql.Identifier(key))))
        for name in triggered:
            connection.execute(_alter(name, sql.SQL("DISABLE TRIGGER USER")))
        connection.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(map(sql.Identifier, sorted(present)))))
        _make_partitions(connection, about["partitions"])
        yield tables
        for name in triggered:
            connection.execute(_alter(name, sql.SQL("ENABLE TRIGGER USER")))
        for name, key, definition in keys:
            added = sql.SQL("ADD CONSTRAINT {} {}").format(sql.Identifier(key), sql.SQL(definition))
            connection.execute(_alter(name, added))
        for name, (value, is_called) in about["sequences"].items():
            connection.execute("SELECT setval(%s::regclass, %s, %s)", [f'public."{name}"', value, is_called])
        _raise_epoch(connection, about["epoch"] + 1)


def _alter(name: str, change: sql.Composable) -> sql.Composed:
    return sql.SQL("ALTER TABLE {} ").format(sql.Identifier(name)) + change


def _make_partitions(connection: Connection[Any], wanted: Sequence[Sequence[str]]) -> None:
    """Those of months that were over when this database was made; nobody but the owner reads them by name."""
    present = {row[0] for row in connection.execute(PARTITIONS)}
    for name, parent, bound in wanted:
        if name not in present and BOUND.fullmatch(bound):
            connection.execute(
                sql.SQL("CREATE TABLE {} PARTITION OF {} {}").format(
                    sql.Identifier(name),
                    sql.Identifier(parent),
                    sql.SQL(bound),
                )
            )
            connection.execute("SELECT audit_close_partition(%s)", [name])


def _raise_epoch(connection: Connection[Any], epoch: int) -> None:
    """A new cluster counts its transactions from the beginning: what it writes comes after, whatever its number."""
    made = (
        "CREATE OR REPLACE FUNCTION app_epoch() RETURNS smallint LANGUAGE sql STABLE PARALLEL SAFE RETURN {}::smallint"
    )
    connection.execute(sql.SQL(made).format(sql.Literal(epoch)))
