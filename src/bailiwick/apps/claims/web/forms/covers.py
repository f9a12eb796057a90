"""What is asked of who says by what a patient is covered, and what is promised to them before a service."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.models import Plan
from bailiwick.apps.claims.web.forms.plans import CodesField
from bailiwick.apps.claims.web.narrowing import DayField


class CoverTermsForm(forms.Form):
    """What may change of a cover: its place among several, and its days."""

    order = forms.IntegerField(
        label=_("Pays in place"),
        min_value=1,
        max_value=9,
        initial=1,
        help_text=_("1 pays first, 2 what the first one leaves."),
    )
    valid_from = DayField(label=_("Valid from"))
    valid_until = DayField(label=_("Valid until"), required=False, help_text=_("Empty: without an end."))


class CoverForm(CoverTermsForm):
    """By which plan, or by which other payer, somebody is covered."""

    field_order = ("plan_id", "payer", "subscriber_number", "relationship", "order", "valid_from", "valid_until")

    plan_id = forms.TypedChoiceField(label=_("Plan"), required=False, coerce=UUID, empty_value=None)
    payer = forms.CharField(
        label=_("Other payer"),
        max_length=200,
        required=False,
        help_text=_("Where somebody else covers the patient, so that we know who pays first."),
    )
    subscriber_number = forms.CharField(label=_("Number of the insured"), max_length=50)
    relationship = forms.ChoiceField(
        label=_("The patient is"),
        choices=[
            ("self", _("insured themselves")),
            ("spouse", _("the insured's spouse")),
            ("child", _("the insured's child")),
            ("other", _("somebody else of theirs")),
        ],
    )

    def __init__(self, plans: Sequence[Plan], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [("", _("none of ours")), *((str(plan.id), plan.name) for plan in plans)]
        self.fields["plan_id"].choices = offered  # type: ignore[attr-defined]


class AuthorizationForm(forms.Form):
    """What is promised, for how long, and to whom."""

    number = forms.CharField(label=_("Number"), max_length=50)
    codes = CodesField(
        label=_("Codes of services"),
        max_length=5_000,
        help_text=_("Each stands for all codes that begin with it. With commas between."),
        widget=forms.Textarea({"rows": 2}),
    )
    npi = forms.CharField(
        label=_("For the provider of this NPI"),
        max_length=10,
        required=False,
        help_text=_("Empty: for every provider."),
    )
    units = forms.IntegerField(
        label=_("Units"), min_value=1, max_value=100_000, required=False, help_text=_("Empty: as many as are needed.")
    )
    valid_from = DayField(label=_("Valid from"))
    valid_until = DayField(label=_("Valid until"))
