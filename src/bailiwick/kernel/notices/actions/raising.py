"""Raising alerts: counting events, and telling people."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models.functions import Now
from django.utils.timezone import now

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.identity.choices import Credential, MemberKind
from bailiwick.kernel.jobs.actions import submit_job
from bailiwick.kernel.notices.manifest import MAIL
from bailiwick.kernel.notices.models import Alert, Incident, Notice, Window
from bailiwick.kernel.notices.queries.alerts import count_incidents, list_seal_alerts, list_told, list_watching
from bailiwick.kernel.notices.rules import Count, add, group_of, is_met, is_own
from bailiwick.kernel.notices.values import MOST_RAISED, SEALED_WITHIN
from bailiwick.kernel.tenancy.scope import require_scope

Group = tuple[UUID, str]
AN_HOUR = timedelta(hours=1)


def count_events(events: list[Event]) -> None:
    """In the organisation in scope: let its alerts look at events in the order of writing, and raise those due.

    Called in the transaction that moves the cursor over the events, so that each is counted once.
    """
    alerts = list_watching({event.verb for event in events})
    meant = [
        (alert, event)
        for event in events
        if not is_own(event)
        for alert in alerts
        if event.verb in alert.verbs and is_met(alert.condition, event.data)
    ]
    left = _count_left({alert.id for alert, _event in meant})
    counts = _lock_counts({(alert.id, group_of(alert.per, event)) for alert, event in meant if alert.window})
    for alert, event in meant:
        group = alert.id, group_of(alert.per, event)
        count, found = add(counts.get(group, Count()), event.at, alert.count, timedelta(seconds=alert.window))
        if alert.window:
            counts[group] = count
        if found and left[alert.id] > 0:
            left[alert.id] -= 1
            _raise_over(alert, event, found)
    _store_counts(counts, {alert.id: alert.window for alert in alerts})


def _count_left(alert_ids: set[UUID]) -> dict[UUID, int]:
    """How often each of some alerts may be raised still, of what it may within an hour."""
    raised = count_incidents(alert_ids, AN_HOUR) if alert_ids else {}
    return {alert_id: MOST_RAISED - count for alert_id, count in raised.items()}


def _lock_counts(groups: set[Group]) -> dict[Group, Count]:
    """How far some groups have come; one that has no row yet begins anew."""
    counts = dict.fromkeys(groups, Count())
    if groups:
        alerts, names = {alert_id for alert_id, _name in groups}, {name for _alert_id, name in groups}
        rows = Window.objects.select_for_update().filter(alert__in=alerts, group__in=names).order_by("id")
        for row in rows:
            counts[row.alert_id, row.group] = Count(tuple(row.times), row.muted_until)
    return counts


def _store_counts(counts: dict[Group, Count], windows: dict[UUID, int]) -> None:
    rows = [
        Window(
            alert_id=alert_id,
            group=group,
            times=list(count.times),
            muted_until=count.muted_until,
            ends_at=max(filter(None, (*count.times, count.muted_until))) + timedelta(seconds=windows[alert_id]),
        )
        for (alert_id, group), count in sorted(counts.items())
        if alert_id in windows and (count.times or count.muted_until)
    ]
    if rows:
        Window.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["organization", "alert", "group"],
            update_fields=["times", "muted_until", "ends_at"],
        )


def _raise_over(alert: Alert, event: Event, count: int) -> None:
    incident = Incident.objects.create(
        alert=alert,
        count=count,
        event_id=event.id,
        verb=event.verb,
        member_id=event.member_id,
        subject_type=event.subject_type,
        subject_id=event.subject_id,
    )
    about = {"count": count, "verb": event.verb, "event": str(event.id)}
    record(_house().ref, "notices.alert.raised", alert, _about(incident) | about)
    _tell(incident, is_end=False)


def watch_seals(since: datetime | None) -> None:
    """In the organisation in scope, whose oldest row without a seal was written then: raise or end its alerts of that.

    None where everything is sealed.
    """
    is_late = since is not None and since < now() - timedelta(seconds=SEALED_WITHIN)
    for alert in list_seal_alerts():
        incident = Incident.objects.filter(alert=alert, event_id=None, ended_at=None).first()
        if is_late and incident is None:
            _raise_over_seal(alert, since)
        elif incident is not None and not is_late:
            _end(incident)


def _raise_over_seal(alert: Alert, since: datetime | None) -> None:
    """Once, whoever else looks at the same time."""
    Alert.objects.select_for_update().get(id=alert.id)
    if Incident.objects.filter(alert=alert, event_id=None, ended_at=None).exists():
        return
    incident = Incident.objects.create(alert=alert, since=since)
    record(_house().ref, "notices.alert.raised", alert, _about(incident) | {"since": str(since)})
    _tell(incident, is_end=False)


def _end(incident: Incident) -> None:
    if Incident.objects.filter(id=incident.id, ended_at=None).update(ended_at=Now()):
        record(_house().ref, "notices.alert.ended", incident.alert, _about(incident))
        _tell(incident, is_end=True)


def _about(incident: Incident) -> dict[str, str]:
    return {"title": str(incident.alert), "alert": incident.alert.kind, "incident": str(incident.id)}


def _tell(incident: Incident, *, is_end: bool) -> None:
    """A notice to everybody who is told, and a mail where that is asked for."""
    alert = incident.alert
    people = list_told(alert.roles, alert.members)
    Notice.objects.bulk_create(Notice(member=member, incident=incident, is_end=is_end) for member in people)
    if people and alert.is_mailed:
        arguments = {"incident": str(incident.id), "is_end": is_end}
        submit_job(actor=_house(), kind=MAIL, arguments=arguments, key=f"{incident.id}:{is_end}")


def _house() -> Actor:
    """The house itself, in the organisation in scope."""
    organization_id = require_scope().organization_id
    return Actor(organization_id, None, "", MemberKind.PROGRAM, Credential.SYSTEM)  # type: ignore[arg-type]
