"""What workers do for predictions."""

from typing import Any

from bailiwick.apps.predictions.actions.imports import import_rows
from bailiwick.apps.predictions.reading import read_row
from bailiwick.kernel.jobs.running import Run


def run_import(run: Run) -> dict[str, Any]:
    """Bring the rows of a file in."""
    return import_rows(run, read_row)
