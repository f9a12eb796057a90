"""Whoever may do anything in the database cannot rewrite what is sealed unseen; the runtime role cannot at all."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from django.conf import settings
from django.db import DatabaseError, connections, transaction
from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import InsufficientPrivilege

from bailiwick.kernel.audit.actions import sealing
from bailiwick.kernel.audit.queries.blocks import list_blocks
from bailiwick.kernel.audit.queries.verification import name_of, verify, write_bundle
from bailiwick.kernel.audit.verifier import Anchor, Finding, verify_bundle
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.engines import Engines
from bailiwick.kernel.testing.sealing import seal_everything
from tests.faults.attacks import ATTACKS, EXACT, TABLES, Attack, Sealed, ask
from tests.worlds import build_world

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 220
BLOCK = 12


@pytest.fixture
def worlds(monkeypatch: pytest.MonkeyPatch) -> list[Organization]:
    """Two organisations with many seals each."""
    monkeypatch.setattr(sealing, "MOST_ROWS", BLOCK)
    made = [build_world().organization for _turn in range(2)]
    seal_everything(*(each.id for each in made))
    return made


@contextmanager
def superuser(engines: Engines) -> Iterator[None]:
    """Django connected as the server's superuser."""
    own = connections["default"]
    given = conninfo_to_dict(engines.superuser_url(own.settings_dict["NAME"]))
    place = {"USER": given["user"], "HOST": given["host"], "PORT": given.get("port", ""), "PASSWORD": ""}
    connections["default"] = type(own)(own.settings_dict | place, "default")
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = own


def anchors_of(organization: Organization) -> list[Anchor]:
    with enter(organization.id):
        return [Anchor(str(organization.id), each.number, bytes(each.hash).hex(), "") for each in list_blocks()]


def both(organization: Organization, anchors: list[Anchor], folder: Path) -> list[Finding]:
    """What the platform's verifier finds, after seeing that the stand-alone one finds the same."""
    found: list[Finding] = []
    verify(organization, anchors, found.append)
    bundle, alone = BytesIO(), list[Finding]()
    write_bundle(organization, bundle)
    path = folder / "bundle.gz"
    path.write_bytes(bundle.getvalue())
    verify_bundle(str(path), anchors, alone.append)
    assert alone == found
    return found


def test_nothing_sealed_is_rewritten_unseen(engines: Engines, worlds: list[Organization], tmp_path: Path) -> None:
    """Each attack is undone before the next; the other organisation's trail is as it was all the time."""
    attacked, other = worlds
    random, anchors = Random(7), [anchor for each in worlds for anchor in anchors_of(each)]
    assert len(anchors) > 15
    with superuser(engines):
        sealed = Sealed(attacked.id)
        for turn in range(TIMES):
            attack = ATTACKS[turn % len(ATTACKS)]
            with transaction.atomic():
                _check(attack, sealed, random, anchors, attacked, tmp_path)
                transaction.set_rollback(True)
        assert both(attacked, anchors, tmp_path) == both(other, anchors, tmp_path) == []


def _check(
    attack: Attack, sealed: Sealed, random: Random, anchors: list[Anchor], attacked: Organization, folder: Path
) -> None:
    ask("SET LOCAL session_replication_role = replica")
    ask("SELECT set_config('app.organization', %s, true)", str(attacked.id))
    expected = attack(sealed, random)
    ask(f"SET LOCAL ROLE {settings.DATABASE_RUNTIME_ROLE}")
    found = both(attacked, anchors, folder)
    wanted, named = {(each.block, each.row) for each in expected}, {(each.block, each.row) for each in found}
    assert wanted == named if attack in EXACT else wanted <= named, (attack, expected, found)
    assert {each.organization for each in found} == {name_of(attacked)}


SAME = """
SELECT count(*), count(*) FILTER (WHERE r.content = audit_canonical(to_jsonb(t), %s))
  FROM {0} t
  LEFT JOIN audit_rows((0, '0', %s)::audit_place, (9, '0', %s)::audit_place, %s::jsonb) AS r ON t.id = r.row_id
"""


def test_what_is_sealed_of_every_table_is_its_canonical_form(worlds: list[Organization]) -> None:
    """Computed in two ways: the one that is described, and the one that is quick."""
    with enter(worlds[0].id):
        [(tables,)] = ask("SELECT audit_sealed_tables()")
        for name, columns in json.loads(tables):
            [(count, same)] = ask(SAME.format(name), columns, UUID(int=0), UUID(int=0), json.dumps([[name, columns]]))
            assert count == same, name


COPY = "INSERT INTO {0} SELECT (jsonb_populate_record(NULL::{0}, to_jsonb(t) || {1})).* FROM {0} t LIMIT 1"
NEW = "'id', uuidv7(), 'item_id', uuidv7(), 'supersedes_id', NULL"
REFUSED = (
    "UPDATE {0} SET salt = salt",
    "DELETE FROM {0}",
    "TRUNCATE {0}",
    "DROP TABLE {0}",
    "ALTER TABLE {0} DISABLE ROW LEVEL SECURITY",
    # beside another, and into the future, where no seal would come to it
    COPY.format("{0}", f"jsonb_build_object({NEW})"),
    COPY.format("{0}", f"jsonb_build_object({NEW}, 'transaction_id', '9' || pg_current_xact_id()::text)"),
    COPY.format("{0}", f"jsonb_build_object({NEW}, 'transaction_id', pg_current_xact_id()::text, 'epoch', 9)"),
)
OF_BLOCKS = (
    "UPDATE audit_block SET at = now()",
    "DELETE FROM audit_block",
    "TRUNCATE audit_block",
    "DROP TABLE audit_block",
    COPY.format("audit_block", "jsonb_build_object('number', 999999)"),
    "DROP FUNCTION audit_seal(integer, integer)",
    "CREATE OR REPLACE FUNCTION public.audit_unsealed() RETURNS void LANGUAGE sql RETURN NULL",
    "SET session_replication_role = replica",
)


def test_the_runtime_role_is_refused_each_of_it(worlds: list[Organization]) -> None:
    """For want of a right, not by accident."""
    statements = [each.format(table) for table in TABLES for each in REFUSED] + list(OF_BLOCKS)
    allowed = []
    for statement in statements:
        try:
            with enter(worlds[0].id):
                ask(statement)
            allowed.append(statement)
        except DatabaseError as refusal:
            assert isinstance(refusal.__cause__, InsufficientPrivilege), (statement, refusal)
    assert allowed == []
