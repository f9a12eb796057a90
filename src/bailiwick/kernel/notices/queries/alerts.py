"""Alerts: those of an organisation, those that look for an event, and whom they tell."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.db.models import Count as CountOf
from django.db.models import Q, QuerySet
from django.utils.timezone import now

from bailiwick.kernel.access.actors import Actor, counting
from bailiwick.kernel.access.models import Grant, Role
from bailiwick.kernel.access.queries import in_order
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.identity.choices import MemberKind
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.notices.choices import AlertKind
from bailiwick.kernel.notices.manifest import ALERTS
from bailiwick.kernel.notices.models import Alert, Incident
from bailiwick.kernel.notices.values import MOST_TOLD

RECENT = timedelta(days=30)


def list_alerts(actor: Actor) -> QuerySet[Alert]:
    """Those that were not removed; needs `notices.alerts`."""
    actor.require(ALERTS)
    return Alert.objects.filter(removed_at=None)


def get_alert(actor: Actor, alert_id: UUID) -> Alert:
    """Raises NotFound."""
    alert = list_alerts(actor).filter(id=alert_id).first()
    if alert is None:
        raise NotFound
    return alert


def list_watching(verbs: Collection[str]) -> list[Alert]:
    """In the organisation in scope: the alerts that look for one of some verbs."""
    return list(Alert.objects.filter(is_active=True, removed_at=None, verbs__overlap=list(verbs)).order_by("id"))


def list_seal_alerts() -> list[Alert]:
    """In the organisation in scope: the alerts that look at the age of what is not sealed."""
    return list(Alert.objects.filter(is_active=True, removed_at=None, kind=AlertKind.SEAL).order_by("id"))


def list_default_kinds() -> set[str]:
    """The kinds of which the organisation in scope has, or has removed, the alert that came with the product."""
    return set(Alert.objects.filter(is_default=True).values_list("kind", flat=True))


def list_told(roles: Collection[str], member_ids: Collection[UUID]) -> list[Member]:
    """The people who hold one of the roles over the whole organisation, and those named, as long as they are here."""
    grants = Grant.objects.filter(counting(), object_type="", role__in=roles)
    told = Q(id__in=list(member_ids)) | Q(id__in=grants.values("member_id"))
    people = Member.objects.filter(told, is_active=True, kind=MemberKind.PERSON).select_related("user")
    return list(people.order_by("id")[:MOST_TOLD])


def list_roles_to_tell() -> list[Role]:
    """The roles of the organisation in scope that somebody may hold."""
    return in_order(Role.objects.filter(ended_at=None))


def count_incidents(alert_ids: Collection[UUID], within: timedelta = RECENT) -> dict[UUID, int]:
    """How often each of some alerts was raised lately, in the last 30 days where nothing else is said."""
    recent = Incident.objects.filter(alert__in=alert_ids, at__gte=now() - within)
    counts = dict(recent.values_list("alert").annotate(times=CountOf("id")))
    return {alert_id: counts.get(alert_id, 0) for alert_id in alert_ids}
