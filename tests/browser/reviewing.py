"""Predictions on a reviewer's workbench, for tests in a browser."""

from typing import Any

from bailiwick.apps.predictions.tests.factories import submitted
from bailiwick.apps.predictions.values import NewReason

TWO_REASONS = (
    NewReason("Access for life is promised.", "High", code=266544),
    NewReason("No postal address was found.", "Medium", code=266580),
)


def fill(organization: Any, member: Any, actor_of: Any, scope: Any, count: int) -> None:
    program = actor_of(member(organization, "submitter", kind="program"))
    with scope(organization):
        for number in range(count):
            submitted(program, product_id=f"P-{number}", title=f"Course {number}", reasons=TWO_REASONS)


def see(page: Any, title: str) -> None:
    """Wait for a prediction on the workbench, and for its script, which rings the first open reason."""
    page.get_by_role("heading", name=title).wait_for()
    page.locator(".reason.is-now").wait_for()
