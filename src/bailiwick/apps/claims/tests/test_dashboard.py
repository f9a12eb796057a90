"""The figures of claims: right, each opening the list of what it counts, in a fixed number of statements."""

import csv
import html
import io
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate, now

from bailiwick.apps.claims.choices import Stage
from bailiwick.apps.claims.models import Adjudication, AdjudicationLine, Clock, StatusChange
from bailiwick.apps.claims.queries.dashboard import Scope, get_figures
from bailiwick.apps.claims.tests.factories import new_coverage, new_patient, new_plan, new_stored_claim
from bailiwick.apps.claims.web.panels import days
from bailiwick.kernel.access.actions.roles import add_role
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.web.figures import SPACE

FIGURE = re.compile(r'<a class="(?:fig|tile)" href="([^"]+)" data-n="(\d+)"')
TOTAL = re.compile(r'<b class="ink">([\d,]+)</b>')


@pytest.fixture
def admin(organization):
    return new_member(organization, "claims-admin")


@pytest.fixture
def client(admin):
    return with_session(admin)


def decided(stage, *, took, ago=1, by="member", origin=Stage.UNDER_REVIEW, **values):
    """A claim that was decided so many days ago, so many days after it came."""
    at = now() - timedelta(days=ago)
    claim = new_stored_claim(stage=stage, decided_at=at, submitted_at=at - timedelta(days=took), **values)
    StatusChange.objects.create(
        claim=claim, from_stage=origin, to_stage=Stage.APPROVED if stage == Stage.PAID else stage, cause=by
    )
    return claim


def judge(claim, *codes, version=1):
    judged = Adjudication.objects.create(
        claim=claim,
        version=version,
        revision=1,
        outcome="denied",
        is_final=False,
        billed=150,
        allowed=0,
        paid=0,
        adjusted=150,
        patient_owes=0,
    )
    made = [{"group": "CO", "code": code, "amount": "150.00"} for code in codes]
    AdjudicationLine.objects.create(
        adjudication=judged,
        sequence=1,
        billed=150,
        allowed=0,
        paid=0,
        adjusted=150,
        trace=[{"step": "x", "said": "y"}, {"step": "z", "said": "", "adjustments": made}],
    )


@pytest.fixture
def claims(organization, scope):
    """Of each state some, two of them of a patient with a Medicare plan."""
    money = {"allowed": 100, "paid": 80, "patient_owes": 20}
    with scope(organization):
        older = new_patient()
        new_coverage(older, new_plan(line_of_business="medicare"))
        new_stored_claim(patient=older)
        open_one = new_stored_claim(stage=Stage.UNDER_REVIEW, pend="medical", submitted_at=now() - timedelta(days=20))
        new_stored_claim(stage=Stage.UNDER_REVIEW, pend="event", submitted_at=now() - timedelta(days=70))
        decided(Stage.APPROVED, took=1, by="event", **money)
        decided(Stage.APPROVED, took=2, origin=Stage.ACCEPTED, patient=older, **money)
        decided(Stage.PAID, took=3, **money)
        decided(Stage.PAID, took=4, ago=60, **(money | {"currency": "EUR"}))
        denied = decided(Stage.DENIED, took=10)
        judge(denied, "50")
        judge(denied, "96", "29", version=2)
        judge(decided(Stage.APPEALED, took=10), "29")
        decided(Stage.DENIED, took=200, ago=100)
        new_stored_claim(stage=Stage.RETURNED)
        new_stored_claim(stage=Stage.DRAFT)
        times = {"started_at": now() - timedelta(days=40), "kind": "payment", "basis": "a test"}
        Clock.objects.create(claim=open_one, subject_id=open_one.id, due_at=now() - timedelta(days=1), **times)
    return organization


def read(organization, scope, admin, **asked):
    with scope(organization):
        return get_figures(actor_for(admin), Scope(**asked))


def test_the_figures_are_those_of_the_claims(claims, scope, admin):
    found = read(claims, scope, admin, since=localdate() - timedelta(days=29))
    assert (found.submitted, found.open, found.late, found.soon) == (8, 3, 1, 0)
    assert (found.decided.n, found.decided.alone) == (5, 2)
    assert found.decided.median == timedelta(days=3)
    assert timedelta(days=9) < found.decided.ninth <= timedelta(days=10)
    assert [(age.since, age.accepted, age.reviewed) for age in found.ages if age.n] == [
        (0, 1, 0),
        (14, 0, 1),
        (60, 0, 1),
    ]
    assert sorted(found.pends) == [("event", 1), ("medical", 1)]
    assert [(each.code, each.n) for each in found.reasons] == [("29", 2), ("96", 1)]
    assert found.denied == 2
    sums = {(each.status, each.currency): (each.n, each.billed, each.paid, each.owed) for each in found.sums}
    assert sums["approved", "USD"] == (2, Decimal(300), Decimal(160), Decimal(40))
    assert sums["rejected", "USD"] == (2, Decimal(300), Decimal(0), Decimal(0))
    everything = read(claims, scope, admin)
    assert (everything.submitted, everything.decided.n) == (11, 7)
    assert everything.decided.n == sum(each.n for each in everything.sums)


def test_a_line_of_business_has_its_own_figures(claims, scope, admin):
    found = read(claims, scope, admin, line="medicare")
    assert (found.submitted, found.open, found.decided.n) == (2, 1, 1)


@pytest.mark.parametrize("query", ["", "?period=all", "?period=30&line=medicare"])
def test_every_figure_opens_the_list_of_what_it_counts(claims, client, query):
    page = client.get(f"/claims/dashboard/{query}").content.decode()
    figures = {html.unescape(url): int(n) for url, n in FIGURE.findall(page)}
    assert len(figures) > (5 if "medicare" in query else 20)
    assert {url: listed(client, url) for url in figures} == figures


def listed(client, url):
    answer = client.get(url)
    assert answer.status_code == 200, url
    found = TOTAL.search(answer.content.decode())
    return int(found[1].replace(",", "")) if found else 0


def test_without_claims_it_says_what_to_do(client, organization):
    page = client.get("/claims/dashboard/").content.decode()
    assert "No claims in this time" in page
    assert not FIGURE.findall(page)


def test_as_a_file_it_has_the_same_figures(claims, client):
    answer = client.get("/claims/dashboard/figures.csv?period=30")
    assert answer["Content-Disposition"].startswith('attachment; filename="claims-')
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["Panel", "Row", "Figure", "Value"]
    assert ["Denials by reason", "CO-29", "Claims", "2"] in rows
    assert ["Until decided", "Half of them", "Days", "3.0"] in rows
    assert ["Approved USD", "Patients owe", "USD", "40.00"] in rows


def test_it_is_for_those_who_see_all_claims(organization):
    for role, status in (("claims-reader", 200), ("claims-processor", 403), ("patient", 403)):
        reader = with_session(new_member(organization, role))
        assert reader.get("/claims/dashboard/").status_code == status
        assert reader.get("/claims/dashboard/figures.csv").status_code == status
    assert with_session(new_member(organization, "claims-admin")).get("/claims/dashboard/?period=9").status_code == 404


def test_who_sees_no_claim_sees_that_there_are_none(claims, organization, scope, admin):
    """Who manages claims by a role of their own organisation, and sees none."""
    with scope(organization):
        everybody = actor_for(new_member(organization, *registry().roles))
        add_role(actor=everybody, code="manages", title="Manages", rights=["claims.manage"])
    client = with_session(new_member(organization, "manages"))
    for path in ("/claims/dashboard/", "/claims/dashboard/?line=medicare", "/claims/dashboard/figures.csv"):
        assert client.get(path).status_code == 200, path


def test_many_claims_take_as_many_statements_as_one(organization, scope, admin):
    counts = []
    for many in (1, 12):
        with scope(organization):
            for _each in range(many):
                new_stored_claim()
            actor, scoped = actor_for(admin), Scope(since=localdate(), line="commercial")
            with CaptureQueriesContext(connection) as seen:
                get_figures(actor, scoped)
        counts.append(len(seen))
    assert counts == [9, 9]


@pytest.mark.parametrize(
    ("took", "said"),
    [
        (None, "none"),
        (timedelta(seconds=50), "1 min"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(hours=7), "7 h"),
        (timedelta(days=3, hours=12), "3.5 days"),
        (timedelta(days=31), "31 days"),
    ],
)
def test_a_time_is_said_in_the_unit_that_tells_something(took: timedelta | None, said: str) -> None:
    assert days(took).replace(SPACE, " ") == said
