"""The forms of programs and their keys."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.timezone import get_current_timezone, localdate
from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.identity.models import Member

A_YEAR = timedelta(days=365)
OVERLAPS = (
    (0, _("at once")),
    (1, _("after an hour")),
    (24, _("after a day")),
    (168, _("after a week")),
    (720, _("after 30 days")),
)


class AddressesField(forms.CharField):
    """Networks, one a line."""

    widget = forms.Textarea({"rows": 2, "spellcheck": "false", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in str(value or "").replace(",", "\n").splitlines() if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value


class KeyForm(forms.Form):
    """What may be changed of a key."""

    name = forms.CharField(label=_("Name"), help_text=_("What the key is for, or where it is kept."), max_length=100)
    rate = forms.IntegerField(
        label=_("Calls a minute"),
        help_text=_("How many this key may make. Empty: as many as everybody."),
        min_value=1,
        max_value=100_000,
        required=False,
    )
    addresses = AddressesField(
        label=_("May be used from"),
        help_text=_("Networks such as 192.0.2.0/24, or addresses, one a line. Empty: from anywhere."),
        max_length=2000,
        required=False,
    )


class NewKeyForm(KeyForm):
    """A key with its scopes and its end."""

    field_order = ("program", "name", "scopes", "expires_on", "rate", "addresses")
    program = forms.UUIDField(widget=forms.HiddenInput)
    scopes = forms.MultipleChoiceField(label=_("It may"), widget=forms.CheckboxSelectMultiple)
    expires_on = forms.DateField(
        label=_("Last day"),
        help_text=_("After this day the key opens nothing. Empty: it goes on until it is revoked."),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, rights: Iterable[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = titled(rights)  # type: ignore[attr-defined]
        self.fields["expires_on"].initial = lambda: localdate() + A_YEAR

    @property
    def ends_at(self) -> datetime | None:
        """The end of the last day, where the person is."""
        day: date | None = self.cleaned_data["expires_on"]
        return datetime.combine(day, time.max, get_current_timezone()) if day else None


class ProgramForm(forms.Form):
    """A new program."""

    name = forms.CharField(
        label=_("Name"), help_text=_("As it stands beside whatever the program does."), max_length=200
    )
    role = forms.ChoiceField(label=_("Role"), help_text=_("The most that its keys can be given."))

    def __init__(self, roles: Iterable[tuple[str, Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = list(roles)  # type: ignore[attr-defined]


class PickProgramForm(forms.Form):
    """Whose key it is to be."""

    program = forms.ChoiceField(
        label=_("Program"), error_messages={"invalid_choice": _("Choose a program of this list.")}
    )

    def __init__(self, programs: Iterable[Member], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["program"].choices = [(program.id, program.name) for program in programs]  # type: ignore[attr-defined]

    def clean_program(self) -> UUID:
        return UUID(self.cleaned_data["program"])


class RotateForm(forms.Form):
    """When the older key is over."""

    overlap = forms.TypedChoiceField(
        label=_("The present key ends"), choices=OVERLAPS, coerce=int, initial=24, widget=forms.Select
    )


def titled(rights: Iterable[str]) -> list[tuple[str, Any]]:
    """Rights with their titles, in the order in which they are declared."""
    given = set(rights)
    return [(code, right.title) for code, right in registry().rights.items() if code in given]
