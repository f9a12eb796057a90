"""Parameters of the rules as people write them: one field each, lists and tables a line an entry."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.rules.parameters import SETTINGS, Parameters, Setting, to_json
from bailiwick.apps.claims.rules.pipeline import STEPS

LISTS = ("codes", "shares")
TABLES = ("factors", "wholes")
LINES = ("bundles", "lists", *TABLES)
HINTS = {
    "share": _("From 0 to 1."),
    "optional_share": _("From 0 to 1. Empty: the plan's."),
    "amount": _("Empty: at no amount."),
    "whole": _("Empty: as each plan says."),
    "codes": _("Each stands for all codes that begin with it. With commas between."),
    "shares": _("With commas between: 1, 0.5, 0.5"),
    "factors": _("A line each: modifier: factor"),
    "wholes": _("A line each: code: number"),
    "lists": _("A line each: code: diagnoses with commas between"),
    "bundles": _("A line each: whole, part; behind the part an asterisk where a modifier may separate them."),
}


class RulesForm(forms.Form):
    """A version of the rules. What cannot be read is said beside its field by the action."""

    title = forms.CharField(label=_("Title"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for setting in SETTINGS:
            self.fields[setting.name] = _field(setting)

    @property
    def parameters(self) -> dict[str, Any]:
        """As `rules.parameters` reads them."""
        return {setting.name: read(setting, self.cleaned_data[setting.name]) for setting in SETTINGS}


def _field(setting: Setting) -> forms.Field:
    words: dict[str, Any] = {"label": setting.title, "required": False, "help_text": HINTS.get(setting.kind, "")}
    if setting.kind == "names":
        steps = [(step.code, step.title) for step in STEPS if step.is_optional]
        return forms.MultipleChoiceField(choices=steps, widget=forms.CheckboxSelectMultiple, **words)
    if setting.kind == "choice":
        return forms.ChoiceField(choices=[(option, CHOICES[option]) for option in setting.options], **words)
    if setting.kind == "basis":
        return forms.ChoiceField(choices=[("365", "365"), ("360", "360")], **words)
    if setting.kind in (*LINES, *LISTS):
        rows = 2 if setting.kind in LISTS else 4
        return forms.CharField(widget=forms.Textarea({"rows": rows}), max_length=200_000, **words)
    return forms.CharField(max_length=30, **words)


CHOICES = {
    "deny": _("Deny what another payer has to pay first"),
    "ask": _("Have people look at it"),
    "billed": _("Allow what is billed"),
    "pend": _("Have people look at it"),
}


def read(setting: Setting, given: Any) -> Any:
    """The JSON of what was typed; what makes no sense stays as it is, for whoever says so beside the field."""
    if setting.kind in LISTS:
        return [each.strip() for each in given.replace("\n", ",").split(",") if each.strip()]
    if setting.kind in LINES:
        lines = [line.strip() for line in given.splitlines() if line.strip()]
        return (
            [_bundle(line) for line in lines]
            if setting.kind == "bundles"
            else dict(_pair(setting, each) for each in lines)
        )
    return given


def _pair(setting: Setting, line: str) -> tuple[str, Any]:
    name, _colon, value = line.partition(":")
    if setting.kind == "lists":
        return name.strip(), [each.strip() for each in value.split(",") if each.strip()]
    return name.strip(), value.strip()


def _bundle(line: str) -> dict[str, Any]:
    whole, _comma, part = line.partition(",")
    is_separable = part.rstrip().endswith("*")
    return {"whole": whole.strip(), "part": part.strip(" *"), "is_separable": is_separable}


def spell(setting: Setting, value: Any) -> Any:
    """A value of JSON as people write it."""
    if value is None:
        return ""
    match setting.kind:
        case "codes" | "shares":
            return ", ".join(map(str, value))
        case "bundles":
            return "\n".join(f"{each['whole']}, {each['part']}{' *' if each['is_separable'] else ''}" for each in value)
        case "lists":
            return "\n".join(f"{name}: {', '.join(each)}" for name, each in value.items())
        case "factors" | "wholes":
            return "\n".join(f"{name}: {each}" for name, each in value.items())
        case "names":
            return list(value)
        case _:
            return str(value)


def spell_all(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What a form shows of stored parameters; what they leave open is as by default."""
    known = to_json(Parameters()) | dict(parameters)
    return {setting.name: spell(setting, known[setting.name]) for setting in SETTINGS}


class TrialForm(forms.Form):
    """Over which days of service a version is tried."""

    since = forms.DateField(label=_("Services from"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    until = forms.DateField(label=_("Services until"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
