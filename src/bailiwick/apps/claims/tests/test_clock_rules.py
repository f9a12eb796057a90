"""The rules of deadlines: what may be added and ended, and that the past stays as it was."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils.timezone import localdate

from bailiwick.apps.claims.actions.clock_rules import add_clock_rule, end_clock_rule
from bailiwick.apps.claims.choices import ClockKind
from bailiwick.apps.claims.models import ClockRule
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import actor_for, new_member

TODAY = localdate()
FORMER = date(2020, 1, 1)
A_DAY = timedelta(days=1)
ADDRESS = "/settings/claims/deadlines/"


@pytest.fixture
def admin(organization: Any) -> Actor:
    return actor_for(new_member(organization, "claims-admin"))


@pytest.fixture
def client(organization: Any) -> Client:
    return with_session(new_member(organization, "claims-admin"))


@pytest.fixture
def former(organization: Any, scope: Any) -> ClockRule:
    with scope(organization):
        return ClockRule.objects.create(kind=ClockKind.PAYMENT, days=30, basis="Law", valid_from=FORMER)


def add(actor: Actor, valid_from: date = TODAY, **values: Any) -> ClockRule:
    given = {"kind": ClockKind.PAYMENT, "days": 20, "basis": "42 CFR 447.45(d)"}
    return add_clock_rule(actor=actor, valid_from=valid_from, **(given | values))


def test_a_new_rule_ends_the_one_for_the_same_claims_the_day_before(
    admin: Actor, former: ClockRule, organization: Any, scope: Any
) -> None:
    with scope(organization):
        add(admin, is_paper=True)
        former.refresh_from_db()
        assert former.valid_until is None
        add(admin, TODAY + 7 * A_DAY)
        former.refresh_from_db()
        assert (former.valid_until, former.days) == (TODAY + 6 * A_DAY, 30)


def test_nothing_is_added_for_days_that_passed_nor_before_what_is_there(
    admin: Actor, organization: Any, scope: Any
) -> None:
    with scope(organization):
        add(admin, TODAY + 7 * A_DAY)
        for day in (TODAY - A_DAY, TODAY, TODAY + 7 * A_DAY):
            with pytest.raises(InvalidInput) as refusal, transaction.atomic():
                add(admin, day)
            assert list(refusal.value.fields) == ["valid_from"]
        assert ClockRule.objects.count() == 1


def test_a_rule_ends_from_yesterday_on_and_once(admin: Actor, former: ClockRule, organization: Any, scope: Any) -> None:
    with scope(organization):
        with pytest.raises(InvalidInput), transaction.atomic():
            end_clock_rule(actor=admin, rule_id=former.id, valid_until=TODAY - 2 * A_DAY)
        for day in (TODAY, TODAY - A_DAY):
            assert end_clock_rule(actor=admin, rule_id=former.id, valid_until=day).valid_until == day
        with pytest.raises(InvalidInput), transaction.atomic():
            end_clock_rule(actor=admin, rule_id=former.id, valid_until=TODAY)


def test_an_end_is_not_put_off(admin: Actor, former: ClockRule, organization: Any, scope: Any) -> None:
    with scope(organization):
        end_clock_rule(actor=admin, rule_id=former.id, valid_until=TODAY)
        with pytest.raises(InvalidInput), transaction.atomic():
            end_clock_rule(actor=admin, rule_id=former.id, valid_until=TODAY + A_DAY)


def test_only_who_sets_claims_up_does(
    former: ClockRule, organization: Any, other_organization: Any, scope: Any
) -> None:
    processor = actor_for(new_member(organization, "claims-processor"))
    with scope(organization):
        with pytest.raises(Forbidden):
            add(processor)
        with pytest.raises(Forbidden):
            end_clock_rule(actor=processor, rule_id=former.id, valid_until=TODAY)
    stranger = actor_for(new_member(other_organization, "claims-admin"))
    with scope(other_organization), pytest.raises(NotFound):
        end_clock_rule(actor=stranger, rule_id=former.id, valid_until=TODAY)
    assert with_session(new_member(organization, "claims-processor")).get(ADDRESS).status_code == 403


def test_deadlines_are_added_and_ended_on_pages(
    client: Client, former: ClockRule, organization: Any, scope: Any
) -> None:
    given = {
        "kind": "payment",
        "days": "45",
        "line_of_business": "commercial",
        "is_paper": "paper",
        "interest": "0.1",
        "basis": "State law",
        "valid_from": TODAY.isoformat(),
    }
    assert TODAY.isoformat() in client.get(f"{ADDRESS}new/").content.decode()
    assert client.post(f"{ADDRESS}new/", given | {"valid_from": "2020-01-01"}).status_code == 422
    page = client.post(f"{ADDRESS}new/", given, follow=True).content.decode()
    for shown in ("Deadline added.", "State law", "Commercial", "on paper", "10.00%", "30", "either way"):
        assert shown in page
    with scope(organization):
        assert ClockRule.objects.get(days=45).interest == Decimal("0.1")
    end = f"{ADDRESS}{former.id}/end/"
    assert "Prompt payment, 30 days" in client.get(end).content.decode()
    assert client.post(end, {"valid_until": "2020-01-01"}).status_code == 422
    assert "The deadline ends." in client.post(end, {"valid_until": TODAY.isoformat()}, follow=True).content.decode()
