"""The daily upkeep of deliveries."""

from bailiwick.kernel.events.actions.deliveries import forget_old
from bailiwick.kernel.jobs.running import Run


def forget_deliveries(run: Run) -> dict[str, int]:
    with run.step():
        return {"deliveries": forget_old()}
