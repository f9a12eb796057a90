"""Exports and actions by job: they do what the list shows, as whoever asked and with the rights of then."""

import csv
import io
import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.files.models import StoredFile
from bailiwick.kernel.files.queries import open_content
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.tasks import run_job
from bailiwick.kernel.web import exports
from bailiwick.kernel.web.tests.members import ADDRESS, URLCONF

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls(URLCONF)]


@pytest.fixture
def me(organization: Any, member: Any) -> Any:
    return member(organization, name="Ada")


@pytest.fixture
def client(me: Any, session_client: Any) -> Client:
    return session_client(me)


@pytest.fixture
def finish(organization: Any, scope: Any) -> Any:
    """Runs the one job there is and returns it."""

    def run() -> Job:
        with scope(organization):
            job = Job.objects.latest("id")
        run_job(str(organization.id), str(job.id))
        with scope(organization):
            job.refresh_from_db()
        return job

    return run


@pytest.fixture
def export(client: Client, organization: Any, scope: Any, finish: Any) -> Any:
    """The content of what comes out of a form of the list."""

    def run(kind: str, query: str = "", **form: Any) -> bytes:
        answer = client.post(
            ADDRESS + query, {"do": f"export:{kind}", **({"all": "1"} if "row" not in form else {}), **form}
        )
        assert answer.status_code == 302, answer.content
        job = finish()
        assert answer["Location"] == f"/jobs/{job.id}/"
        assert job.state == "done", job.error
        with scope(organization):
            stored = StoredFile.objects.get(id=job.result["file"])
            assert stored.name.startswith("people-programs-")
            with open_content(stored) as content:
                return content.read()

    return run


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_three_kinds_hold_the_same_rows_as_the_list(export: Any, organization: Any, member: Any) -> None:
    for number in range(3):
        member(organization, kind="program", name=f"Robot {number}", department="Hall <b>")
    expected = [[f"Robot {n}", "program", "Hall <b>", 7] for n in (2, 1, 0)]
    heading = ["Name", "Sort", "Department", "Length"]
    table = rows_of(export("csv", "?q=Robot"))
    assert table == [heading, *([*row[:3], "7"] for row in expected)]
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(export("xlsx", "?q=Robot"))).get_sheet_by_index(0).to_python()
    assert sheet == [heading, *expected]
    lines = [json.loads(line) for line in export("jsonl", "?q=Robot").splitlines()]
    assert lines == [dict(zip(("name", "name_sub", "department", "length"), row, strict=True)) for row in expected]


def test_an_export_is_recorded_with_the_number_of_its_rows(
    export: Any, organization: Any, me: Any, member: Any, scope: Any
) -> None:
    for name in ("A robot", "B robot", "Cyborg"):
        member(organization, name=name)
    export("jsonl", "?q=robot")
    with scope(organization):
        event = Event.objects.get(verb="web.list.exported")
        stored = StoredFile.objects.get(id=str(event.subject_id))
    assert (event.member_id, stored.member_id) == (me.id, me.id)
    assert (event.data["kind"], event.data["rows"]) == ("jsonl", 2)


def test_an_export_is_read_in_pieces_in_the_order_of_the_list(
    export: Any, organization: Any, member: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "CHUNK", 2)
    for number in range(5):
        member(organization, kind="program", name=f"Robot {number}")
    newest, oldest = (rows_of(export("csv", f"?q=Robot&columns=name{more}"))[1:] for more in ("", "&sort=id"))
    assert [row[0] for row in newest] == [f"Robot {n}" for n in (4, 3, 2, 1, 0)]
    assert oldest == newest[::-1]


def test_ticked_rows_and_all_columns(export: Any, organization: Any, member: Any) -> None:
    robots = [member(organization, kind="program", name=f"Robot {number}") for number in range(3)]
    chosen = [str(robots[0].id), str(robots[2].id)]
    table = rows_of(export("csv", "?columns=length", row=chosen, all_columns="1"))
    assert table[0] == ["Name", "Sort", "Department", "Length", "Number"]
    assert [row[-1] for row in table[1:]] == chosen[::-1]
    assert rows_of(export("csv", "?columns=length", row=chosen))[0] == ["Name", "Sort", "Length"]


def test_an_export_holds_nothing_of_another_organisation(export: Any, other_organization: Any, member: Any) -> None:
    stranger = member(other_organization, name="Stranger")
    assert b"Stranger" not in export("csv")
    assert len(rows_of(export("csv", row=[str(stranger.id)]))) == 1


def test_rights_are_those_of_the_time_when_the_job_runs(
    client: Client, me: Any, organization: Any, scope: Any, finish: Any
) -> None:
    client.post(ADDRESS, {"do": "export:csv", "all": "1"})
    with scope(organization):
        Member.objects.filter(id=me.id).update(is_active=False)
    job = finish()
    assert job.state != "done"
    with scope(organization):
        assert not StoredFile.objects.exists()


def test_filters_that_are_not_understood_start_nothing(client: Client, organization: Any, scope: Any) -> None:
    assert client.post(f"{ADDRESS}?since=soon", {"do": "export:csv", "all": "1"}).status_code == 400
    with scope(organization):
        assert not Job.objects.exists()


def test_a_job_does_many_rows_once_and_tells_what_it_skipped(
    client: Client, organization: Any, member: Any, scope: Any, finish: Any
) -> None:
    with scope(organization):
        made = [Member(id=uuid4(), kind="program", name=f"M {n}") for n in range(249)]
        Member.objects.bulk_create([*made, Member(id=uuid4(), kind="program", name="M robot")])
    client.post(f"{ADDRESS}?q=M ", {"do": "bulk:name", "all": "1", "reason:name": "Attic"})
    job = finish()
    assert (job.state, job.done, job.total, job.rejected) == ("done", 250, 250, 1), job.error
    assert (job.result["done"], job.result["skipped"]) == (249, 1)
    with scope(organization):
        assert Member.objects.filter(department="Attic").count() == 249
        with open_content(StoredFile.objects.get(id=job.result["file"])) as content:
            assert rows_of(content.read())[1:] == [["M robot", "Robots sit nowhere."]]
