"""Whatever is written is sealed once, in the order of writing, however sealers and writers meet."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings as configured
from django.db import DatabaseError

from bailiwick.kernel.audit import tasks
from bailiwick.kernel.audit.actions import seal_rows, sealing
from bailiwick.kernel.audit.models import Block, Event
from bailiwick.kernel.audit.queries.blocks import get_newest_block, list_blocks, list_unsealed
from bailiwick.kernel.audit.queries.verification import verify
from bailiwick.kernel.audit.verifier import unpack
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.tenancy.scope import enter, require_scope
from bailiwick.kernel.testing.factories import new_member, new_organization
from bailiwick.kernel.testing.sealing import seal_everything

pytestmark = pytest.mark.django_db(transaction=True)

Connection = psycopg.Connection[tuple[Any, ...]]
IN_SCOPE = "SELECT set_config('app.organization', %s, true)"
WRITE = (
    "INSERT INTO audit_event (id, verb, subject_type, subject_id, credential, request_id, data)"
    " VALUES (coalesce(%s, uuidv7()), 'test', 'test', uuidv7(), 'system', '', '{}') RETURNING id"
)
SEAL = "SELECT audit_seal()"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> None:
    settings.ANCHORS_FOLDER = tmp_path / "anchors"


@contextmanager
def other_connection(organization: Any) -> Iterator[Connection]:
    """As another process has it, in the scope of the organisation; what is not committed is undone at the end."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        connection.execute(IN_SCOPE, [str(organization.id)])
        yield connection
        if not connection.closed:
            connection.rollback()


def write(connection: Connection, key: UUID | None = None) -> UUID:
    [written] = connection.execute(WRITE, [key]).fetchone() or [None]
    assert isinstance(written, UUID)
    return written


def sealed(organization: Any) -> Counter[UUID]:
    """How often each row is in a seal."""
    with enter(organization.id):
        return Counter(UUID(bytes=key[2:]) for block in Block.objects.all() for key in unpack(bytes(block.entries)))


def is_sound(organization: Any) -> bool:
    found: list[Any] = []
    chain = verify(organization, [], found.append)
    return not found and chain.number > 0


def test_what_is_written_is_sealed_once_and_nothing_makes_no_seal(organization: Any) -> None:
    new_member(organization)
    assert organization.id in list_unsealed()
    seal_everything(organization.id)
    with enter(organization.id):
        numbers = [block.number for block in list_blocks()]
        assert set(Event.objects.values_list("id", flat=True)) < set(sealed(organization))
    tasks.seal()
    with enter(organization.id):
        assert [block.number for block in list_blocks()] == numbers
    assert set(sealed(organization).values()) == {1}


def test_a_block_has_so_many_rows_at_most_and_follows_the_one_before(
    organization: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "MOST_ROWS", 3)
    for _turn in range(10):
        new_member(organization)
    seal_everything(organization.id)
    with enter(organization.id):
        blocks = list(list_blocks())
    assert len(blocks) > sealing.AT_ONCE
    assert [block.row_count for block in blocks[:-1]] == [3] * (len(blocks) - 1)
    assert [bytes(block.previous) for block in blocks] == [bytes(32), *(bytes(block.hash) for block in blocks[:-1])]
    assert is_sound(organization)


def test_what_a_long_transaction_writes_is_sealed_when_it_ends_and_so_is_what_came_after(organization: Any) -> None:
    seal_everything(organization.id)
    with other_connection(organization) as long:
        old = write(long)
        with other_connection(organization) as short:
            young = write(short)
            short.commit()
        tasks.seal()
        assert sealed(organization).keys().isdisjoint({old, young})
        long.commit()
    seal_everything(organization.id)
    assert list(sealed(organization))[-2:] == [old, young]


def test_what_is_undone_is_not_missed(organization: Any) -> None:
    with other_connection(organization) as undone:
        gone = write(undone)
    new_member(organization)
    seal_everything(organization.id)
    assert gone not in sealed(organization)
    assert is_sound(organization)


def test_two_sealers_do_not_wait_for_each_other_and_seal_nothing_twice(organization: Any) -> None:
    new_member(organization)
    with other_connection(organization) as first, other_connection(organization) as second:
        assert first.execute(SEAL).fetchone() != (None,)
        assert second.execute(SEAL).fetchone() == (None,)
        first.commit()
    seal_everything(organization.id)
    assert set(sealed(organization).values()) == {1}


def test_what_a_killed_sealer_had_begun_is_sealed_by_the_next(organization: Any) -> None:
    new_member(organization)
    with other_connection(organization) as killed, other_connection(organization) as other:
        killed.execute(SEAL)
        other.execute("SELECT pg_terminate_backend(%s)", [killed.info.backend_pid])
        with pytest.raises(psycopg.OperationalError):
            killed.execute("SELECT 1")
    seal_everything(organization.id)
    assert set(sealed(organization).values()) == {1}
    assert is_sound(organization)


def test_many_writers_and_sealers_at_once_leave_nothing_out(organization: Any) -> None:
    def write_some(_number: int) -> list[UUID]:
        written = []
        for turn in range(15):
            with other_connection(organization) as connection:
                written += [write(connection) for _row in range(turn % 4)]
                connection.commit()
        return written

    def seal_some(_number: int) -> list[UUID]:
        for _turn in range(20):
            with other_connection(organization) as connection:
                connection.execute("SELECT audit_seal(2, 3)")
                connection.commit()
        return []

    with ThreadPoolExecutor() as pool:
        work: list[Callable[[int], list[UUID]]] = [write_some, seal_some] * 3
        running = [pool.submit(each, number) for number, each in enumerate(work)]
        written = [key for each in running for key in each.result()]
    seal_everything(organization.id)
    counted = sealed(organization)
    assert len(written) == 63 and all(counted[key] == 1 for key in written)
    assert set(counted.values()) == {1}
    assert is_sound(organization)


def test_a_clock_that_was_set_back_changes_nothing(organization: Any) -> None:
    """The order of writing is that of transactions; keys carry the time, and only tell apart rows of one."""
    new_member(organization)
    seal_everything(organization.id)
    with other_connection(organization) as connection:
        [early] = connection.execute("SELECT audit_first_key('2020-01-01')").fetchone() or [None]
        key = write(connection, early)
        connection.commit()
    seal_everything(organization.id)
    assert list(sealed(organization))[-1] == key
    assert is_sound(organization)


def test_after_a_restore_transactions_that_count_anew_come_after_the_old(organization: Any) -> None:
    new_member(organization)
    seal_everything(organization.id)
    with psycopg.connect(configured.DATABASE_OWNER_URL, autocommit=True) as owner:
        [function] = owner.execute("SELECT pg_get_functiondef('app_epoch'::regproc)").fetchone() or [None]
        owner.execute("CREATE OR REPLACE FUNCTION app_epoch() RETURNS smallint LANGUAGE sql STABLE RETURN 2::smallint")
        try:
            place = (
                "organization_id, epoch, transaction_id, verb, subject_type, subject_id, credential, request_id, data"
            )
            owner.execute(
                f"INSERT INTO audit_event ({place}) VALUES (%s, 2, '5', 'x', 'x', uuidv7(), 'system', '', '{{}}')",
                [str(organization.id)],
            )
            seal_everything(organization.id)
        finally:
            owner.execute(function)
    with enter(organization.id):
        newest = get_newest_block()
    assert newest and (newest.epoch, str(newest.transaction_id), newest.row_count) == (2, "5", 1)
    assert is_sound(organization)


def test_an_organisation_that_cannot_be_sealed_does_not_keep_the_others(
    organization: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = new_organization()
    for each in (organization, other):
        new_member(each)

    def broken() -> bool:
        if require_scope().organization_id == organization.id:
            raise DatabaseError
        return seal_rows()

    monkeypatch.setattr(tasks, "seal_rows", broken)
    while other.id in list_unsealed():
        with pytest.raises(DatabaseError):
            tasks.seal()
    assert organization.id in list_unsealed()


def test_the_house_seals_each_minute() -> None:
    kind = registry().jobs["audit.seal"]
    assert (kind.every, kind.is_for_installation, kind.run) == (60, True, f"{tasks.__name__}.seal")
