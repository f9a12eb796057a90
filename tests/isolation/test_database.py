"""What the database itself refuses, whatever our code forgets."""

from uuid import uuid4

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction

from bailiwick.apps.predictions.models import Reason
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.audit.constraints import AppendOnly
from bailiwick.kernel.tenancy.scope import enter
from tests.worlds import World, contents, tables

APPEND_ONLY = [
    model._meta.db_table
    for model in apps.get_models()
    if any(isinstance(rule, AppendOnly) for rule in model._meta.constraints)
]
PARTITIONS = (
    "SELECT inhrelid::regclass::text FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid"
    " WHERE inhparent IN ('audit_event'::regclass, 'audit_change'::regclass, 'audit_read'::regclass)"
    " AND c.relkind = 'r'"
)


def ask(statement: str, values: list[object] | None = None) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def refused(statement: str, values: list[object] | None = None) -> bool:
    try:
        with transaction.atomic():
            ask(statement, values)
    except DatabaseError as refusal:
        return isinstance(refusal.__cause__, psycopg.errors.InsufficientPrivilege)
    return False


def test_every_table_of_an_organisation_has_rows_in_this_test(theirs: World) -> None:
    """Else the tests below would find no leak in it."""
    empty = [table for table, digest in contents(theirs).items() if not digest]
    assert not empty


def test_raw_sql_sees_the_organisation_in_scope_only(mine: World, theirs: World) -> None:
    with enter(mine.organization.id):
        for table in tables():
            owners = ask(f"SELECT DISTINCT organization_id FROM {table}")
            assert owners == [(mine.organization.id,)], table


def test_without_a_scope_raw_sql_sees_nothing(theirs: World) -> None:
    for table in tables():
        assert ask(f"SELECT count(*) FROM {table}") == [(0,)], table


@pytest.mark.parametrize("setting", ["", "00000000-0000-0000-0000-000000000000"])
def test_a_used_up_or_unknown_scope_sees_nothing(theirs: World, setting: str) -> None:
    ask("SELECT set_config('app.organization', %s, true)", [setting])
    assert ask("SELECT count(*) FROM identity_member") == [(0,)]


def test_raw_updates_and_deletes_touch_the_organisation_in_scope_only(mine: World, theirs: World) -> None:
    before = contents(theirs)
    with enter(mine.organization.id):
        ask("UPDATE identity_member SET department = 'gone'")
        ask("DELETE FROM api_idempotencyrecord")
    assert contents(theirs) == before


def test_a_row_cannot_be_moved_or_written_into_another_organisation(mine: World, theirs: World) -> None:
    with enter(mine.organization.id):
        assert refused("UPDATE identity_member SET organization_id = %s", [theirs.organization.id])
        assert refused(
            "INSERT INTO predictions_reason (organization_id, code, title, policy, is_confirmed)"
            " VALUES (%s, 1, '', '', true)",
            [theirs.organization.id],
        )


@pytest.mark.parametrize(
    "statement", ["COPY identity_member TO STDOUT", "COPY (SELECT * FROM identity_member) TO STDOUT"]
)
def test_copy_writes_out_the_organisation_in_scope_only(mine: World, theirs: World, statement: str) -> None:
    with enter(mine.organization.id), connection.cursor() as cursor, cursor.cursor.copy(statement) as copy:
        text = b"".join(bytes(block) for block in copy).decode()
    assert mine.mark in text
    assert theirs.mark not in text


def test_a_foreign_key_cannot_point_into_another_organisation(mine: World, theirs: World) -> None:
    with pytest.raises(IntegrityError, match="access_grant_member_organization"), enter(mine.organization.id):
        Grant.objects.create(member_id=theirs.everybody.id, role="reviewer")
        ask("SET CONSTRAINTS ALL IMMEDIATE")


def test_every_foreign_key_between_tables_of_organisations_carries_the_organisation(db: None) -> None:
    """The catalogue itself is asked, so that none is forgotten."""
    loose = ask(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'f' AND cardinality(conkey) = 1"
        " AND conrelid::regclass::text = ANY (%s) AND confrelid::regclass::text = ANY (%s)",
        [tables(), tables()],
    )
    assert loose == []


def test_a_partition_cannot_be_asked_by_its_own_name(theirs: World) -> None:
    names = [name for (name,) in ask(PARTITIONS)]
    assert len(names) >= 10
    with enter(theirs.organization.id):
        for name in names:
            assert refused(f"SELECT FROM {name}"), name


@pytest.mark.parametrize(
    "statement",
    [
        "SET ROLE app_owner",
        "SET SESSION AUTHORIZATION app_owner",
        "ALTER TABLE identity_member DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE identity_member NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY identity_member_organization ON identity_member",
        "CREATE POLICY mine ON identity_member USING (true)",
        "ALTER TABLE identity_member DISABLE TRIGGER ALL",
        "DROP TRIGGER identity_member_changes ON identity_member",
        "TRUNCATE predictions_reason CASCADE",
        "CREATE TABLE escape (id int)",
        "ALTER FUNCTION app_organization() RENAME TO other",
        "SET session_replication_role = replica",
        "COPY identity_member TO '/tmp/members'",
        "SELECT pg_read_file('/etc/passwd')",
    ],
)
def test_the_runtime_role_cannot_lift_the_guard(theirs: World, statement: str) -> None:
    with enter(theirs.organization.id):
        assert refused(statement)


def test_the_runtime_role_owns_nothing_and_bypasses_nothing(db: None) -> None:
    assert ask(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
    ) == [(False, False, False, False)]
    assert ask("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole") == [(0,)]
    assert ask("SELECT count(*) FROM pg_auth_members WHERE member = current_user::regrole") == [(0,)]
    assert settings.DATABASES["default"]["USER"] == settings.DATABASE_RUNTIME_ROLE == "app_user"


def test_row_level_security_is_on_for_every_table_of_an_organisation(db: None) -> None:
    off = ask("SELECT relname FROM pg_class WHERE relname = ANY (%s) AND NOT relrowsecurity", [tables()])
    assert off == []


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_what_is_its_own_record_is_never_changed(theirs: World, table: str) -> None:
    with enter(theirs.organization.id):
        assert refused(f"UPDATE {table} SET id = id")
        assert refused(f"DELETE FROM {table}")
        assert refused(f"TRUNCATE {table} CASCADE")


def test_subjects_of_work_cannot_be_removed_by_the_runtime(theirs: World) -> None:
    with enter(theirs.organization.id):
        for table in tables():
            # The tallies are sums of what is not removed, and may be taken anew; sessions long over are dropped, and
            # what was told long ago.
            passing = (
                "api_idempotencyrecord",
                "tenancy_organizationsecret",
                "identity_session",
                "federation_spentassertion",
                "events_cursor",
                "events_delivery",
                "notices_notice",
                "notices_window",
            )
            if table not in passing and "tally" not in table:
                assert refused(f"DELETE FROM {table}"), table


def test_a_unique_value_of_another_organisation_is_not_revealed(mine: World, theirs: World) -> None:
    with enter(theirs.organization.id):
        Reason.objects.create(code=4711, title="theirs")
    with enter(mine.organization.id):
        assert Reason.objects.create(code=4711, title="mine").id


def test_a_guessed_key_finds_nothing(mine: World, theirs: World) -> None:
    with enter(mine.organization.id):
        for key in theirs.keys | {str(uuid4())}:
            assert not any(ask(f"SELECT 1 FROM {table} WHERE id = %s", [key]) for table in tables())
