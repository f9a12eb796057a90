"""What the list of patient events is narrowed by, and who an event is about."""

from django import forms
from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.choices import EventState, EventType

ANY = ("", _("any"))


class DayField(forms.DateField):
    """A day, chosen in the browser's calendar."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class EventFilters(forms.Form):
    """Each value in the address is a chip."""

    state = forms.ChoiceField(label=_("State is"), choices=[ANY, *EventState.choices], required=False)
    status_type = forms.ChoiceField(label=_("Event is"), choices=[ANY, *EventType.choices], required=False)
    facility = forms.CharField(label=_("Facility"), max_length=255, required=False)
    from_date = DayField(label=_("Occurred from"), required=False)
    to_date = DayField(label=_("Occurred up to"), required=False)
    patient = forms.UUIDField(label=_("Patient"), required=False, widget=forms.HiddenInput)


class MatchForm(forms.Form):
    number = forms.CharField(label=_("The patient's number here"), max_length=50)
