"""Alerts for tests, and what their notices say."""

from typing import Any

from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.notices.actions.alerts import add_alert
from bailiwick.kernel.notices.actions.raising import count_events
from bailiwick.kernel.notices.choices import AlertKind, Per
from bailiwick.kernel.notices.models import Alert, Notice
from bailiwick.kernel.notices.queries.notices import tell
from bailiwick.kernel.notices.values import TEMPLATES, Rule
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for


def alert_of(boss: Member, kind: str, **values: Any) -> Alert:
    """An alert that begins as its kind does, and tells whoever added it."""
    template = TEMPLATES[AlertKind(kind)]
    values.setdefault("verbs", template.verbs)
    values["condition"] = {**template.condition, **values.get("condition", {})}
    for name in ("count", "window"):
        values.setdefault(name, getattr(template, name))
    values["per"] = Per(values.get("per", template.pers[0]))
    values.setdefault("title", f"Alert of {kind}")
    values.setdefault("members", (boss.id,))
    with enter(boss.organization_id, member_id=boss.id):
        return add_alert(actor=actor_for(boss), rule=Rule(kind=AlertKind(kind), **values))


def raise_for(member: Member, title: str) -> Notice:
    """A member's unread notice of an alert over two events."""
    alert = alert_of(member, "exports", title=title, condition={"rows": 0}, count=2, per="organization")
    actor = actor_for(member)
    with enter(member.organization_id, member_id=member.id):
        for _number in range(2):
            record(actor.ref, "web.list.exported", member, {"rows": 1})
        count_events(list(Event.objects.filter(verb="web.list.exported").order_by("id")))
        return Notice.objects.select_related("incident").get(member=member, incident__alert=alert)


def told_to(member: Member) -> list[tuple[str, str]]:
    """The titles and sentences of a member's notices, oldest first."""
    with enter(member.organization_id):
        notices = Notice.objects.filter(member=member).select_related("incident__alert").order_by("id")
        return [(str(told.incident.alert), told.sentence) for told in tell(notices)]
