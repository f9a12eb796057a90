"""Whatever leaves in a file is on record as read for export, before anybody has the file."""

from typing import Any

import pytest

from bailiwick.apps.predictions.actions.labels import start_labels
from bailiwick.apps.predictions.manifest import KIND
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.tasks import run_job
from bailiwick.kernel.members.actions.exporting import start_export
from bailiwick.kernel.members.manifest import PERSON
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_key, with_session
from bailiwick.kernel.testing.factories import actor_for, new_member
from tests.disclosures.houses import House

pytestmark = pytest.mark.django_db(transaction=True)


def run(house: House, job: Job) -> dict[str, Any]:
    run_job(str(house.organization.id), str(job.id))
    with enter(house.organization.id):
        return dict(Job.objects.get(id=job.id).result)


def test_a_list_in_a_file_is_read_for_export(house: House) -> None:
    with_session(house.owner).post("/rejection-reasons/", {"do": "export:jsonl", "all": "1"})
    with enter(house.organization.id):
        job = Job.objects.latest("id")
    assert run(house, job)["rows"] == 1
    [read] = house.reads()
    assert (read.kind, read.purpose, read.row_ids) == (KIND, "export", [house.prediction.id])
    assert (read.member_id, read.credential) == (house.owner.id, "job")


def test_labels_are_read_for_export(house: House) -> None:
    reviewer = with_key(new_member(house.organization, "reviewer"))
    held = reviewer.post("/api/predictions/claim", {}, "application/json").json()
    answer = {"claim_token": held["claim_token"], "verdict": "reject"}
    answer |= {"reasons": [{"reason_id": 266544, "decision": "confirmed"}]}
    address = f"/api/predictions/{house.prediction.id}/decision"
    assert reviewer.post(address, answer, "application/json").status_code == 201
    with enter(house.organization.id):
        job = start_labels(actor=actor_for(house.owner), kind="jsonl")
    assert run(house, job)["rows"] == 1
    assert [each.purpose for each in house.reads()] == ["review", "export"]


def test_personal_data_in_a_file_is_read_for_export(house: House) -> None:
    keeper = actor_for(new_member(house.organization, "administrator"))
    with enter(house.organization.id):
        job = start_export(actor=keeper, member_id=house.helper.id)
    assert run(house, job)["file"]
    [read] = house.reads()
    assert (read.kind, read.purpose, read.about_ids) == (PERSON, "export", [house.helper.id])


@pytest.mark.parametrize("is_sensitive", [True, False])
def test_what_is_read_in_an_emergency_is_exported_as_such(house: House, *, is_sensitive: bool) -> None:
    house.break_glass()
    house.turn(is_sensitive=is_sensitive)
    with_session(house.helper).post("/rejection-reasons/", {"do": "export:csv", "all": "1"})
    with enter(house.organization.id):
        job = Job.objects.latest("id")
    assert run(house, job)["rows"] == 1
    assert [each.purpose for each in house.reads()] == ["emergency"] * is_sensitive
