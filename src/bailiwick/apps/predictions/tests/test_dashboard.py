"""The dashboard: every figure opens the list of what it counts, and the list's total is the figure."""

import html
import re
from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from bailiwick.apps.predictions.actions.labels import start_labels
from bailiwick.apps.predictions.actions.review import decide_prediction
from bailiwick.apps.predictions.actions.tallies import count_piece
from bailiwick.apps.predictions.models import ModelVersion
from bailiwick.apps.predictions.queries.labels import COLUMNS
from bailiwick.apps.predictions.tests.asking import ask, decide, make_gold, take
from bailiwick.apps.predictions.tests.factories import submitted
from bailiwick.apps.predictions.values import AddedAnswer, Answer, ReasonAnswer
from bailiwick.apps.predictions.web.figures import measure, seconds
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.files.queries import get_file, open_content
from bailiwick.kernel.files.reading import read_rows
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.tasks import run_job
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.web.figures import number, percent

pytestmark = pytest.mark.django_db(transaction=True)

FIGURE = re.compile(r'href="(/rejection-reasons/[^"]*)" data-n="(\d+)"')
TOTAL = re.compile(r'<b class="ink">([\d,]+)</b>')


@pytest.fixture
def owner(organization: Any) -> Any:
    return new_member(organization, "model-owner", "reviewer", name="Olga Owner")


@pytest.fixture
def reviewer(organization: Any) -> Any:
    return new_member(organization, "reviewer", name="Rosa Reviewer")


@pytest.fixture
def client(owner: Any) -> Client:
    return with_session(owner)


@pytest.fixture
def reviewed(organization: Any, scope: Any, owner: Any, reviewer: Any) -> Any:
    """Some of everything: sampled and not, agreed on and not, gold, added reasons, two models, one without a name."""
    one, other = actor_for(owner), actor_for(reviewer)
    with scope(organization):
        ask(one, "1")
        for number in range(3):
            submitted(one, model_name="judge", model_version="1", confidence="0.95", product_id=f"same-{number}")
        for verdict in ("reject", "accept", "reject"):
            decide(one, verdict)
        for _ in range(2):
            decide(other, "reject")
        ask(one, "0")
        for number in range(3):
            values = {"confidence": f"0.{55 + number * 10}"} if number else {}
            submitted(one, model_name="judge", model_version="2", product_id=f"same-{number}", **values)
        _decide_the_rest(one)
        known = submitted(one)
        decide(one, "reject")
        make_gold(one, known)
        ask(one, "0", "1")
        submitted(one)
        submitted(one)
        decide(other, "reject")
        decide(other, "accept")
        take(one)
    return organization


def _decide_the_rest(one: Any) -> None:
    """Each in another way."""
    for answer in (
        Answer("reject", (ReasonAnswer(266544, "confirmed"),)),
        Answer("accept", (ReasonAnswer(266544, "overridden", "It names whose life."),)),
        Answer("reject", (ReasonAnswer(266544, "confirmed"),), added=(AddedAnswer(title="Claims to heal"),)),
    ):
        claim = take(one)
        assert claim is not None
        _store(one, claim, answer)


def _store(one: Any, claim: Any, answer: Answer) -> None:
    if claim.is_blind:
        answer = Answer(answer.verdict, added=answer.added)
    decide_prediction(actor=one, prediction_id=claim.subject_id, token=claim.token, answer=answer)


def figures(answer: Any) -> list[tuple[str, int]]:
    assert answer.status_code == 200, answer.content
    return [(html.unescape(url), int(n)) for url, n in FIGURE.findall(answer.content.decode())]


def total(client: Client, url: str) -> int:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.content)
    found = TOTAL.search(answer.content.decode())
    return int(found[1].replace(",", "")) if found else 0


@pytest.mark.parametrize("query", ["", "?sample=other", "?sample=random&period=all", "?period=7&sample=other"])
def test_every_figure_opens_the_list_of_what_it_counts(reviewed: Any, scope: Any, client: Client, query: str) -> None:
    for _counted in range(2):
        found = figures(client.get(f"/dashboard{query}"))
        assert len(found) > 20
        assert {url: total(client, url) for url, _n in found} == dict(found)
        with scope(reviewed):
            count_piece()


def test_figures_of_one_model_are_of_that_model(reviewed: Any, scope: Any, client: Client) -> None:
    with scope(reviewed):
        version = ModelVersion.objects.get(version="2")
    found = figures(client.get(f"/dashboard?model={version.id}&sample=other"))
    assert len(found) > 10
    assert {url: total(client, url) for url, _n in found} == dict(found)


def test_two_versions_are_compared_and_every_figure_opens(reviewed: Any, scope: Any, client: Client) -> None:
    with scope(reviewed):
        one, two = ModelVersion.objects.order_by("version")
    answer = client.get(f"/dashboard/comparison/?one={one.id}&two={two.id}")
    found = figures(answer)
    assert figures(client.get("/dashboard/comparison/")) == found
    assert "same version" not in answer.content.decode()
    assert "same version" in client.get(f"/dashboard/comparison/?one={one.id}&two={one.id}").content.decode()
    assert len(found) >= 4
    assert {url: total(client, url) for url, _n in found} == dict(found)


def test_a_reviewer_sees_their_own_numbers_and_nobody_elses(reviewed: Any, reviewer: Any) -> None:
    client = with_session(reviewer)
    answer = client.get("/dashboard")
    text = answer.content.decode()
    assert "Rosa Reviewer" in text
    assert "Olga Owner" not in text
    assert "Gold" not in text
    found = figures(answer)
    assert {url: total(client, url) for url, _n in found} == dict(found)
    assert client.get("/dashboard/comparison/").status_code == 403
    assert client.post("/dashboard/labels/", {"kind": "csv"}).status_code == 403


def test_a_reviewer_does_not_learn_what_is_gold_from_a_filter(reviewed: Any, reviewer: Any) -> None:
    answer = with_session(reviewer).get(f"/rejection-reasons/?gold_by={reviewer.id}")
    assert answer.status_code == 422


def test_an_empty_organisation_is_told_what_to_do(client: Client) -> None:
    text = client.get("/dashboard").content.decode()
    assert "Nothing was decided in this time" in text
    assert "Everything is decided." in text
    assert client.get("/dashboard?model=nothing").status_code == 404


@pytest.mark.parametrize("kind", ["csv", "jsonl", "xlsx"])
def test_corrected_labels_say_what_the_model_said_and_what_people_finally_say(
    reviewed: Any, scope: Any, owner: Any, client: Client, kind: str
) -> None:
    """From the page through `write_labels` into the file."""
    answer = client.post("/dashboard/labels/", {"kind": kind, "period": "all"})
    assert answer.status_code == 302
    with scope(reviewed):
        job = Job.objects.get(kind="predictions.labels")
    run_job(str(reviewed.id), str(job.id))
    with scope(reviewed):
        job.refresh_from_db()
        assert job.state == "done", job.error
        stored = get_file(actor_for(owner), job.result["file"])
        with open_content(stored) as content:
            rows = [row.values for row in read_rows(BytesIO(content.read()), kind)]
    assert job.result["rows"] == len({row[_name(kind, "prediction")] for row in rows}) == job.done
    said = [{key: row[_name(kind, key)] for key in ("given_by", "outcome", "corrected_explanation")} for row in rows]
    assert {"given_by": "people", "outcome": "added"}.items() <= next(
        each for each in said if each["given_by"] == "people"
    ).items()
    assert any(each["corrected_explanation"] == "It names whose life." for each in said)
    if kind == "jsonl":
        assert {row["sampled"] for row in rows} == {True, False}
        assert all(row["probability"] == 1 for row in rows if row["sampled"])


def _name(kind: str, key: str) -> str:
    return key if kind == "jsonl" else str(dict(COLUMNS)[key])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (percent(2 / 3), "66.7\u00a0%"),
        (percent(None), "none"),
        (measure(0.98765), "0.988"),
        (measure(None), "not defined"),
        (number(1234567), "1,234,567"),
        (seconds(59.4), "59\u00a0s"),
        (seconds(124.6), "2\u00a0min 5\u00a0s"),
    ],
)
def test_figures_are_rounded_and_have_their_units(text: str, told: str) -> None:
    assert text == told


def test_labels_are_written_in_a_kind_that_there_is(organization: Any, scope: Any, owner: Any) -> None:
    with scope(organization), pytest.raises(InvalidInput):
        start_labels(actor=actor_for(owner), kind="pdf")
