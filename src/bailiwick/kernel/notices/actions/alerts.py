"""Saying what is alerted, and whom."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.notices.choices import AlertKind
from bailiwick.kernel.notices.errors import TooMany
from bailiwick.kernel.notices.manifest import ALERTS
from bailiwick.kernel.notices.models import Alert, Window
from bailiwick.kernel.notices.queries.alerts import list_default_kinds, list_roles_to_tell, list_told
from bailiwick.kernel.notices.rules import OWN
from bailiwick.kernel.notices.values import LONGEST_WINDOW, MOST_ALERTS, MOST_EVENTS, MOST_TOLD, TEMPLATES, Rule

DEFAULTS = (AlertKind.GLASS, AlertKind.SEAL)
TOLD_BY_DEFAULT = "administrator"


def add_alert(*, actor: Actor, rule: Rule) -> Alert:
    """Be told of something from now on; needs `notices.alerts`. Raises InvalidInput, TooMany."""
    with transaction.atomic(savepoint=False):
        actor.require(ALERTS)
        if Alert.objects.filter(removed_at=None).count() >= MOST_ALERTS:
            raise TooMany
        alert = Alert.objects.create(**_checked(rule))
        record(actor.ref, "notices.alert.added", alert, _told(rule))
        return alert


def change_alert(*, actor: Actor, alert_id: UUID, rule: Rule) -> Alert:
    """Say anew what an alert looks for and whom it tells; it counts from the beginning. Its kind stays.

    Needs `notices.alerts`. Raises InvalidInput, NotFound.
    """
    with transaction.atomic(savepoint=False):
        alert = _lock(actor, alert_id)
        values = _checked(rule) | {"kind": alert.kind}
        for name, value in values.items():
            setattr(alert, name, value)
        alert.save(update_fields=list(values))
        Window.objects.filter(alert_id=alert.id).delete()
        record(actor.ref, "notices.alert.changed", alert, _told(rule))
        return alert


def switch_alert(*, actor: Actor, alert_id: UUID, is_active: bool) -> Alert:
    """Turn an alert off, or on again; doing so twice changes nothing. Needs `notices.alerts`; raises NotFound."""
    with transaction.atomic(savepoint=False):
        alert = _lock(actor, alert_id)
        if alert.is_active != is_active:
            Alert.objects.filter(id=alert.id).update(is_active=is_active)
            Window.objects.filter(alert_id=alert.id).delete()
            record(actor.ref, "notices.alert.opened" if is_active else "notices.alert.closed", alert)
            alert.refresh_from_db()
        return alert


def remove_alert(*, actor: Actor, alert_id: UUID) -> None:
    """Take an alert away; what it raised stays. Needs `notices.alerts`; raises NotFound."""
    with transaction.atomic(savepoint=False):
        alert = _lock(actor, alert_id)
        Alert.objects.filter(id=alert.id).update(is_active=False, removed_at=Now())
        Window.objects.filter(alert_id=alert.id).delete()
        record(actor.ref, "notices.alert.removed", alert, {"title": str(alert)})


def add_default_alerts() -> None:
    """In the organisation in scope: the alerts that come with the product, each once, and never again if removed."""
    missing = [kind for kind in DEFAULTS if kind not in list_default_kinds()]
    rows = [
        Alert(
            kind=kind,
            verbs=list(TEMPLATES[kind].verbs),
            roles=[TOLD_BY_DEFAULT],
            is_default=True,
        )
        for kind in missing
    ]
    if rows:
        Alert.objects.bulk_create(rows, ignore_conflicts=True)


def _lock(actor: Actor, alert_id: UUID) -> Alert:
    actor.require(ALERTS)
    alert = Alert.objects.select_for_update().filter(id=alert_id, removed_at=None).first()
    if alert is None:
        raise NotFound
    return alert


def _told(rule: Rule) -> dict[str, Any]:
    return {
        "title": rule.title,
        "kind": rule.kind.value,
        "verbs": list(rule.verbs),
        "condition": dict(rule.condition),
        "count": rule.count,
        "window": rule.window,
        "per": rule.per.value,
        "roles": list(rule.roles),
        "members": [str(member_id) for member_id in rule.members],
        "is_mailed": rule.is_mailed,
    }


def _checked(rule: Rule) -> dict[str, Any]:
    """The columns of a rule that makes sense; raises InvalidInput."""
    title = " ".join(rule.title.split())
    faults = {}
    if not title or len(title) > 100:
        faults["title"] = _("Give a title of at most 100 characters.")
    known = {code for code in registry().verbs if not code.startswith(OWN)} | set(TEMPLATES[rule.kind].verbs)
    if rule.kind != AlertKind.SEAL and not rule.verbs:
        faults["verbs"] = _("Choose at least one event.")
    elif unknown := sorted(set(rule.verbs) - known):
        faults["verbs"] = _("There is no event “{verb}”.").format(verb=unknown[0])
    if rule.kind == AlertKind.GRANTS and not rule.condition.get("role"):
        faults["watched"] = _("Choose at least one role.")
    if not 1 <= rule.count <= MOST_EVENTS:
        faults["count"] = _("Give a number from 1 to {most}.").format(most=MOST_EVENTS)
    if not 0 <= rule.window <= LONGEST_WINDOW or (rule.count > 1 and not rule.window):
        faults["minutes"] = _("Give a number from 1 to {most}.").format(most=LONGEST_WINDOW // 60)
    roles = {role.code for role in list_roles_to_tell()}
    if unknown := sorted(set(rule.roles) - roles):
        faults["roles"] = _("There is no role “{role}”.").format(role=unknown[0])
    named = {member.id for member in list_told((), rule.members)} if rule.members else set()
    if len(rule.members) > MOST_TOLD or set(rule.members) - named:
        faults["members"] = _("Choose people who work here.")
    if not rule.roles and not rule.members:
        faults["roles"] = _("Say who is told: a role, or people by name.")
    if faults:
        raise InvalidInput({name: [sentence] for name, sentence in faults.items()})
    return _told(rule) | {"title": title, "members": list(rule.members)}
