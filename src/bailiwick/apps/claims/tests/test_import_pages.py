"""The pages of an import of claims, its address in the API, and its command."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from bailiwick.apps.claims.models import Claim, ClaimImport, Provider
from bailiwick.apps.claims.tests.factories import new_patient, new_provider
from bailiwick.apps.claims.tests.files import NPI, ROWS, finished, objects, table
from bailiwick.kernel.audit.models import Read
from bailiwick.kernel.identity.models import User
from bailiwick.kernel.imports.management import importing
from bailiwick.kernel.tenancy.scope import enter

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def admin(organization: Any, member: Any) -> Any:
    with enter(organization.id):
        new_patient(number="P-1")
        new_patient(number="P-2")
        new_provider(name="Clinic", npi=NPI)
    return member(organization, "claims-admin")


@pytest.fixture
def client(admin: Any, session_client: Any) -> Client:
    return session_client(admin)


def upload(client: Client, content: bytes, name: str = "claims.csv", **options: Any) -> Any:
    return client.post("/claims/import/", {"file": SimpleUploadedFile(name, content)} | options)


def test_the_pages_lead_from_the_file_to_the_result(client: Client, organization: Any) -> None:
    assert "Nothing is stored before" in client.get("/claims/import/").content.decode()
    columns = upload(client, table(ROWS)).headers["Location"]
    page = client.get(columns).content.decode()
    assert "10002" in page and "150.50 USD" in page
    assert "Give a number." in page
    mapping = {
        "column-number": "Claim number",
        "column-patient": "Patient",
        "column-provider_npi": "NPI",
        "column-service_date": "Date of service",
        "column-procedure_code": "CPT",
    }
    check = client.post(columns, mapping).headers["Location"]
    assert "Say what is billed." in client.get(check).content.decode()
    client.post(columns, mapping | {"column-amount": "Charge", "column-units": "Units"})
    page = client.get(check).content.decode()
    assert "Import 6 rows" in page and "There is no patient of this number." in page
    with enter(organization.id):
        assert not Claim.objects.exists()
    result = client.post(check).headers["Location"]
    with enter(organization.id):
        opened = ClaimImport.objects.get()
    finished(organization.id, opened)
    page = client.get(result).content.decode()
    assert "Download the rejected rows" in page and "Stored claims" in page
    assert "There is no patient of this number." in client.get(f"{result}rejected/").content.decode()
    with enter(organization.id):
        reads = Read.objects.count()
        claim = Claim.objects.get(external_id="A-1")
    taken = client.get(f"{result}taken/?is_new=yes").content.decode()
    assert claim.number in taken and f"/claims/{claim.id}/" in taken and "A-2" in taken
    with enter(organization.id):
        assert Read.objects.count() > reads
    assert "claims.csv" in client.get("/claims/imports/").content.decode()
    assert "recognised" in client.get(check).content.decode().lower()


def test_objects_need_no_columns_and_unknown_ones_are_added_where_asked(client: Client, organization: Any) -> None:
    row = {"number": "J-1", "patient": "P-1", "provider_npi": "1003000126", "service_date": "2026-03-02"}
    rows = objects([row | {"lines": [{"procedure_code": "10001", "amount": 75}]}])
    columns = upload(client, rows, "claims.jsonl", adds_parties="on").headers["Location"]
    assert "There is nothing to choose." in client.get(columns).content.decode()
    check = columns.replace("columns", "check")
    client.post(check)
    with enter(organization.id):
        opened = ClaimImport.objects.get()
    assert finished(organization.id, opened).created == 1
    with enter(organization.id):
        assert Provider.objects.filter(npi="1003000126").exists()


def test_imports_are_ones_own_and_need_the_right(
    client: Client, organization: Any, member: Any, session_client: Any
) -> None:
    address = upload(client, table(ROWS)).headers["Location"]
    provider = session_client(member(organization, "provider"))
    assert provider.get(address).status_code == 404
    assert "Add patients" not in provider.get("/claims/import/").content.decode()
    assert session_client(member(organization, "claims-reader")).get("/claims/import/").status_code == 403


def test_a_file_is_sent_by_api_as_the_body_or_in_a_form(admin: Any, organization: Any, key_client: Any) -> None:
    api = key_client(admin)
    answer = api.post("/api/claims/import/", table(ROWS), "text/csv")
    assert answer.status_code == 202, answer.content
    assert (answer.json()["state"], answer.json()["mapping"]["amount"]) == ("waiting", "Charge")
    with enter(organization.id):
        opened = ClaimImport.objects.get()
    finished(organization.id, opened)
    result = api.get(answer.headers["Location"]).json()
    assert (result["state"], result["created"], result["rejected"], result["done"]) == ("done", 2, 2, 6)
    assert b"A-3" in b"".join(api.get(result["rejected_file"]).streaming_content)
    form = {"file": SimpleUploadedFile("again.csv", table(ROWS)), "mapping": '{"total": ""}'}
    again = api.post("/api/claims/import/", form).json()
    assert (again["file"], "total" in again["mapping"]) == ("again.csv", False)


@pytest.mark.parametrize(
    ("content", "named"), [(b"", "file"), (b"%PDF-1.7", "file"), (b"Patient,Charge\n1,2\n", "number")]
)
def test_a_file_that_cannot_be_read_is_refused_by_api(
    content: bytes, named: str, admin: Any, organization: Any, key_client: Any
) -> None:
    answer = key_client(admin).post("/api/claims/import/", content, "text/csv")
    assert (answer.status_code, named in answer.json()["errors"]) == (400, True)
    with enter(organization.id):
        assert not ClaimImport.objects.exists()


def test_who_may_not_manage_adds_nobody_by_api(organization: Any, member: Any, key_client: Any) -> None:
    api = key_client(member(organization, "claims-processor"))
    assert api.post("/api/claims/import/?adds_parties=true", table(ROWS), "text/csv").status_code == 403
    reader = key_client(member(organization, "claims-reader"))
    assert reader.post("/api/claims/import/", table(ROWS), "text/csv").status_code == 403


def test_the_command_starts_the_same_import(
    tmp_path: Path, organization: Any, admin: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    login = ["--organization", organization.slug, "--login", User.objects.get(id=str(admin.user_id)).username]
    path = tmp_path / "claims.csv"
    path.write_bytes(table(ROWS))

    def work(_seconds: float) -> None:
        with enter(organization.id):
            opened = ClaimImport.objects.get()
        finished(organization.id, opened)

    monkeypatch.setattr(importing.time, "sleep", work)
    with pytest.raises(SystemExit) as ended:
        call_command("claims_import", str(path), *login, "--wait", "--add-parties")
    assert ended.value.code == 1
    told = capsys.readouterr().out
    assert "2 stored, 0 recognised, 2 rejected." in told and "claims-rejected.csv" in told
    with enter(organization.id):
        assert ClaimImport.objects.get().adds_parties
    with pytest.raises(CommandError, match="No such file"):
        call_command("claims_import", str(tmp_path / "none.csv"), *login)
