"""Patients and providers as forms."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.choices import Gender
from bailiwick.apps.claims.web.narrowing import DayField
from bailiwick.kernel.identity.models import Member


class AccountForm(forms.Form):
    """What both have: the account by which they see their own claims."""

    member_id = forms.TypedChoiceField(
        label=_("Account"),
        help_text=_("Whoever signs in with it sees these claims as their own."),
        required=False,
        coerce=UUID,
        empty_value=None,
    )

    def __init__(self, accounts: Sequence[Member], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("none")), *((str(each.id), each.name) for each in accounts)]
        self.fields["member_id"].choices = choices  # type: ignore[attr-defined]


class PatientForm(AccountForm):
    field_order = (
        "first_name",
        "last_name",
        "date_of_birth",
        "gender",
        "number",
        "email",
        "phone",
        "died_on",
        "member_id",
    )

    first_name = forms.CharField(label=_("First name"), max_length=100)
    last_name = forms.CharField(label=_("Last name"), max_length=100)
    date_of_birth = DayField(label=_("Born"))
    gender = forms.ChoiceField(label=_("Gender"), choices=Gender.choices, initial=Gender.UNKNOWN)
    number = forms.CharField(
        label=_("Number"), help_text=_("What senders call the patient."), max_length=50, required=False
    )
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=50, required=False)
    died_on = DayField(label=_("Died"), required=False)


class ProviderForm(AccountForm):
    field_order = ("name", "npi", "taxonomy", "is_in_network", "is_excluded", "member_id")

    name = forms.CharField(label=_("Name"), max_length=200)
    npi = forms.CharField(
        label="NPI",
        help_text=_("The National Provider Identifier, ten digits. A wrong one is said on each claim."),
        max_length=10,
        required=False,
    )
    taxonomy = forms.CharField(label=_("Taxonomy"), max_length=10, required=False)
    is_in_network = forms.TypedChoiceField(
        label=_("Network"),
        choices=[("yes", _("In the network")), ("no", _("Outside"))],
        coerce=lambda given: given == "yes",
        initial="yes",
    )
    is_excluded = forms.TypedChoiceField(
        label=_("Excluded from payment"),
        help_text=_("By the Inspector General's list (42 CFR 1001.1901): nothing is paid."),
        choices=[("no", _("no")), ("yes", _("yes"))],
        coerce=lambda given: given == "yes",
        initial="no",
    )
