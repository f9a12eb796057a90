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
