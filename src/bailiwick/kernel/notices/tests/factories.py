"""Alerts for tests, and what their notices say."""

from typing import Any

from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.notices.actions.alerts import add_alert
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


def told_to(member: Member) -> list[tuple[str, str]]:
    """The titles and sentences of a member's notices, oldest first."""
    with enter(member.organization_id):
        notices = Notice.objects.filter(member=member).select_related("incident__alert").order_by("id")
        return [
            (str(told.incident.alert), told.sentence)
            for notice in notices
            for told in tell([notice.incident], {notice.incident_id} if notice.is_end else ())
        ]
