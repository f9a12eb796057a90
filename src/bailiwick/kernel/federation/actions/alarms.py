"""Noting that an alarm was passed on."""

from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.federation.queries.alarms import Alarm
from bailiwick.kernel.identity.models import SignInPolicy


def record_mailed_alarm(actor: ActorRef, alarm: Alarm, count: int) -> None:
    """So many people were mailed of a use of the break-glass sign-in."""
    about = {"event": str(alarm.event_id), "people": count}
    record(actor, "federation.alarm.mailed", SignInPolicy(id=alarm.policy_id), about)
