"""The statistics by API: who may ask, what by, and in how many statements."""

from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localtime, override

from bailiwick.apps.predictions.actions.tallies import count_piece
from bailiwick.apps.predictions.models import ModelVersion
from bailiwick.apps.predictions.queries.statistics import Scope, get_statistics
from bailiwick.apps.predictions.tests.asking import ask, decide
from bailiwick.apps.predictions.tests.factories import submitted
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.testing.clients import with_key, with_token
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.testing.sealing import wait_for_horizon

PATH = "/api/predictions/statistics"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner(organization: Any) -> Any:
    return new_member(organization, "model-owner", "reviewer", name="Olga Owner")


@pytest.fixture
def reviewer(organization: Any) -> Any:
    return new_member(organization, "reviewer", name="Rosa Reviewer")


@pytest.fixture
def counted(organization: Any, scope: Any, owner: Any, reviewer: Any) -> Any:
    """Two sampled predictions of one model, of which the two agree on the first; and two of another, not sampled."""
    one, other = actor_for(owner), actor_for(reviewer)
    with scope(organization):
        ask(one, "1")
        for n in range(2):
            submitted(one, model_name="judge", model_version="1", confidence="0.95", product_id=f"same-{n}")
        _both(one, other)
        ask(one, "0")
        for n in range(2):
            submitted(
                one, model_name="judge", model_version="2", confidence="0.55", verdict="accept", product_id=f"same-{n}"
            )
        decide(one, "accept")
        decide(one, "reject")
        submitted(one)
    return organization


def _both(one: Actor, other: Actor) -> None:
    decide(one, "reject")
    decide(one, "reject")
    decide(other, "reject")
    decide(other, "accept")


def asked(client: Client, **query: Any) -> Any:
    answer = client.get(PATH, query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_every_share_has_its_cases_and_its_interval(counted: Any, owner: Any) -> None:
    found = asked(with_token(owner))
    assert found["interval"] == {"method": "wilson", "level": 0.95}
    sample, rest = found["random_sample"], found["chosen_otherwise"]
    assert sample["accuracy"]["n"] == 1, "the other one waits for a third opinion"
    assert (rest["accuracy"]["hits"], rest["accuracy"]["n"]) == (1, 2)
    assert rest["accuracy"]["low"] == pytest.approx(0.0945, abs=5e-5)
    assert [each["accuracy"]["n"] for each in rest["by_confidence"]] == [0, 0, 0, 0, 0, 2, 0, 0, 0, 0]
    assert rest["calibration"] == {"n": 2, "brier": pytest.approx(0.2525), "expected_error": pytest.approx(0.05)}
    assert found["open"]["by_state"] == {"waiting": 1, "second": 0, "disputed": 1, "held": 0}
    assert sum(age["n"] for age in found["open"]["ages"]) == found["open"]["n"] == 2
    assert found["decided"]["n"] == sum(day["n"] for day in found["decided"]["per_day"]) == 3
    assert found["agreement"]["percent"]["hits"] == 1
    [pair] = found["pairs"]
    assert (pair["first"]["name"], pair["second"]["name"], pair["n"]) == ("Olga Owner", "Rosa Reviewer", 2)
    assert {each["member"]["name"]: each["opinions"] for each in found["reviewers"]} == {
        "Olga Owner": 4,
        "Rosa Reviewer": 2,
    }


def test_figures_are_the_same_once_they_are_counted(counted: Any, owner: Any, scope: Any) -> None:
    before = asked(with_token(owner))
    wait_for_horizon()
    with scope(counted):
        assert count_piece() == 6
    assert asked(with_token(owner)) | {"as_of": ""} == before | {"as_of": ""}


@pytest.mark.parametrize(
    ("query", "decided"),
    [
        ({"model": "judge"}, 3),
        ({"model": "judge", "version": "1"}, 1),
        ({"model": "nobody"}, 0),
        ({"sampled": "true"}, 1),
        ({"sampled": "false"}, 2),
        ({"reason_id": "266544"}, 3),
        ({"reason_id": "1"}, 0),
        ({"decided_before": "2020-01-01T00:00:00Z"}, 0),
        ({"decided_after": "2020-01-01T00:17:00Z"}, 3),
        ({"received_before": "2020-01-01T00:00:00Z"}, 0),
        ({"received_after": "2020-01-01T00:00:00Z", "model": "judge", "version": "2"}, 2),
    ],
)
def test_every_parameter_narrows(counted: Any, owner: Any, scope: Any, query: dict[str, str], decided: int) -> None:
    for _counted in range(2):
        found = asked(with_token(owner), **query)
        assert found["decided"]["n"] == decided
        assert found["random_sample"]["accuracy"]["n"] + found["chosen_otherwise"]["accuracy"]["n"] == decided
        with scope(counted):
            count_piece()


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kolkata", "Pacific/Chatham"])
def test_days_are_those_of_the_reader(counted: Any, owner: Any, scope: Any, zone: str) -> None:
    with scope(counted), override(zone):
        count_piece()
        [decision] = Decision.objects.order_by("-id")[:1]
        found = get_statistics(actor_for(owner), Scope())
        assert found.days[-1].day == localtime(decision.decided_at).date()
        since = localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        today = get_statistics(actor_for(owner), Scope(decided_since=since))
        assert today.decided == sum(day.n for day in found.days if day.day == since.date())


def test_what_is_not_understood_is_refused(owner: Any) -> None:
    client = with_token(owner)
    for query in {"modell": "x"}, {"decided_after": "soon"}, {"version": "1"}:
        answer = client.get(PATH, query)
        assert answer.status_code == 400, answer.content
        assert answer.json()["errors"].keys() == query.keys()


def test_a_reviewer_sees_what_is_told_of_reviewers_for_themselves(counted: Any, reviewer: Any) -> None:
    found = asked(with_token(reviewer))
    assert [each["member"]["name"] for each in found["reviewers"]] == ["Rosa Reviewer"]
    assert found["pairs"] == []
    assert found["mine"]["decided"] == 2


def test_who_has_no_business_with_predictions_gets_nothing(organization: Any) -> None:
    assert with_key(new_member(organization, kind="program")).get(PATH).status_code == 403


def test_at_most_ten_statements(counted: Any, owner: Any, count_statements: Any) -> None:
    client = with_token(owner)
    asked(client)
    with count_statements() as seen:
        asked(client)
    assert seen.count <= 10, seen.calls


def test_two_versions_are_compared_on_what_both_judged(counted: Any, owner: Any, reviewer: Any, scope: Any) -> None:
    with scope(counted):
        one, two = (str(each.id) for each in ModelVersion.objects.filter(name="judge").order_by("version"))
    client = with_token(owner)
    answer = client.get(f"{PATH}/comparison", {"first": one, "second": two})
    assert answer.status_code == 200, answer.content
    found = answer.json()
    assert found["n"] == 2
    assert {(each["first"], each["second"]): each["n"] for each in found["verdicts"]} == {
        ("accept", "accept"): 0,
        ("accept", "reject"): 0,
        ("reject", "accept"): 2,
        ("reject", "reject"): 0,
    }
    assert found["contested"] == 1, "people rejected it for one and accepted it for the other"
    assert (found["only_first_right"], found["mcnemar"]["n"], found["mcnemar"]["p"]) == (1, 1, 1.0)
    assert found["accuracy"]["first"]["n"] == found["accuracy"]["second"]["n"] == 1
    assert client.get(f"{PATH}/comparison", {"first": one}).status_code == 400
    unknown = client.get(f"{PATH}/comparison", {"first": one, "second": str(owner.id)})
    assert (unknown.status_code, list(unknown.json()["errors"])) == (400, ["second"])
    assert with_token(reviewer).get(f"{PATH}/comparison", {"first": one, "second": two}).status_code == 403
