"""Whoever audits single predictions alone sees these, everything of these, and nothing else."""

from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from django.test import Client
from django.urls import reverse

from bailiwick.apps.predictions.manifest import SUBMIT
from bailiwick.apps.predictions.models import Prediction
from bailiwick.apps.predictions.queries.filters import known_to
from bailiwick.apps.predictions.queries.gold import list_gold
from bailiwick.apps.predictions.queries.predictions import list_catalogue, list_models, list_predictions
from bailiwick.apps.predictions.queries.reasons import list_entries
from bailiwick.apps.predictions.queries.records import list_records
from bailiwick.apps.predictions.tests.asking import ask, decide, make_gold
from bailiwick.apps.predictions.tests.factories import submitted
from bailiwick.kernel.access.actions import end_grant, give_grant
from bailiwick.kernel.access.actions.roles import add_role
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.files.models import StoredFile
from bailiwick.kernel.files.queries import open_content
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.jobs.actions import submit_job
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.tasks import run_job
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.web.selection import Selection

pytestmark = pytest.mark.django_db(transaction=True)
READER = "reader"


@dataclass
class House:
    """`mine` is the one prediction that `reader` audits; `theirs` are others."""

    organization: Organization
    manager: Member
    member: Member
    mine: Prediction
    theirs: list[Prediction]
    grant: Grant

    @property
    def owner(self) -> Actor:
        return actor_for(self.manager)

    @property
    def reader(self) -> Actor:
        return actor_for(self.member)


@pytest.fixture
def house(organization: Organization, db: None) -> House:
    manager, reader = new_member(organization, "model-owner", "reviewer", "administrator"), new_member(organization)
    owner = actor_for(manager)
    with enter(organization.id):
        for number in range(3):
            submitted(owner, title=f"Thing {number}", model_name="judge", model_version="1")
        first, mine, last = Prediction.objects.order_by("id")
        grant = give_grant(actor=owner, member_id=reader.id, role=READER, over=mine)
    return House(organization, manager, reader, mine, [first, last], grant)


@pytest.fixture
def client(house: House) -> Client:
    return with_session(house.member)


def test_the_list_has_what_one_holds_the_right_over_and_nothing_else(house: House) -> None:
    with enter(house.organization.id):
        assert list(list_predictions(house.reader)) == [house.mine]
        assert list(list_predictions(house.owner)) == [house.theirs[1], house.mine, house.theirs[0]]


def test_more_grants_show_more_in_the_order_of_the_list(house: House) -> None:
    _first, last = house.theirs
    with enter(house.organization.id):
        give_grant(actor=house.owner, member_id=house.member.id, role=READER, over=last)
        give_grant(actor=house.owner, member_id=house.member.id, role="model-owner", over=last)
        assert list(list_predictions(house.reader)) == [last, house.mine]
        assert list(list_predictions(house.reader).filter(id__lt=last.id)) == [house.mine]


def test_a_role_that_only_reviews_shows_nothing_over_one(house: House) -> None:
    """Whoever reviews takes what comes from the queue: a single one cannot be reviewed."""
    with enter(house.organization.id):
        give_grant(actor=house.owner, member_id=house.member.id, role="reviewer", over=house.theirs[0])
        assert list(list_predictions(house.reader)) == [house.mine]


def test_single_ones_are_counted_up_to_fewer(house: House, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bailiwick.apps.predictions.web.lists.SINGLE_COUNTED_UP_TO", 1)
    with enter(house.organization.id):
        for each in house.theirs:
            give_grant(actor=house.owner, member_id=house.member.id, role=READER, over=each)
    shown = {}
    for name, caller in (("reader", client), ("owner", with_session(house.manager))):
        page = caller.get(reverse("predictions:list"))
        shown[name] = page.context["count"], ">1+</b>" in page.content.decode()
    assert shown == {"reader": (2, True), "owner": (3, False)}


def test_nothing_is_seen_once_the_grant_has_ended(house: House, client: Client) -> None:
    with enter(house.organization.id):
        end_grant(actor=house.owner, grant_id=house.grant.id)
        assert not list_predictions(house.reader).exists()
    assert client.get(record_of(house.mine)).status_code == 404


def test_whoever_submits_too_sees_their_own_beside_it(house: House) -> None:
    with enter(house.organization.id):
        role = add_role(actor=house.owner, code="sender", title="Sender", rights=[SUBMIT])
        give_grant(actor=house.owner, member_id=house.member.id, role=role.code)
        own = submitted(house.reader)
        assert list(list_predictions(house.reader)) == [own, house.mine]


def test_pages_and_programs_are_told_the_same(house: House, client: Client) -> None:
    page = client.get(reverse("predictions:list")).content.decode()
    shown = {each.product_id: each.product_id in page for each in (house.mine, *house.theirs)}
    assert shown == {house.mine.product_id: True} | {each.product_id: False for each in house.theirs}
    told = client.get("/api/predictions/").json()
    assert [each["id"] for each in told["results"]] == [str(house.mine.id)]


def test_one_that_is_not_theirs_does_not_exist(house: House, client: Client) -> None:
    for each, expected in ((house.mine, 200), *((each, 404) for each in house.theirs)):
        assert client.get(record_of(each)).status_code == expected
        assert client.get(f"/api/predictions/{each.id}/").status_code == expected


def test_the_model_and_the_decisions_of_it_are_shown(house: House, client: Client) -> None:
    """Whoever audits one is asked for no opinion on it, so that nothing of it is hidden from them."""
    with enter(house.organization.id):
        ask(house.owner, blind=True)
        [waiting] = list_records(house.reader, [house.mine.id])
        for _ in house.theirs:
            decide(house.owner)
        assert list(known_to(house.reader, list_predictions(house.reader))) == [house.mine]
    assert (waiting.is_hidden, waiting.record.verdict) == (False, "reject")
    told = client.get(f"/api/predictions/{house.mine.id}/").json()
    assert told["verdict"] == "reject"
    assert house.owner.name in client.get(record_of(house.mine)).content.decode()


def test_nothing_is_told_of_the_organisation_as_a_whole(house: House) -> None:
    with enter(house.organization.id):
        make_gold(house.owner, house.mine)
        for rows in (list_gold, list_models, list_catalogue, list_entries):
            assert rows(house.owner).exists()
            assert not rows(house.reader).exists(), rows.__name__


def test_the_side_bar_leads_to_the_list_alone(house: House, client: Client) -> None:
    page = client.get(reverse("predictions:list"))
    links = {link.url for links in page.context["shell"].navigation.values() for link in links}
    names = ("list", "dashboard", "review", "disputes", "reasons", "gold", "settings")
    shown = [name for name in names if reverse(f"predictions:{name}") in links]
    assert shown == ["list"]


def test_the_list_offers_nothing_that_is_not_for_them(house: House, client: Client) -> None:
    page = client.get(reverse("predictions:list")).content.decode()
    for kind in ("urgent", "return", "dispute"):
        assert f"bulk:{kind}" not in page
        answer = client.post(reverse("predictions:list"), {"do": f"bulk:{kind}", "all": "1", f"reason:{kind}": "Why."})
        assert answer.status_code == 403


def test_an_export_has_what_the_list_shows(house: House) -> None:
    arguments = Selection("predictions:list", {}, "", is_all=True).plain()
    arguments |= {"kind": "jsonl", "all_columns": True, "language": "en"}
    with enter(house.organization.id):
        job = submit_job(actor=house.reader, kind="web.export", arguments=arguments)
    run_job(str(house.organization.id), str(job.id))
    with enter(house.organization.id):
        made = Job.objects.get(id=job.id)
        with open_content(StoredFile.objects.get(id=made.result["file"])) as content:
            rows = [orjson.loads(line) for line in content]
    assert [row["product"] for row in rows] == [house.mine.title]
    assert made.result["rows"] == 1


@pytest.mark.parametrize("kind", ["predictions.labels", "predictions.import"])
def test_jobs_over_everything_are_not_theirs(house: House, kind: str) -> None:
    with enter(house.organization.id), pytest.raises(Forbidden):
        submit_job(actor=house.reader, kind=kind, arguments={})


def test_the_list_asks_as_few_statements_as_an_owners(house: House, count_statements: Any) -> None:
    asked = []
    for client in (with_session(house.member), with_session(house.manager)):
        client.get("/api/predictions/")
        with count_statements() as seen:
            assert client.get("/api/predictions/").status_code == 200
        asked.append(seen.count)
    assert asked[0] <= asked[1]


def record_of(prediction: Prediction) -> str:
    return reverse("predictions:record", args=[prediction.id])
