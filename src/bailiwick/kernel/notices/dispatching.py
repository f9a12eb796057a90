"""What notices make of events; each function is a consumer of the dispatcher."""

from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.identity.models import User
from bailiwick.kernel.notices.actions.failures import pass_failure_on
from bailiwick.kernel.notices.actions.raising import count_events
from bailiwick.kernel.notices.values import SIGN_IN_FAILED
from bailiwick.kernel.tenancy.queries import get_installation_id


def pass_failures_on(events: list[Event]) -> None:
    """Failed sign-ins stand in the installation's own organisation: tell those whose people were meant."""
    for event in events:
        is_of_somebody = event.verb == SIGN_IN_FAILED and event.subject_type == User._meta.label_lower
        if is_of_somebody and event.organization_id == get_installation_id():
            pass_failure_on(event)


def watch_events(events: list[Event]) -> None:
    """Let the organisation's alerts look at its events."""
    count_events(events)
