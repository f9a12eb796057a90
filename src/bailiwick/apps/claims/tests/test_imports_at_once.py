"""Imports beside each other, and newcomers of claims that come to nothing."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from bailiwick.apps.claims.models import Claim, ClaimLine, Patient, Provider
from bailiwick.apps.claims.tests.files import begun, brought, counts, finished, table
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for

pytestmark = pytest.mark.django_db(transaction=True)

HEADING = ["Number", "First name", "Last name", "Birth date", "Provider name", "DOS", "Procedure", "Amount"]


def rows(many: int, birth: str = "1985-12-10", amount: str = "75") -> list[list[Any]]:
    return [
        [f"B-{number}", "Ada", "Lovelace", birth, "New clinic", "2026-03-02", "10001", amount] for number in range(many)
    ]


@pytest.fixture
def admin(organization: Any, member: Any) -> Any:
    return actor_for(member(organization, "claims-admin"))


def test_one_file_that_is_sent_several_times_at_once_has_one_effect(admin: Any, organization: Any) -> None:
    opened = [begun(admin, table(rows(60), HEADING), adds_parties=True) for _ in range(3)]

    def work(number: int) -> Any:
        """An organisation's imports follow on each other: whoever finds one at work comes again."""
        deadline = time.monotonic() + 60
        try:
            while not (done := finished(organization.id, opened[number])).job.is_over:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            return done
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as threads:
        done = list(threads.map(work, range(3)))
    assert [each.job.error for each in done] == [""] * 3
    assert sorted(map(counts, done)) == [(0, 60, 0), (0, 60, 0), (60, 0, 0)]
    with enter(organization.id):
        assert (Claim.objects.count(), ClaimLine.objects.count()) == (60, 60)
        assert (Patient.objects.count(), Provider.objects.count()) == (1, 1)


@pytest.mark.parametrize(("birth", "amount"), [("2026-03-03", "75"), ("2999-01-01", "75"), ("1985-12-10", "-75")])
def test_a_claim_that_is_refused_leaves_nobody_behind(birth: str, amount: str, admin: Any, organization: Any) -> None:
    heading = [*HEADING, "Patient"]
    wrong = [[*row, "P-7"] for row in rows(1, birth, amount)]
    assert counts(brought(admin, table(wrong, heading), adds_parties=True)) == (0, 0, 1)
    with enter(organization.id):
        assert not Patient.objects.exists()
        assert not Provider.objects.exists()
    right = [[*row, "P-7"] for row in rows(1)]
    assert counts(brought(admin, table(right, heading), adds_parties=True)) == (1, 0, 0)
