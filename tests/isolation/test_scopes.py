"""What Python refuses before the database is asked, and how scopes begin and end."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.db.models import Count
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bailiwick.apps.predictions.models import Reason
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.errors import NoScope
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.queries import each_organization
from bailiwick.kernel.tenancy.scope import current_scope, enter
from bailiwick.kernel.testing.factories import new_organization

USES: dict[str, Callable[[Any], object]] = {
    "iterate": list,
    "count": lambda rows: rows.count(),
    "exists": lambda rows: rows.exists(),
    "first": lambda rows: rows.first(),
    "aggregate": lambda rows: rows.aggregate(n=Count("id")),
    "iterator": lambda rows: list(rows.iterator()),
    "values": lambda rows: list(rows.values("title")),
    "in_bulk": lambda rows: rows.in_bulk(),
    "update": lambda rows: rows.update(title="x"),
    "delete": lambda rows: rows.delete(),
    "create": lambda rows: rows.create(code=1, title="x"),
    "bulk_create": lambda rows: rows.bulk_create([Reason(code=1, title="x")]),
    "bulk_update": lambda rows: rows.bulk_update([Reason(id=UUID(int=1), code=1, title="x")], ["title"]),
    "get_or_create": lambda rows: rows.get_or_create(code=1),
}


def add_reasons(organization: Organization, *codes: int) -> None:
    with enter(organization.id):
        Reason.objects.bulk_create(Reason(code=code, title=str(organization.id)) for code in codes)


def titles() -> set[str]:
    return set(Reason.objects.values_list("title", flat=True))


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_without_a_scope_every_use_of_a_manager_raises(db: None, use: Callable[[Any], object]) -> None:
    with pytest.raises(NoScope):
        use(Reason.objects.all())


def test_a_queryset_is_not_even_begun_without_a_scope(db: None) -> None:
    with pytest.raises(NoScope):
        Reason.objects.filter(code=1)


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_lazy_queryset_raises_when_it_is_used_after_its_scope(
    organization: Organization, use: Callable[[Any], object]
) -> None:
    add_reasons(organization, 1)
    with enter(organization.id):
        rows = Reason.objects.all()
    with pytest.raises(NoScope):
        use(rows)


def test_a_cursor_left_open_raises_or_yields_nothing_of_the_next_scope(
    organization: Organization, other_organization: Organization
) -> None:
    add_reasons(organization, 1)
    add_reasons(other_organization, *range(1, 4))
    with enter(organization.id):
        rows = Reason.objects.values_list("title", flat=True).iterator(chunk_size=1)
        assert next(rows) == str(organization.id)
    with enter(other_organization.id):
        assert str(other_organization.id) not in list(rows)


@pytest.mark.django_db(transaction=True)
def test_a_scope_without_its_transaction_raises(organization: Organization) -> None:
    from bailiwick.kernel.tenancy.scope import Scope, assume

    with assume(Scope(organization.id)), pytest.raises(NoScope):
        Reason.objects.count()


def test_saving_and_deleting_a_row_outside_a_scope_changes_nothing(organization: Organization) -> None:
    add_reasons(organization, 1)
    with enter(organization.id):
        reason = Reason.objects.get()
    for write in (
        lambda: Reason(code=2, title="x").save(),
        lambda: reason.save(update_fields=["title"]),
        lambda: Reason(id=reason.id, organization_id=organization.id, code=3, title="x").save(force_insert=True),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()
    with enter(organization.id):
        assert list(Reason.objects.values_list("code", flat=True)) == [1]


def test_bulk_writes_touch_the_organisation_in_scope_only(
    organization: Organization, other_organization: Organization
) -> None:
    add_reasons(organization, 1, 2)
    add_reasons(other_organization, 1, 2)
    with enter(other_organization.id):
        foreign = list(Reason.objects.all())
    with enter(organization.id):
        assert Reason.objects.update(policy="changed") == 2
        assert Reason.objects.filter(id__in=[row.id for row in foreign]).update(policy="changed") == 0
        for row in foreign:
            row.policy = "changed"
        assert Reason.objects.bulk_update(foreign, ["policy"]) == 0
        with pytest.raises(DatabaseError), transaction.atomic():
            Reason.objects.bulk_create([Reason(organization_id=other_organization.id, code=9, title="x")])
    with enter(other_organization.id):
        assert list(Reason.objects.values_list("policy", flat=True).order_by("code")) == ["", ""]


def test_a_nested_scope_gives_the_outer_one_back(organization: Organization, other_organization: Organization) -> None:
    add_reasons(organization, 1)
    add_reasons(other_organization, 1)
    with enter(organization.id) as outer:
        with enter(other_organization.id):
            assert titles() == {str(other_organization.id)}
        assert current_scope() == outer
        assert titles() == {str(organization.id)}
        with pytest.raises(ZeroDivisionError), enter(other_organization.id):
            _ = 1 / 0
        assert titles() == {str(organization.id)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM predictions_reason")
        assert cursor.fetchone() == (0,)


def test_upkeep_enters_one_organisation_at_a_time(organization: Organization, other_organization: Organization) -> None:
    add_reasons(organization, 1)
    add_reasons(other_organization, 1)
    seen = {str(scope.organization_id): titles() for scope in each_organization()}
    assert seen[str(organization.id)] == {str(organization.id)}
    assert seen[str(other_organization.id)] == {str(other_organization.id)}


@pytest.mark.django_db(transaction=True)
def test_a_kept_connection_forgets_its_last_scope() -> None:
    organizations = [new_organization() for _ in range(2)]
    for organization in organizations:
        add_reasons(organization, 1)
    for organization in islice(cycle(organizations), 6):
        with enter(organization.id):
            assert titles() == {str(organization.id)}
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*), current_setting('app.organization', true) FROM predictions_reason")
            assert cursor.fetchone() == (0, "")


@pytest.mark.django_db(transaction=True)
def test_threads_that_mix_organisations_see_their_own() -> None:
    organizations = [new_organization() for _ in range(4)]
    for number, organization in enumerate(organizations):
        add_reasons(organization, *range(number + 1))

    def work(number: int) -> list[str]:
        faults = []
        try:
            for organization in islice(cycle(organizations), number, number + 20):
                with enter(organization.id):
                    if titles() != {str(organization.id)}:
                        faults.append(f"{organization.id} saw {titles()}")
        finally:
            connections.close_all()
        return faults

    with ThreadPoolExecutor(8) as threads:
        assert [fault for faults in threads.map(work, range(8)) for fault in faults] == []


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.booleans(), st.sampled_from(["add", "rename", "look", "fail"])), max_size=12))
def test_whatever_two_organisations_do_in_turn_neither_sees_the_other(
    organization: Organization, other_organization: Organization, steps: list[tuple[bool, str]]
) -> None:
    places = {True: organization, False: other_organization}
    expected: dict[bool, int] = {place: _count(places[place]) for place in places}
    for place, step in steps:
        own = str(places[place].id)
        try:
            with enter(places[place].id):
                if step == "add":
                    Reason.objects.create(code=expected[place], title=own)
                    expected[place] += 1
                elif step == "rename":
                    assert Reason.objects.update(policy=own) == expected[place]
                elif step == "fail":
                    Reason.objects.create(code=10_000, title="undone")
                    raise InterruptedError
                assert titles() <= {own}
                assert Reason.objects.exclude(policy__in=["", own]).count() == 0
        except InterruptedError:
            continue
    assert {place: _count(places[place]) for place in places} == expected


def _count(organization: Organization) -> int:
    with enter(organization.id):
        return Reason.objects.count()


def test_while_no_organisation_is_set_a_person_reads_their_own_memberships_only(
    organization: Organization, other_organization: Organization, person: Any
) -> None:
    user, here = person(organization)
    _stranger, _there = person(other_organization)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.organization', '', true), set_config('app.user', %s, true)", [str(user.id)]
        )
        cursor.execute("SELECT id FROM identity_member")
        assert cursor.fetchall() == [(here.id,)]
        cursor.execute("UPDATE identity_member SET department = 'x'")
        assert cursor.rowcount == 0
        cursor.execute("SELECT set_config('app.user', '', true)")
    with enter(organization.id, user_id=user.id):
        assert list(Member.objects.all()) == [here]
