"""The page of code sets, the page that loads one, and the question by API whether a code is valid."""

from contextlib import nullcontext
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from bailiwick.apps.claims.actions.codes import load_uploaded, start_loading
from bailiwick.apps.claims.models import CodeSet
from bailiwick.apps.claims.tests.test_codes import ORDER
from bailiwick.apps.claims.tests.test_edits import WRIST, load
from bailiwick.apps.claims.values.codes import NewRelease
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.tasks import run_job
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import actor_for, new_member

TABLE = b"code,title\n99213,Office visit\n99214,Longer office visit\n"


@pytest.fixture
def admin(organization):
    return new_member(organization, "claims-admin")


@pytest.fixture
def client(admin):
    return with_session(admin)


def form(**values):
    given = {
        "system": "cpt",
        "name": "2026",
        "valid_from": "2026-01-01",
        "source": "Our licence",
        "file": SimpleUploadedFile("cpt.csv", TABLE),
    }
    return given | values


class InHand:
    """A try of a job, as far as loading needs one."""

    def __init__(self, job, actor):
        self.arguments, self.actor, self.done, self.total = job.arguments, actor, 0, None

    def step(self):
        return nullcontext(self.actor)


def test_a_file_is_loaded_by_a_job(client, admin, organization, scope):
    answer = client.post("/settings/claims/codes/load/", form())
    with scope(organization):
        job = Job.objects.get(kind="claims.codes")
        assert answer["Location"] == f"/jobs/{job.id}/"
        assert load_uploaded(InHand(job, actor_for(admin)))["count"] == 2
        assert CodeSet.objects.get().member_id == admin.id
    page = client.get("/settings/claims/codes/").content.decode()
    assert "CPT 2026" in page
    assert "Our licence" in page
    assert "the next release" in page


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"file": SimpleUploadedFile("cpt.pdf", b"%PDF-1.7\n")}, "This is a PDF."),
        ({"valid_until": "2025-12-31"}, "The release ends before it begins."),
        ({"system": "icd9"}, "Select a valid choice"),
        ({"file": ""}, "Choose a file."),
    ],
)
def test_what_is_not_taken_is_said_beside_its_field(client, organization, scope, values, said):
    answer = client.post("/settings/claims/codes/load/", form(**values))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    with scope(organization):
        assert not Job.objects.filter(kind="claims.codes").exists()


@pytest.mark.django_db(transaction=True)
def test_the_order_file_goes_through_the_page_and_a_list_that_is_not_in_order_says_why(client, organization, scope):
    files = {"Good": ("icd10cm", ORDER), "Bad": ("icd10pcs", ORDER), "Wrong": ("cpt", "code,title\n9921,Visit\n")}
    states = {}
    for name, (system, text) in files.items():
        upload = SimpleUploadedFile("icd10cm_order_2026.txt", text.encode())
        assert (
            client.post("/settings/claims/codes/load/", form(system=system, name=name, file=upload)).status_code == 302
        )
        with scope(organization):
            job = Job.objects.order_by("-id")[0]
        run_job(str(organization.id), str(job.id))
        with scope(organization):
            job.refresh_from_db()
            states[name] = job.state, job.error
        assert (
            "9921" not in states[name][1] or "9921 has not the form" in client.get(f"/jobs/{job.id}/").content.decode()
        )
    assert states["Good"] == ("done", "")
    assert states["Bad"][0] == "dead"
    assert "A000 has not the form of ICD-10-PCS." in states["Bad"][1]
    assert states["Wrong"] == ("dead", "Line 2: 9921 has not the form of CPT.")


def test_loading_asks_for_the_right_itself(organization, scope):
    with scope(organization), pytest.raises(Forbidden):
        start_loading(
            actor=actor_for(new_member(organization, "claims-reader")),
            new=NewRelease("cpt", "2026", date(2026, 1, 1), "Our licence"),
            upload=SimpleUploadedFile("cpt.csv", TABLE),
        )


def test_an_empty_list_says_how_to_begin(client):
    assert "bailiwick codes load" in client.get("/settings/claims/codes/").content.decode()
    assert client.get("/settings/claims/codes/load/").status_code == 200


def test_whoever_does_not_set_up_codes_loads_none(organization):
    reader = with_session(new_member(organization, "claims-reader"))
    assert reader.get("/settings/claims/codes/").status_code == 403
    assert reader.post("/settings/claims/codes/load/", form()).status_code == 403


def test_the_api_says_what_would_be_right(client, organization, scope):
    with scope(organization):
        load("icd10cm", "2026-04", WRIST, date(2026, 4, 1))
    ask = "/api/claims/codes/validate/?system=icd10cm&on=2026-05-04&code="
    good = client.get(f"{ask}s52.521a").json()
    assert good == {
        "system": "icd10cm",
        "code": "S52.521A",
        "on": "2026-05-04",
        "valid": True,
        "title": WRIST["S52.521A"][0],
        "release": "ICD-10-CM 2026-04",
        "faults": [],
    }
    [fault] = client.get(f"{ask}S52521").json()["faults"]
    assert fault["right"] == [{"code": "S52.521A", "title": WRIST["S52.521A"][0]}]
    before = client.get("/api/claims/codes/validate?system=icd10cm&code=Z99&on=2020-01-01").json()
    assert (before["valid"], before["release"]) == (True, "")


@pytest.mark.parametrize(
    ("system", "code", "is_valid"),
    [
        ("cpt", "99213", True),
        ("cpt", "9921", False),
        ("hcpcs", "J1885", True),
        ("icd10pcs", "0DTJ4ZZ", True),
        ("icd10pcs", "0DTJ4ZO", False),
        ("cdt", "D0120", True),
        ("ndc", "1234-5678-91", True),
        ("ndc", "1234567891", False),
        ("modifier", "RT", True),
        ("modifier", "RIGHT", False),
        ("place", "11", True),
        ("place", "98", False),
    ],
)
def test_without_a_list_the_api_judges_the_form(client, system, code, is_valid):
    answer = client.get(f"/api/claims/codes/validate/?system={system}&code={code}")
    assert (answer.status_code, answer.json()["valid"]) == (200, is_valid)


@pytest.mark.parametrize(
    "query", ["", "system=cpt", "code=1", "system=icd9&code=1", "system=cpt&code=1&at=2", "system=cpt&code=1&on=x"]
)
def test_a_question_that_is_none_is_refused(client, query):
    assert client.get(f"/api/claims/codes/validate/?{query}").status_code == 400
