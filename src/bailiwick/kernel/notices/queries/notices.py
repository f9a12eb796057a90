"""Notices of whoever asks, and what they say."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.identity.queries import list_member_names
from bailiwick.kernel.notices.manifest import ALERTS
from bailiwick.kernel.notices.models import Incident, Notice

MOST_COUNTED = 99
MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Told:
    """An incident in words; `who` did it, or had it done to them where nobody knows who did."""

    incident: Incident
    who: Member | None
    sentence: str


def list_notices(actor: Actor) -> QuerySet[Notice]:
    """One's own."""
    return Notice.objects.filter(member_id=actor.member_id).select_related("incident__alert")


def list_unread(actor: Actor) -> QuerySet[Notice]:
    return list_notices(actor).filter(read_at=None)


def count_unread(actor: Actor) -> int:
    """At most one more than are counted."""
    unread = Notice.objects.filter(member_id=actor.member_id, read_at=None)
    return unread[: MOST_COUNTED + 1].count()


def get_notice(actor: Actor, notice_id: UUID) -> Notice:
    """Raises NotFound."""
    notice = list_notices(actor).filter(id=notice_id).first()
    if notice is None:
        raise NotFound
    return notice


def list_incidents(actor: Actor, alert_id: UUID) -> list[Told]:
    """The last times that an alert was raised, newest first; needs `notices.alerts`."""
    actor.require(ALERTS)
    incidents = Incident.objects.filter(alert_id=alert_id).select_related("alert").order_by("-id")[:MOST_SHOWN]
    return _tell([(incident, False) for incident in incidents])


def list_mailed(incident_id: UUID, *, is_end: bool) -> list[Notice]:
    """Notices of an incident that go by mail too: to people who have an address."""
    told = Notice.objects.filter(incident_id=incident_id, is_end=is_end, member__is_active=True)
    told = told.exclude(member__user__email="").exclude(member__user=None)
    return list(told.select_related("incident__alert", "member__user").order_by("id"))


def tell(notices: Iterable[Notice]) -> list[Told]:
    """What notices say, in the reader's language and in their order."""
    return _tell([(notice.incident, notice.is_end) for notice in notices])


def _tell(incidents: Collection[tuple[Incident, bool]]) -> list[Told]:
    """Each with whether it is told that it is over."""
    people = list_member_names({key for incident, _is_over in incidents for key in _people_in(incident)})
    told = []
    for incident, is_over in incidents:
        who = next((people[key] for key in _people_in(incident) if key in people), None)
        told.append(Told(incident, who, _sentence(incident, who, is_over)))
    return told


def _people_in(incident: Incident) -> list[UUID]:
    """Who did it, then to whom it was done."""
    subject_id = incident.subject_id if incident.subject_type == Member._meta.label_lower else None
    return [key for key in (incident.member_id, subject_id) if key]


def _sentence(incident: Incident, who: Member | None, is_over: bool) -> str:
    if incident.event_id is None:
        if is_over:
            return _("Everything is sealed again.")
        return _("Something was written more than five minutes ago and is not sealed yet.")
    verb = registry().verbs.get(incident.verb)
    about = {
        "who": who.name if who else _("somebody"),
        "did": verb.title if verb else incident.verb,
        "count": incident.count,
        "minutes": incident.alert.minutes,
    }
    if incident.count == 1:
        return _("%(who)s %(did)s.") % about
    return (
        ngettext(
            "%(count)s time within %(minutes)s min, the last time: %(who)s %(did)s.",
            "%(count)s times within %(minutes)s min, the last time: %(who)s %(did)s.",
            incident.count,
        )
        % about
    )
