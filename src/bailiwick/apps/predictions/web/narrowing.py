"""What the list of predictions is narrowed by."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.apps.predictions.choices import Outcome, State, Verdict
from bailiwick.apps.predictions.manifest import AUDIT, MANAGE
from bailiwick.apps.predictions.models import Prediction
from bailiwick.apps.predictions.queries import filters, outcomes
from bailiwick.apps.predictions.queries.outcomes import ADDED
from bailiwick.apps.predictions.queries.predictions import list_catalogue, list_deciders, list_models
from bailiwick.apps.predictions.queries.statistics.comparison import in_comparison
from bailiwick.kernel.access.actors import Actor

ANY = ("", gettext_lazy("any"))
MOST_OFFERED = 200


class DayField(forms.DateField):
    """A day, chosen in the browser's calendar."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class ShareField(forms.DecimalField):
    """A number between 0 and 1."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=1, max_digits=9, decimal_places=8, required=False, **options)
        self.widget.attrs |= {"step": "any"}


YES_OR_NO = [ANY, ("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))]
OUTCOMES = [ANY, *Outcome.choices, (ADDED, gettext_lazy("Added by people"))]
BINS = [ANY, *((str(each), f"{each / 10:.1f}–{(each + 1) / 10:.1f}") for each in range(10))]
CASES_TITLES = {
    "same": gettext_lazy("whatever was said"),
    "decided": gettext_lazy("decided by people"),
    "open": gettext_lazy("not decided yet"),
    "contested": gettext_lazy("decided differently each time"),
    "first": gettext_lazy("this one right"),
    "second": gettext_lazy("the other one right"),
    "both": gettext_lazy("both right"),
    "only-first": gettext_lazy("only this one right"),
    "only-second": gettext_lazy("only the other one right"),
    "neither": gettext_lazy("neither right"),
    "accept-accept": gettext_lazy("both accept"),
    "accept-reject": gettext_lazy("this one accepts, the other rejects"),
    "reject-accept": gettext_lazy("this one rejects, the other accepts"),
    "reject-reject": gettext_lazy("both reject"),
}
RARE = (
    "outcome",
    "bin",
    "waiting_from",
    "waiting_to",
    "opinion_by",
    "beside",
    "twice",
    "gold_by",
    "gold",
    "versus",
    "case",
)
"""Filters to which figures lead: they are offered where they are in use."""


class PredictionFilters(forms.Form):
    """Each value in the address is a chip. `choices` are those of the filters that depend on the actor."""

    q = forms.CharField(label=gettext_lazy("Product number"), required=False, max_length=255)
    state = forms.ChoiceField(label=gettext_lazy("State is"), choices=[ANY, *State.choices], required=False)
    verdict = forms.ChoiceField(label=gettext_lazy("Model says"), choices=[ANY, *Verdict.choices], required=False)
    reason = forms.TypedChoiceField(label=gettext_lazy("Reason is"), coerce=int, empty_value=None, required=False)
    model = forms.MultipleChoiceField(label=gettext_lazy("Model is"), required=False)
    confidence_from = ShareField(label=gettext_lazy("Confidence from"))
    confidence_to = ShareField(label=gettext_lazy("Confidence up to"))
    received_from = DayField(label=gettext_lazy("Received from"), required=False)
    received_to = DayField(label=gettext_lazy("Received up to"), required=False)
    decided_by = forms.ChoiceField(label=gettext_lazy("Decided by"), required=False)
    decided_from = DayField(label=gettext_lazy("Decided from"), required=False)
    decided_to = DayField(label=gettext_lazy("Decided up to"), required=False)
    decided = forms.ChoiceField(label=gettext_lazy("Is decided"), choices=YES_OR_NO, required=False)
    final = forms.ChoiceField(label=gettext_lazy("People say"), choices=[ANY, *Verdict.choices], required=False)
    agrees = forms.ChoiceField(label=gettext_lazy("People agree"), choices=YES_OR_NO, required=False)
    sampled = forms.ChoiceField(label=gettext_lazy("In the random sample"), choices=YES_OR_NO, required=False)
    outcome = forms.ChoiceField(label=gettext_lazy("The reason was"), choices=OUTCOMES, required=False)
    bin = forms.ChoiceField(label=gettext_lazy("Confidence"), choices=BINS, required=False)
    waiting_from = DayField(label=gettext_lazy("Waiting from"), required=False)
    waiting_to = DayField(label=gettext_lazy("Waiting up to"), required=False)
    opinion_by = forms.ChoiceField(label=gettext_lazy("An opinion by"), required=False)
    beside = forms.ChoiceField(label=gettext_lazy("beside one by"), required=False)
    twice = forms.ChoiceField(label=gettext_lazy("Judged by two"), choices=YES_OR_NO[:2], required=False)
    gold_by = forms.ChoiceField(label=gettext_lazy("Gold, asked of"), required=False)
    gold = forms.ChoiceField(label=gettext_lazy("Gold answer right"), choices=YES_OR_NO, required=False)
    versus = forms.ChoiceField(label=gettext_lazy("Also judged by"), required=False)
    case = forms.ChoiceField(label=gettext_lazy("Of the two"), choices=[ANY, *CASES_TITLES.items()], required=False)

    def __init__(self, choices: dict[str, list[Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in RARE:
            if not self.data.get(name):
                del self.fields[name]
        for name, given in choices.items():
            if name not in self.fields:
                continue
            self.fields[name].choices = given  # type: ignore[attr-defined]


def choices_for(actor: Actor) -> dict[str, list[Any]]:
    """Reasons, models and deciders that the actor may narrow by."""
    models = [(str(each.id), str(each)) for each in list_models(actor)[:MOST_OFFERED]]
    members: list[Any] = [ANY, (str(actor.member_id), _("me"))]
    if actor.may((AUDIT, MANAGE)):
        members += [(str(key), name) for key, name in list_deciders(actor)[:MOST_OFFERED]]
    return {
        "reason": [ANY, *((each.code, each.title) for each in list_catalogue(actor)[:MOST_OFFERED])],
        "model": [*models, ("none", _("none named"))],
        "versus": [ANY, *models],
        "decided_by": members,
        "opinion_by": members,
        "beside": members,
        "gold_by": members if actor.may((AUDIT, MANAGE)) else [ANY],
    }


def narrow(rows: QuerySet[Prediction], values: Mapping[str, Any]) -> QuerySet[Prediction]:
    """The rows that every filter in use lets through."""
    if values["q"]:
        rows = filters.with_product(rows, values["q"])
    if values["state"]:
        rows = filters.in_state(rows, values["state"])
    if values["verdict"]:
        rows = rows.filter(verdict=values["verdict"])
    if values["reason"] is not None and not values.get("outcome"):
        rows = filters.with_reason(rows, values["reason"])
    if values["model"]:
        rows = outcomes.of_models(rows, values["model"])
    rows = filters.confidence_between(rows, values["confidence_from"], values["confidence_to"])
    rows = filters.received_between(rows, day_of(values["received_from"]), day_after(values["received_to"]))
    return _narrow_by_outcome(rows, values)


def _narrow_by_outcome(rows: QuerySet[Prediction], values: Mapping[str, Any]) -> QuerySet[Prediction]:
    since, until = day_of(values["decided_from"]), day_after(values["decided_to"])
    people = {name: values.get(name) for name in ("opinion_by", "beside", "gold_by")}
    if values["decided_by"]:
        rows = outcomes.decided_by(rows, values["decided_by"], since, until)
    elif people["opinion_by"] and people["beside"]:
        rows = outcomes.compared(rows, people["opinion_by"], people["beside"], since, until)
    elif values.get("twice"):
        rows = outcomes.judged_twice(rows, since, until)
    elif people["gold_by"]:
        is_right = {"yes": True, "no": False}.get(values.get("gold", ""))
        rows = outcomes.gold_by(rows, people["gold_by"], is_right, since, until)
    elif since or until or values["decided"] == "yes" or values["final"] or values["agrees"]:
        agrees = values["agrees"] == "yes" if values["agrees"] else None
        rows = outcomes.decided(rows, since=since, until=until, verdict=values["final"], agrees=agrees)
    if values["decided"] == "no":
        rows = outcomes.undecided(rows)
    if values["sampled"]:
        rows = outcomes.sampled(rows, values["sampled"] == "yes")
    if values["reason"] is not None and values.get("outcome"):
        rows = outcomes.with_outcome(rows, values["reason"], values["outcome"])
    if values.get("bin"):
        rows = outcomes.in_bin(rows, int(values["bin"]))
    if values.get("waiting_from") or values.get("waiting_to"):
        rows = outcomes.waiting_since(rows, day_of(values.get("waiting_from")), day_after(values.get("waiting_to")))
    if values.get("versus") and len(values["model"]) == 1:
        case = values.get("case") or "same"
        rows = in_comparison(rows, values["model"][0], values["versus"], case)
    return rows


def day_of(day: date | None) -> datetime | None:
    """The first moment of a day."""
    return make_aware(datetime.combine(day, time.min)) if day else None


def day_after(day: date | None) -> datetime | None:
    """The first moment that is no longer of a day."""
    return day_of(day + timedelta(days=1)) if day else None
