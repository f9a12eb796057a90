"""The pages of an import, and its command."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from bailiwick.apps.predictions.models import Import, Prediction
from bailiwick.apps.predictions.tests.files import ROWS, finished, table
from bailiwick.kernel.identity.models import User
from bailiwick.kernel.imports.management import importing
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.tasks import run_job
from bailiwick.kernel.tenancy.scope import enter

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner(organization: Any, member: Any) -> Any:
    return member(organization, "model-owner")


@pytest.fixture
def client(owner: Any, session_client: Any) -> Client:
    return session_client(owner)


def upload(client: Client, content: bytes, name: str = "rows.csv") -> Any:
    return client.post("/predictions/import/", {"file": SimpleUploadedFile(name, content)})


def test_the_pages_lead_from_the_file_to_the_result(client: Client, organization: Any) -> None:
    assert "Nothing is stored before" in client.get("/predictions/import/").content.decode()
    columns = upload(client, table(ROWS)).headers["Location"]
    page = client.get(columns).content.decode()
    assert "Misleading claims" in page
    assert "This field is required." in page
    mapping = {
        "column-product_id": "Product ID",
        "column-verdict": "Predicted verdict",
        "column-confidence": "Probability",
    }
    check = client.post(columns, mapping).headers["Location"]
    page = client.get(check).content.decode()
    assert page.count("Give at least one reason") == 1
    assert "Import 5 rows" in page
    reason = {"column-reason": "Reason", "column-score": "Score", "column-explanation": "Explanation"}
    client.post(columns, mapping | reason)
    with enter(organization.id):
        assert not Prediction.objects.exists()
    result = client.post(check).headers["Location"]
    with enter(organization.id):
        opened = Import.objects.get()
    finished(organization.id, opened)
    page = client.get(result).content.decode()
    assert "Download the rejected rows" in page
    assert "?is_new=yes" in page
    rejected = client.get(f"{result}rejected/").content.decode()
    assert "This field is required." in rejected
    taken = client.get(f"{result}taken/?is_new=yes").content.decode()
    assert "P-1" in taken and "P-2" in taken
    assert "rows.csv" in client.get("/predictions/imports/").content.decode()
    assert "recognised" in client.get(check).content.decode().lower()


def test_what_cannot_be_read_is_said_beside_the_field(client: Client, organization: Any) -> None:
    answer = upload(client, b"%PDF-1.7", "rows.pdf")
    assert answer.status_code == 422
    assert "This is a PDF" in answer.content.decode()
    assert client.post("/predictions/import/", {}).status_code == 422
    columns = upload(client, table(ROWS)).headers["Location"]
    answer = client.post(columns, {"column-verdict": "Predicted verdict"})
    assert answer.status_code == 422
    assert "Say which column names the product." in answer.content.decode()


def test_imports_are_ones_own_and_need_the_right(
    client: Client, organization: Any, member: Any, session_client: Any
) -> None:
    address = upload(client, table(ROWS)).headers["Location"]
    assert session_client(member(organization, "model-owner")).get(address).status_code == 404
    assert session_client(member(organization, "reviewer")).get("/predictions/import/").status_code == 403


@pytest.fixture
def login(owner: Any, organization: Any) -> list[str]:
    return ["--organization", organization.slug, "--login", User.objects.get(id=str(owner.user_id)).username]


def test_the_command_starts_the_same_import(
    tmp_path: Path, organization: Any, login: list[str], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(table(ROWS))

    def work(_seconds: float) -> None:
        with enter(organization.id):
            [job] = Job.objects.filter(kind="predictions.import")
        run_job(str(organization.id), str(job.id))

    monkeypatch.setattr(importing.time, "sleep", work)
    with pytest.raises(SystemExit) as ended:
        call_command("predictions_import", str(path), *login, "--wait")
    assert ended.value.code == 1
    told = capsys.readouterr().out
    assert "3 stored, 0 recognised, 2 rejected." in told
    assert "rows-rejected.csv" in told
    with enter(organization.id):
        assert Prediction.objects.count() == 3


def test_the_command_says_what_is_wrong(tmp_path: Path, login: list[str]) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("predictions_import", str(tmp_path / "none.csv"), *login)
    path = tmp_path / "rows.csv"
    path.write_bytes(b"%PDF-1.7")
    with pytest.raises(CommandError, match="This is a PDF"):
        call_command("predictions_import", str(path), *login)
    with pytest.raises(CommandError, match="Nobody of this login"):
        call_command("predictions_import", str(path), "--organization", "none", "--login", "none")
