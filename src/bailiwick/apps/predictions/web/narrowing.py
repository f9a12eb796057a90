"""What the list of predictions is narrowed by."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.apps.predictions.choices import State, Verdict
from bailiwick.apps.predictions.queries.predictions import list_catalogue, list_models
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

    def __init__(self, choices: dict[str, list[Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, given in choices.items():
            self.fields[name].choices = given  # type: ignore[attr-defined]


def choices_for(actor: Actor) -> dict[str, list[Any]]:
    """Reasons, models and deciders that the actor may narrow by."""
    return {
        "reason": [ANY, *((each.code, each.title) for each in list_catalogue(actor)[:MOST_OFFERED])],
        "model": [(str(each.id), str(each)) for each in list_models(actor)[:MOST_OFFERED]],
        "decided_by": [ANY, (str(actor.member_id), _("me"))],
    }


def day_of(day: date | None) -> datetime | None:
    """The first moment of a day."""
    return make_aware(datetime.combine(day, time.min)) if day else None


def day_after(day: date | None) -> datetime | None:
    """The first moment that is no longer of a day."""
    return day_of(day + timedelta(days=1)) if day else None
