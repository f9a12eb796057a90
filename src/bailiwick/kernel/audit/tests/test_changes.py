"""Every change of a mutable row is recorded by the database, whoever makes it."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, models, transaction
from django.test.utils import isolate_apps

from bailiwick.kernel.audit import checks
from bailiwick.kernel.audit.constraints import AppendOnly, RowChanges
from bailiwick.kernel.audit.models import Change
from bailiwick.kernel.audit.queries import list_changes
from bailiwick.kernel.identity.choices import MemberKind
from bailiwick.kernel.identity.models import ApiKey, Member, User
from bailiwick.kernel.tenancy.models import OrganizationModel
from bailiwick.kernel.tenancy.queries import get_installation_id
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import new_member

REQUEST = "request-of-this-test"


@pytest.fixture
def author(organization: Any) -> Member:
    return new_member(organization)


@pytest.fixture
def row(organization: Any, author: Member) -> Iterator[Member]:
    """A row to change, in the scope of its author."""
    row = new_member(organization, kind=MemberKind.PROGRAM, department="before")
    with enter(organization.id, member_id=author.id, request_id=REQUEST):
        yield row


def save(row: Member) -> None:
    row.department = "after"
    row.save()


def bulk_update(row: Member) -> None:
    row.department = "after"
    Member.objects.bulk_update([row], ["department"])


def raw(row: Member) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE identity_member SET department = 'after' WHERE id = %s", [row.id])


WAYS: dict[str, Callable[[Member], object]] = {
    "save": save,
    "update": lambda row: Member.objects.filter(id=row.id).update(department="after"),
    "bulk_update": bulk_update,
    "raw": raw,
}


@pytest.mark.parametrize("change", WAYS.values(), ids=WAYS)
def test_a_change_is_recorded_with_before_after_author_and_request(
    row: Member, author: Member, change: Callable[[Member], object]
) -> None:
    change(row)
    recorded = list_changes(row.id).last()
    assert (recorded.operation, recorded.columns) == ("UPDATE", {"department": ["before", "after"]})
    assert (recorded.member_id, recorded.request_id, recorded.table_name) == (author.id, REQUEST, "identity_member")


def test_new_rows_are_recorded_singly_in_bulk_and_raw(row: Member) -> None:
    Member.objects.bulk_create([Member(name=name, kind=MemberKind.PROGRAM) for name in ("a", "b")])
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO identity_member (kind, name, employee_id, department, is_active)"
            " VALUES ('program', 'c', '', '', true)"
        )
    names = [change.columns["name"] for change in Change.objects.filter(operation="INSERT", request_id=REQUEST)]
    assert sorted(names) == [[None, "a"], [None, "b"], [None, "c"]]


def test_a_write_that_changes_nothing_is_not_recorded(row: Member) -> None:
    before = list_changes(row.id).count()
    Member.objects.filter(id=row.id).update(department="before", name=models.F("name"))
    assert list_changes(row.id).count() == before == 1


def test_masked_columns_show_that_they_changed_and_not_to_what(row: Member, author: Member) -> None:
    User.objects.filter(id=str(author.user_id)).update(password="new-hash", email="a@example.org", first_name="New")
    key = ApiKey.objects.create(member=row, name="k", prefix="bw_x", digest=b"d" * 32, scopes=[])
    assert list_changes(key.id).get().columns["digest"] == ["***", "***"]
    with enter(get_installation_id()):
        columns = list_changes(author.user_id).last().columns
    assert columns["password"] == columns["email"] == ["***", "***"]
    assert columns["first_name"] == ["Person", "New"]
    assert "new-hash" not in str(columns)


def test_skipped_columns_are_not_recorded(row: Member) -> None:
    before = list_changes(row.id).count()
    Member.objects.filter(id=row.id).update(last_used_at=models.functions.Now())
    assert list_changes(row.id).count() == before


def test_rows_without_an_organisation_are_recorded_under_the_installation(row: Member, author: Member) -> None:
    with enter(get_installation_id()):
        assert list_changes(author.user_id).filter(operation="INSERT").count() == 1
    assert list_changes(author.user_id).count() == 0


def test_a_change_that_is_undone_leaves_no_record(row: Member) -> None:
    before = list_changes(row.id).count()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        save(row)
        _ = 1 / 0
    assert list_changes(row.id).count() == before


@pytest.mark.parametrize("table", ["audit_event", "audit_change"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET salt = salt", "DELETE FROM {}", "TRUNCATE {}", "SELECT FROM {} FOR UPDATE"]
)
def test_history_is_not_rewritten(row: Member, table: str, statement: str) -> None:
    refused = pytest.raises(ProgrammingError, match="permission denied")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


def test_every_mutable_table_has_its_trigger_and_every_other_is_append_only_or_says_why(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgfoid = 'audit_row_change'::regproc")
        triggered = {name for (name,) in cursor.fetchall()}
    for model in apps.get_models():
        if model.__module__.startswith("bailiwick.") and not getattr(model, "audit_exempt", ""):
            rules = [type(rule) for rule in model._meta.constraints]
            assert (model._meta.db_table in triggered) == (RowChanges in rules)
            assert RowChanges in rules or AppendOnly in rules


def test_a_model_without_history_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with isolate_apps("bailiwick.kernel.tenancy"):

        class Forgotten(OrganizationModel):
            class Meta:
                app_label = "tenancy"

    monkeypatch.setattr(checks, "apps", SimpleNamespace(get_models=lambda: [Forgotten]))
    assert [problem.id for problem in checks.check_history()] == ["audit.E001"]


def test_rows_carry_what_sealing_will_need(row: Member) -> None:
    save(row)
    recorded = list_changes(row.id).last()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        [own] = cursor.fetchone()
    assert (str(recorded.transaction_id), recorded.epoch, len(recorded.salt)) == (own, 1, 16)
