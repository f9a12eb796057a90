"""What workers do for members."""

from typing import Any

from bailiwick.kernel.jobs.running import Run
from bailiwick.kernel.members.actions.exporting import write_export


def run_export(run: Run) -> dict[str, Any]:
    """Write down what is known of somebody."""
    return write_export(run)
