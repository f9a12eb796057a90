"""Functions of the owner read the owner's tables, whatever the caller has named the same."""

import os
from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg.errors import InsufficientPrivilege

from bailiwick.kernel.audit.tests.past import YEAR, Owner, happened, month, past_of

pytestmark = pytest.mark.django_db(transaction=True)

OPEN = """
SELECT p.oid::regprocedure::text FROM pg_proc p CROSS JOIN LATERAL
       (SELECT max(setting) AS path FROM unnest(p.proconfig) AS setting WHERE setting LIKE 'search_path=%') AS found
 WHERE p.pronamespace = 'public'::regnamespace AND path NOT LIKE '%, pg_temp'
    OR p.prosecdef AND path IS NULL AND p.pronamespace <> 'pg_catalog'::regnamespace
"""
SHADOWS = """
CREATE TEMPORARY TABLE audit_retentionperiod AS
    SELECT %s::uuid AS organization_id, 'events' AS kind, %s::smallint AS months, now() AS counts_from;
CREATE TEMPORARY TABLE audit_legalhold (organization_id uuid, lifted_at timestamptz);
CREATE TEMPORARY TABLE members_retentionhold (organization_id uuid, lifted_at timestamptz, valid_until timestamptz);
CREATE TEMPORARY TABLE audit_removal (organization_id uuid, table_name text, before uuid, row_count bigint);
GRANT ALL ON audit_retentionperiod, audit_legalhold, members_retentionhold, audit_removal TO PUBLIC;
"""


def test_tables_of_the_caller_s_own_remove_nothing(owner: Owner, place: Any) -> None:
    """The organisation keeps everything for good; the runtime role says otherwise, in temporary tables."""
    happened(place, month(30))
    with psycopg.connect(os.environ["DATABASE_URL"]) as runtime:
        for statement in filter(str.strip, SHADOWS.split(";")):
            runtime.execute(statement, [place.id, YEAR] if "%s" in statement else None)
        assert runtime.execute("SELECT audit_remove_old('audit_event', 9)").fetchone() == (None,)
    assert past_of(place) == [month(30)]


def test_every_function_looks_for_temporary_tables_last() -> None:
    """Where they are not named they are looked for first, and so in functions that one of the owner's calls."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN)
        assert cursor.fetchall() == []


def test_the_trigger_of_the_owner_is_for_the_owner_s_tables(place: Any) -> None:
    """On a table of the caller's own it would write changes that never were, into any organisation."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as runtime:
        runtime.execute("CREATE TEMPORARY TABLE identity_member (id uuid, organization_id uuid, is_active boolean)")
        with pytest.raises(InsufficientPrivilege):
            runtime.execute(
                "CREATE TRIGGER x AFTER INSERT ON identity_member FOR EACH ROW"
                " EXECUTE FUNCTION audit_row_change('{}', '{}')"
            )
