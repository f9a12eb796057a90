"""Rights that nobody holds together over the same thing at the same time."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils.timezone import now

from bailiwick.kernel.access.actions import (
    add_conflict,
    add_role,
    approve_grant,
    edit_role,
    end_conflict,
    end_grant,
    follow_role,
    setup_roles,
    write_grant,
)
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden, RightsInConflict
from bailiwick.kernel.access.models import ConflictingPair, Grant, Role
from bailiwick.kernel.access.queries.conflicts import list_conflicts, list_holders_of_both
from bailiwick.kernel.access.tests.giving import (
    APART,
    CHECK,
    CHECKER,
    DAY,
    DO,
    DOER,
    PAY,
    PAYER,
    TRUSTED,
    declared,
    deputise,
    give,
    may,
    role_of,
)
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.testing.factories import Scoped, actor_for, new_member


@pytest.fixture(autouse=True)
def _declared(monkeypatch: pytest.MonkeyPatch, organization: Organization) -> Iterator[None]:
    with declared(monkeypatch, organization, APART):
        yield


@pytest.fixture
def people(organization: Organization) -> list[Member]:
    return [new_member(organization) for _ in range(3)]


def refused(action: Callable[[], Any]) -> RightsInConflict:
    with pytest.raises(RightsInConflict) as refusal, transaction.atomic():
        action()
    return refusal.value


def test_the_other_half_is_refused_and_says_why(administrator: Actor, people: list[Member]) -> None:
    holder = people[0]
    give(administrator, holder)
    error = refused(lambda: give(administrator, holder, CHECKER))
    assert error.data == {
        "first": CHECK,
        "second": DO,
        "reason": APART.reason,
        "member": str(holder.id),
        "name": holder.name,
    }
    assert may(holder, DO) and not may(holder, CHECK)
    give(administrator, people[1], CHECKER)


HOUR = timedelta(hours=1)
SPANS: dict[str, tuple[tuple[int | None, int | None], tuple[int | None, int | None], bool]] = {
    "one after the other": ((None, 5), (5, 9), False),
    "one before the other": ((5, 9), (None, 5), False),
    "touching by an hour": ((None, 5), (4, 9), True),
    "one within the other": ((None, None), (4, 9), True),
    "both to come": ((3, 6), (5, None), True),
    "apart, both to come": ((3, 4), (5, None), False),
    "together only in the past": ((-9, 4), (-8, -2), False),
}


@pytest.mark.parametrize("name", SPANS)
def test_only_grants_that_overlap_in_time_conflict(administrator: Actor, people: list[Member], name: str) -> None:
    one, other, is_refused = SPANS[name]
    moment = now()

    def window(span: tuple[int | None, int | None]) -> dict[str, Any]:
        begins, ends = (hours if hours is None else moment + hours * HOUR for hours in span)
        return {"valid_from": begins, "valid_until": ends}

    give(administrator, people[0], DOER, **window(one))
    if is_refused:
        refused(lambda: give(administrator, people[0], CHECKER, **window(other)))
    else:
        give(administrator, people[0], CHECKER, **window(other))


@pytest.mark.parametrize(
    ("one", "other", "is_refused"),
    [(None, None, True), (None, 1, True), (1, None, True), (1, 1, True), (1, 2, False)],
)
def test_only_grants_that_meet_in_an_object_conflict(
    administrator: Actor, people: list[Member], one: int | None, other: int | None, is_refused: bool
) -> None:
    def over(number: int | None) -> Member | None:
        return None if number is None else people[number]

    give(administrator, people[0], DOER, over=over(one))
    if is_refused:
        refused(lambda: give(administrator, people[0], CHECKER, over=over(other)))
    else:
        give(administrator, people[0], CHECKER, over=over(other))


def test_what_ended_or_waits_stands_in_nobodys_way(
    administrator: Actor, people: list[Member], organization: Organization
) -> None:
    holder, other = people[:2]
    end_grant(actor=administrator, grant_id=give(administrator, holder).id)
    waiting = give(administrator, other, TRUSTED)
    for member in (holder, other):
        give(administrator, member, CHECKER)
    second = actor_for(new_member(organization, "administrator"))
    refused(lambda: approve_grant(actor=second, grant_id=waiting.id))
    waiting.refresh_from_db()
    assert waiting.approved_at is None and not may(other, DO)


def test_a_waiting_grant_is_refused_where_it_could_never_be_approved(
    administrator: Actor, people: list[Member]
) -> None:
    give(administrator, people[0], CHECKER)
    refused(lambda: give(administrator, people[0], TRUSTED))


def test_passing_on_and_deputies_are_refused_as_well(administrator: Actor, people: list[Member]) -> None:
    giver, holder = people[:2]
    give(administrator, giver, DOER, is_passable=True)
    give(administrator, holder, CHECKER)
    refused(lambda: give(actor_for(giver), holder))
    refused(lambda: deputise(actor_for(giver), holder, now() + DAY))
    assert Grant.objects.filter(member=holder).count() == 1
    deputise(actor_for(giver), people[2], now() + DAY)


def test_an_edit_that_would_join_two_halves_in_one_hand_is_refused(administrator: Actor, people: list[Member]) -> None:
    holder, thing, other = people
    give(administrator, holder, DOER, over=thing)
    give(administrator, holder, PAYER)
    payer = role_of(PAYER)
    error = refused(lambda: edit_role(actor=administrator, role_id=payer.id, rights=[PAY, CHECK]))
    assert error.data["member"] == str(holder.id)
    assert not may(holder, CHECK)
    Grant.objects.filter(member=holder, role=PAYER).update(object_type="identity.member", object_id=other.id)
    edit_role(actor=administrator, role_id=payer.id, rights=[PAY, CHECK])
    assert may(holder, CHECK, over=other) and may(holder, DO, over=thing)


def test_one_role_never_contains_both(administrator: Actor, people: list[Member]) -> None:
    refused(lambda: edit_role(actor=administrator, role_id=role_of(DOER).id, rights=[DO, CHECK]))
    refused(lambda: add_role(actor=administrator, code="both", title="Both", rights=[DO, CHECK]))
    assert not Role.objects.filter(code="both").exists()


def test_what_is_joined_already_may_be_lessened_and_is_not_given(
    administrator: Actor, people: list[Member], organization: Organization
) -> None:
    role = add_role(actor=administrator, code="both", title="Both", rights=[DO, PAY])
    holder = new_member(organization, "both")
    add_conflict(actor=administrator, first=PAY, second=DO, reason="Nobody pays themselves")
    assert [(each.pair.first, each.member, each.one, each.other) for each in list_holders_of_both(administrator)] == [
        (DO, holder, held := Grant.objects.get(member=holder), held)
    ]
    refused(lambda: give(administrator, people[0], "both"))
    edit_role(actor=administrator, role_id=role.id, rights=[DO, PAY], title="Both of them")
    edit_role(actor=administrator, role_id=role.id, rights=[PAY], title="Both of them")
    assert list_holders_of_both(administrator) == []
    give(administrator, people[0], "both")


def test_following_again_is_an_edit(administrator: Actor, people: list[Member]) -> None:
    doer = role_of(DOER)
    edit_role(actor=administrator, role_id=doer.id, rights=[])
    give(administrator, people[0], DOER)
    give(administrator, people[0], CHECKER)
    refused(lambda: follow_role(actor=administrator, role_id=doer.id))


def test_a_release_that_joins_two_halves_is_not_stopped_but_shown(
    administrator: Actor, people: list[Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    give(administrator, people[0], DOER)
    give(administrator, people[0], PAYER)
    monkeypatch.setitem(registry().roles, PAYER, replace(registry().roles[PAYER], rights=(PAY, CHECK)))
    setup_roles()
    assert [each.member for each in list_holders_of_both(administrator)] == [people[0]]


def test_an_organisation_adds_a_pair_and_ends_it(administrator: Actor, people: list[Member]) -> None:
    holder = people[0]
    for role in (DOER, PAYER):
        give(administrator, holder, role)
    pair = add_conflict(actor=administrator, first=PAY, second=DO, reason="  Nobody pays   themselves ")
    assert (pair.first, pair.second, pair.reason) == (DO, PAY, "Nobody pays themselves")
    assert may(holder, DO) and may(holder, PAY)
    [found] = list_holders_of_both(administrator)
    assert (found.member, found.one.role, found.other.role) == (holder, DOER, PAYER)
    give(administrator, people[1])
    refused(lambda: give(administrator, people[1], PAYER))
    shown = [(each.first, each.second, each.is_declared) for each in list_conflicts(administrator)]
    assert shown == [(CHECK, DO, True), (DO, PAY, False)]
    for _ in range(2):
        assert end_conflict(actor=administrator, pair_id=pair.id).ended_at
    give(administrator, people[1], PAYER)
    verbs = Event.objects.filter(subject_id=pair.id).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["access.conflict.added", "access.conflict.ended"]
    assert add_conflict(actor=administrator, first=DO, second=PAY, reason="Again").id != pair.id


NO_PAIRS: dict[str, tuple[dict[str, str], str]] = {
    "a right that nobody declares": ({"first": "zoo.keep"}, "first"),
    "one right twice": ({"first": PAY}, "second"),
    "what is declared already": ({"first": DO, "second": CHECK}, "second"),
    "no reason": ({"reason": "  "}, "reason"),
    "a reason without end": ({"reason": "x" * 501}, "reason"),
}


@pytest.mark.parametrize("name", NO_PAIRS)
def test_what_is_no_pair_is_refused(administrator: Actor, name: str) -> None:
    values, field = NO_PAIRS[name]
    with pytest.raises(InvalidInput) as refusal, transaction.atomic():
        add_conflict(actor=administrator, **({"first": DO, "second": PAY, "reason": "Because"} | values))
    assert field in refusal.value.fields


def test_only_who_manages_access_keeps_rights_apart(
    administrator: Actor, people: list[Member], other_organization: Organization, scope: Scoped
) -> None:
    actor = actor_for(people[0])
    pair = add_conflict(actor=administrator, first=DO, second=PAY, reason="Because")
    attempts: list[Callable[[], Any]] = [
        lambda: add_conflict(actor=actor, first=CHECK, second=PAY, reason="Because"),
        lambda: end_conflict(actor=actor, pair_id=pair.id),
        lambda: list_conflicts(actor),
        lambda: list_holders_of_both(actor),
    ]
    for attempt in attempts:
        with pytest.raises(Forbidden), transaction.atomic():
            attempt()
    with scope(other_organization):
        stranger = actor_for(new_member(other_organization, "administrator"))
        assert not ConflictingPair.objects.exists()
        with pytest.raises(NotFound), transaction.atomic():
            end_conflict(actor=stranger, pair_id=pair.id)
    with pytest.raises(NotFound), transaction.atomic():
        end_conflict(actor=administrator, pair_id=uuid4())


def test_who_has_left_is_not_shown_and_may_not_come_back_with_both(
    administrator: Actor, people: list[Member], organization: Organization
) -> None:
    system = ActorRef(organization.id, None, "system")
    for role in (DOER, CHECKER):
        write_grant(system, people[0].id, role)
    write_grant(system, people[1].id, DOER)
    write_grant(system, people[1].id, PAYER)
    Member.objects.filter(id__in=[people[0].id, people[1].id]).update(is_active=False)
    assert list_holders_of_both(administrator) == []
    refused(lambda: edit_role(actor=administrator, role_id=role_of(PAYER).id, rights=[CHECK]))
