"""Files of predictions for tests, and the way from an upload to the end of its job."""

import csv
import io
import json
from typing import Any
from uuid import UUID

from xlsxwriter import Workbook

from bailiwick.apps.predictions.actions.imports import open_import, start_import
from bailiwick.apps.predictions.models import Import
from bailiwick.kernel.jobs.tasks import run_job
from bailiwick.kernel.tenancy.scope import enter

HEADING = ["Product ID", "Predicted verdict", "Probability", "Model", "Version", "Reason", "Score", "Explanation"]
ROWS: list[list[Any]] = [
    ["P-1", "reject", 0.93, "judge", 4.1, "Misleading claims", 0.93, "It promises much."],
    ["P-2", "Accept", "0,7", "judge", "4.1", "", "", ""],
    ["", "reject", 0.5, "judge", "4.1", "Misleading claims", 0.5, "It says so."],
    ["P-4", "reject", 2, "judge", "4.1", "", "", ""],
    [5, "reject", 1, "judge", "4.1", "Price", 1, "=1+1"],
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


def begun(actor: Any, content: bytes, name: str = "rows.csv") -> Import:
    """The file, from its upload to the beginning of its job."""
    with enter(actor.organization_id, member_id=actor.member_id):
        opened = open_import(actor=actor, upload=(name, io.BytesIO(content)))
        return start_import(actor=actor, import_id=opened.id)


def brought(actor: Any, content: bytes, name: str = "rows.csv") -> Import:
    """The file, from its upload to the end of its job."""
    return finished(actor.organization_id, begun(actor, content, name))


def finished(organization_id: UUID, opened: Import) -> Import:
    run_job(str(organization_id), str(opened.job_id))
    with enter(organization_id):
        return Import.objects.select_related("job", "file", "rejected_file").get(id=opened.id)


def counts(opened: Import) -> tuple[int, int, int]:
    return opened.created, opened.repeated, opened.rejected
