"""Files of claims for tests, and the way from an upload to the end of its job."""

import csv
import io
import json
from typing import Any
from uuid import UUID

from xlsxwriter import Workbook

from bailiwick.apps.claims.actions.imports import open_import, start_import
from bailiwick.apps.claims.models import ClaimImport
from bailiwick.kernel.jobs.tasks import run_job
from bailiwick.kernel.tenancy.scope import enter

HEADING = [
    "Claim number",
    "Patient",
    "NPI",
    "Date of service",
    "Diagnosis",
    "CPT",
    "Modifiers",
    "Units",
    "Charge",
    "Total",
]
NPI, WRONG_NPI = "1234567893", "1234567890"
"""The example of CMS's standard for the check digit; and one whose check digit does not fit."""
ROWS: list[list[Any]] = [
    ["A-1", "P-1", NPI, "2026-03-02", "C00.0", "10001", "", 1, "100.00", "150.50"],
    ["A-1", "P-1", NPI, "2026-03-02", "C00.0", "10002", "LT", 2, "50.50", "150.50"],
    ["A-2", "P-2", NPI, "2026-03-03", "C00.0", "10001", "", 1, "75", ""],
    ["A-3", "P-9", NPI, "2026-03-03", "C00.0", "10001", "", 1, "75", ""],
    ["A-4", "P-1", NPI, "2026-03-03", "C00.0", "10001", "", 1, "75", "80.00"],
    ["A-4", "P-1", NPI, "2026-03-03", "C00.0", "10001", "", "none", "5", "80.00"],
]


def table(rows: list[list[Any]], heading: list[str] = HEADING) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([heading, *rows])
    return text.getvalue().encode()


def workbook(rows: list[list[Any]]) -> bytes:
    content = io.BytesIO()
    with Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([HEADING, *rows]):
            sheet.write_row(number, 0, row)
    return content.getvalue()


def objects(rows: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def begun(actor: Any, content: bytes, name: str = "claims.csv", **options: Any) -> ClaimImport:
    """The file, from its upload to the beginning of its job."""
    with enter(actor.organization_id, member_id=actor.member_id):
        opened = open_import(actor=actor, upload=(name, io.BytesIO(content)), **options)
        started: ClaimImport = start_import(actor=actor, import_id=opened.id)
        return started


def brought(actor: Any, content: bytes, name: str = "claims.csv", **options: Any) -> ClaimImport:
    """The file, from its upload to the end of its job."""
    return finished(actor.organization_id, begun(actor, content, name, **options))


def finished(organization_id: UUID, opened: ClaimImport) -> ClaimImport:
    run_job(str(organization_id), str(opened.job_id))
    with enter(organization_id):
        return ClaimImport.objects.select_related("job", "file", "rejected_file").get(id=opened.id)


def counts(opened: ClaimImport) -> tuple[int, int, int]:
    return opened.created, opened.repeated, opened.rejected
