"""What is done by the clock, and the mails of alerts."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from bailiwick.kernel.audit.queries.blocks import list_unsealed
from bailiwick.kernel.identity.mails import can_mail
from bailiwick.kernel.notices.actions.alerts import add_default_alerts
from bailiwick.kernel.notices.actions.notices import forget_windows, remove_old_notices
from bailiwick.kernel.notices.actions.raising import watch_seals
from bailiwick.kernel.notices.mails import write_letter
from bailiwick.kernel.notices.queries.notices import list_mailed
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.queries import each_organization

if TYPE_CHECKING:
    from bailiwick.kernel.jobs.running import Run


def watch(run: object = None) -> None:
    """Give every organisation the alerts of the product, and look whether all of its rows are sealed in time."""
    unsealed = list_unsealed()
    for scope in each_organization():
        assert scope.organization_id
        add_default_alerts()
        watch_seals(unsealed.get(scope.organization_id))


def remove_old(run: object = None) -> None:
    """Remove notices that are past their time, and counts that say nothing any more."""
    for _scope in each_organization():
        remove_old_notices()
        forget_windows()


def mail(run: "Run") -> dict[str, Any]:
    """Mail an incident to everybody who was told of it and has an address."""
    with run.read():
        organization = Organization.objects.values_list("name", flat=True).get(id=str(run.organization_id))
        told = list_mailed(UUID(run.arguments["incident"]), is_end=run.arguments["is_end"]) if can_mail() else []
        letters = [write_letter(notice, organization) for notice in told]
    run.total = len(letters)
    for letter in letters[run.done :]:
        letter.send()
        with run.step():
            run.done += 1
    return {"mailed": run.done}
