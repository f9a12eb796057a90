"""What happened to patients: reported, applied once, taken back, followed and matched."""

from bailiwick.apps.claims.actions.events.applying import apply_event
from bailiwick.apps.claims.actions.events.matching import match_all, match_patient, match_report
from bailiwick.apps.claims.actions.events.reporting import cancel_event, change_event, report_event, send_again

__all__ = [
    "apply_event",
    "cancel_event",
    "change_event",
    "match_all",
    "match_patient",
    "match_report",
    "report_event",
    "send_again",
]
