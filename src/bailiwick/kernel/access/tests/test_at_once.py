"""Two who write at the same moment do not bring about together what neither may alone."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic
from typing import Any

import pytest
from django.db import connection

from bailiwick.kernel.access.actions import approve_grant, edit_role, end_grant, give_grant
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import GrantOver, GrantTooWide, RightsInConflict
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.access.tests.giving import (
    APART,
    CHECK,
    CHECKER,
    DO,
    DOER,
    PAYER,
    TRUSTED,
    declared,
    give,
    role_of,
)
from bailiwick.kernel.base.errors import DomainError
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for, new_member

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _declared(monkeypatch: pytest.MonkeyPatch, organization: Organization) -> None:
    with declared(monkeypatch, organization, APART):
        pass


@pytest.fixture
def administrators(organization: Organization) -> list[Actor]:
    return [actor_for(new_member(organization, "administrator")) for _ in range(2)]


@pytest.fixture
def holder(organization: Organization) -> Member:
    return new_member(organization)


def before(organization: Organization, *actions: Callable[[], Any]) -> list[Any]:
    """What has been done, and is there for everybody."""
    with enter(organization.id):
        return [action() for action in actions]


def while_open(organization: Organization, first: Callable[[], Any], second: Callable[[], Any]) -> str:
    """What becomes of `second`, begun while the transaction of `first` is open and has written."""

    def go() -> str:
        try:
            with enter(organization.id):
                second()
            return "done"
        except DomainError as refusal:
            return type(refusal).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with enter(organization.id):
            first()
            other = pool.submit(go)
            _let_wait(other)
        return other.result(timeout=30)


WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"


def _let_wait(other: "Future[str]") -> None:
    """Until the other waits for this one's locks; whoever is done sooner did not take turns."""
    deadline = monotonic() + 20
    while monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
        try:
            pytest.fail(f"it did not wait: {other.result(timeout=0.02)}")
        except TimeoutError:
            continue
    pytest.fail("it did nothing")


def test_two_halves_given_at_once(organization: Organization, administrators: list[Actor], holder: Member) -> None:
    one, other = administrators
    outcome = while_open(
        organization,
        lambda: give_grant(actor=one, member_id=holder.id, role=DOER),
        lambda: give_grant(actor=other, member_id=holder.id, role=CHECKER),
    )
    assert outcome == RightsInConflict.__name__
    with enter(organization.id):
        assert list(Grant.objects.filter(member=holder).values_list("role", flat=True)) == [DOER]


def test_one_half_given_and_the_other_put_into_a_role(
    organization: Organization, administrators: list[Actor], holder: Member
) -> None:
    one, other = administrators
    _given, payer = before(organization, lambda: give(one, holder, PAYER), lambda: role_of(PAYER))
    outcome = while_open(
        organization,
        lambda: give_grant(actor=one, member_id=holder.id, role=DOER),
        lambda: edit_role(actor=other, role_id=payer.id, rights=[CHECK]),
    )
    assert outcome == RightsInConflict.__name__


def test_one_half_put_into_a_role_and_the_other_given(
    organization: Organization, administrators: list[Actor], holder: Member
) -> None:
    one, other = administrators
    [payer] = before(organization, lambda: role_of(PAYER))
    outcome = while_open(
        organization,
        lambda: (edit_role(actor=one, role_id=payer.id, rights=[CHECK]), give(one, holder, PAYER)),
        lambda: give_grant(actor=other, member_id=holder.id, role=DOER),
    )
    assert outcome == RightsInConflict.__name__


def test_two_edits_that_make_two_halves(
    organization: Organization, administrators: list[Actor], holder: Member
) -> None:
    one, other = administrators
    doer, payer = before(organization, lambda: role_of(DOER), lambda: role_of(PAYER))
    before(
        organization,
        lambda: edit_role(actor=one, role_id=doer.id, rights=[]),
        lambda: give(one, holder, DOER),
        lambda: give(one, holder, PAYER),
    )
    outcome = while_open(
        organization,
        lambda: edit_role(actor=one, role_id=doer.id, rights=[DO]),
        lambda: edit_role(actor=other, role_id=payer.id, rights=[CHECK]),
    )
    assert outcome == RightsInConflict.__name__


def test_passing_on_what_is_just_ended(organization: Organization, administrators: list[Actor], holder: Member) -> None:
    taker = new_member(organization)
    [own] = before(organization, lambda: give(administrators[0], holder, DOER, is_passable=True))
    passer = actor_for(holder)
    outcome = while_open(
        organization,
        lambda: end_grant(actor=administrators[0], grant_id=own.id),
        lambda: give_grant(actor=passer, member_id=taker.id, role=DOER),
    )
    assert outcome == GrantTooWide.__name__


def test_ending_what_is_just_passed_on_ends_that_as_well(
    organization: Organization, administrators: list[Actor], holder: Member
) -> None:
    taker = new_member(organization)
    [own] = before(organization, lambda: give(administrators[0], holder, DOER, is_passable=True))
    passer = actor_for(holder)
    outcome = while_open(
        organization,
        lambda: give_grant(actor=passer, member_id=taker.id, role=DOER),
        lambda: end_grant(actor=administrators[0], grant_id=own.id),
    )
    assert outcome == "done"
    with enter(organization.id):
        assert not Grant.objects.filter(revoked_at=None, role=DOER).exists()


def test_approving_what_is_just_refused(
    organization: Organization, administrators: list[Actor], holder: Member
) -> None:
    one, other = administrators
    [grant] = before(organization, lambda: give(one, holder, TRUSTED))
    outcome = while_open(
        organization,
        lambda: end_grant(actor=one, grant_id=grant.id),
        lambda: approve_grant(actor=other, grant_id=grant.id),
    )
    assert outcome == GrantOver.__name__
