"""What workers do for predictions."""

from typing import Any

from bailiwick.apps.predictions.actions.imports import PREDICTIONS
from bailiwick.apps.predictions.actions.labels import write_labels
from bailiwick.apps.predictions.actions.tallies import count_decisions
from bailiwick.apps.predictions.reading import read_row
from bailiwick.kernel.imports.actions import import_rows
from bailiwick.kernel.jobs.running import Run


def run_import(run: Run) -> dict[str, Any]:
    """Bring the rows of a file in."""
    return import_rows(PREDICTIONS, run, read_row)


def run_tallies(run: Run) -> dict[str, int]:
    """Count what was decided since the last time."""
    return count_decisions(run)


def run_labels(run: Run) -> dict[str, Any]:
    """Write what people finally said into a file."""
    return write_labels(run)
