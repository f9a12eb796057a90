"""The form of an alert: what its kind lets be said, and whom it tells."""

from typing import Any

from django import forms
from django.apps import apps
from django.utils.translation import gettext_lazy

from bailiwick.kernel.base.manifest import Verb, registry
from bailiwick.kernel.identity.queries.people import list_colleagues
from bailiwick.kernel.notices.choices import AlertKind, Per
from bailiwick.kernel.notices.models import Alert
from bailiwick.kernel.notices.queries.alerts import list_roles_to_tell
from bailiwick.kernel.notices.rules import OWN
from bailiwick.kernel.notices.values import LONGEST_WINDOW, MOST_EVENTS, TEMPLATES, Rule

PEOPLE_OFFERED = 500


class Ticks(forms.CheckboxSelectMultiple):
    """Several choices, each with a box."""

    def __init__(self) -> None:
        super().__init__({"class": "form-check-input"})


class AlertForm(forms.Form):
    """An alert of one kind; fields that the kind has no use for are not there."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=100)
    verbs = forms.MultipleChoiceField(label=gettext_lazy("Events"), widget=Ticks)
    watched = forms.MultipleChoiceField(label=gettext_lazy("Roles to hear of"), widget=Ticks)
    rows = forms.IntegerField(
        label=gettext_lazy("Rows of one export, at least"),
        help_text=gettext_lazy("0 counts every export."),
        min_value=0,
        max_value=1_000_000_000,
    )
    count = forms.IntegerField(label=gettext_lazy("How many"), min_value=1, max_value=MOST_EVENTS)
    minutes = forms.IntegerField(
        label=gettext_lazy("Within how many minutes"),
        help_text=gettext_lazy(
            "You are told once while they last. With 0 you are told of every single one, up to 100 in an hour."
        ),
        min_value=0,
        max_value=LONGEST_WINDOW // 60,
    )
    per = forms.ChoiceField(label=gettext_lazy("Counted for"), choices=Per.choices)
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Whoever has one of these roles"), required=False, widget=Ticks
    )
    members = forms.TypedMultipleChoiceField(
        label=gettext_lazy("And these people"),
        help_text=gettext_lazy("Hold Ctrl or Cmd to choose several, or to take one out."),
        required=False,
        widget=forms.SelectMultiple({"size": 6}),
    )
    is_mailed = forms.BooleanField(label=gettext_lazy("By mail too"), required=False)

    def __init__(self, kind: AlertKind, data: Any = None, *, alert: Alert | None = None) -> None:
        super().__init__(data, initial=_initial(kind, alert))
        self.kind, self.template = kind, TEMPLATES[kind]
        roles = [(role.code, str(role)) for role in list_roles_to_tell()]
        people = [(str(member.id), member.name) for member in list_colleagues(most=PEOPLE_OFFERED)]
        choices = {
            "roles": roles,
            "watched": roles,
            "members": people,
            "verbs": [(verb.code, verb.title) for _app, verbs in self.verb_groups for verb in verbs],
            "per": [(per.value, per.label) for per in self.template.pers],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]
        for name in self._useless():
            del self.fields[name]

    @property
    def verb_groups(self) -> list[tuple[str, list[Verb]]]:
        """Everything that may happen, by the part of the product in which it does."""
        groups = [
            (str(apps.get_app_config(each.app).verbose_name), list(each.verbs))
            for each in registry().manifests
            if each.verbs and f"{each.app}." != OWN
        ]
        return sorted(groups, key=lambda group: group[0])

    @property
    def chosen_verbs(self) -> list[str]:
        return self["verbs"].value() or []

    def _useless(self) -> list[str]:
        useful = {
            "verbs": self.kind == AlertKind.EVENTS,
            "watched": self.kind == AlertKind.GRANTS,
            "rows": self.kind == AlertKind.EXPORTS,
            "count": self.template.is_counted,
            "minutes": self.template.is_counted,
            "per": len(self.template.pers) > 1,
        }
        return [name for name, is_useful in useful.items() if not is_useful]

    def rule(self) -> Rule:
        """What was filled in, once it is valid."""
        given = self.cleaned_data
        condition = dict(self.template.condition)
        if "watched" in given:
            condition["role"] = given["watched"]
        if "rows" in given:
            condition["rows"] = given["rows"]
        return Rule(
            kind=self.kind,
            title=given["title"],
            verbs=tuple(given.get("verbs", self.template.verbs)),
            condition=condition,
            count=given.get("count", self.template.count),
            window=given.get("minutes", self.template.window // 60) * 60,
            per=Per(given.get("per", self.template.pers[0])),
            roles=tuple(given["roles"]),
            members=tuple(given["members"]),
            is_mailed=given["is_mailed"],
        )


def rule_of(alert: Alert) -> Rule:
    """What an alert says now."""
    return Rule(
        kind=AlertKind(alert.kind),
        title=str(alert),
        verbs=tuple(alert.verbs),
        condition=alert.condition,
        count=alert.count,
        window=alert.window,
        per=Per(alert.per),
        roles=tuple(alert.roles),
        members=tuple(alert.members),
        is_mailed=alert.is_mailed,
    )


def _initial(kind: AlertKind, alert: Alert | None) -> dict[str, Any]:
    template = TEMPLATES[kind]
    condition = alert.condition if alert else template.condition
    return {
        "title": str(alert) if alert else "" if kind == AlertKind.EVENTS else kind.label,
        "verbs": alert.verbs if alert else [],
        "watched": condition.get("role", []),
        "rows": condition.get("rows", 0),
        "count": alert.count if alert else template.count,
        "minutes": (alert.window if alert else template.window) // 60,
        "per": alert.per if alert else template.pers[0],
        "roles": alert.roles if alert else ["administrator"],
        "members": [str(member_id) for member_id in alert.members] if alert else [],
        "is_mailed": alert.is_mailed if alert else False,
    }
