"""Uses of the break-glass sign-in, and who is to hear of them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bailiwick.kernel.access.actors import is_current, roles_with
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.audit.queries import list_events
from bailiwick.kernel.federation.manifest import MANAGE
from bailiwick.kernel.identity.models import SignInPolicy, User
from bailiwick.kernel.identity.queries import list_member_names
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import require_scope

USED, MAILED = "identity.break_glass.used", "federation.alarm.mailed"


@dataclass(frozen=True, slots=True)
class Alarm:
    """Somebody came in although the policy does not take their way; `name` is theirs."""

    event_id: UUID
    policy_id: UUID
    at: datetime
    name: str
    method: str
    organization: str


def list_alarms() -> list[Alarm]:
    """In the organisation in scope: the uses of which nobody was told yet, oldest first."""
    policy_id = SignInPolicy.objects.values_list("id", flat=True).first()
    events = list(list_events(policy_id).filter(verb__in=[USED, MAILED])) if policy_id else []
    told = {event.data["event"] for event in events if event.verb == MAILED}
    fresh = [event for event in events if event.verb == USED and str(event.id) not in told]
    if not fresh or policy_id is None:
        return []
    names = list_member_names({event.member_id for event in fresh if event.member_id})
    organization = Organization.objects.values_list("name", flat=True).get(id=str(require_scope().organization_id))
    return [
        Alarm(event.id, policy_id, event.at, str(names[event.member_id]), event.data["method"], organization)
        for event in fresh
    ]


def list_keepers() -> list[User]:
    """The people who keep the organisation's own sign-in and have a mail address."""
    grants = Grant.objects.filter(role__in=roles_with(MANAGE), object_type="", member__is_active=True)
    held = grants.select_related("member__user").order_by("member_id", "id")
    people = {grant.member.user_id: grant.member.user for grant in held if is_current(grant)}
    return [user for user in people.values() if user and user.is_active and user.email]
