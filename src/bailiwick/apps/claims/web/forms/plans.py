"""What is asked of who sets up plans, what they promise, and prices."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.choices import LineOfBusiness

MOST = Decimal("9999999999.99")


def _amount(label: Any, **words: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=0, max_value=MOST, decimal_places=2, **words)


def _share(label: Any, **words: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=0, max_value=1, decimal_places=4, **words)


def _day(label: Any, **words: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **words)


class CodesField(forms.CharField):
    """Codes, each by itself or the beginning of some, with commas between."""

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        codes = [code.strip().upper() for code in text.replace("\n", ",").split(",") if code.strip()]
        if any(len(code) > 20 for code in codes):
            raise forms.ValidationError(_("A code has at most 20 characters."))
        return codes

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value


class PlanForm(forms.Form):
    """What a plan promises where no benefit says otherwise."""

    name = forms.CharField(label=_("Name"), max_length=200)
    line_of_business = forms.ChoiceField(label=_("Line of business"), choices=LineOfBusiness.choices)
    currency = forms.RegexField(
        r"\A[A-Z]{3}\Z", label=_("Currency"), initial="USD", help_text=_("ISO 4217: USD, EUR …")
    )
    deductible = _amount(_("Deductible"), initial=0, help_text=_("What a member pays first in a calendar year."))
    out_of_pocket = _amount(
        _("Out-of-pocket maximum"),
        required=False,
        help_text=_("The most a member pays in a calendar year. Empty: no maximum."),
    )
    coinsurance = _share(
        _("Coinsurance"), initial=0, help_text=_("The member's share after the deductible, from 0 to 1.")
    )
    copay = _amount(_("Copay"), initial=0, help_text=_("A fixed amount for each service."))
    filing_days = forms.IntegerField(label=_("Days to file"), min_value=1, max_value=3660, initial=365)
    waiting_days = forms.IntegerField(label=_("Days of waiting"), min_value=0, max_value=3660, initial=0)


class BenefitForm(forms.Form):
    """What a plan promises for some services."""

    title = forms.CharField(label=_("Title"), max_length=200)
    codes = CodesField(
        label=_("Codes of services"),
        max_length=5_000,
        help_text=_("Each stands for all codes that begin with it; the longest that fits counts. With commas between."),
        widget=forms.Textarea({"rows": 2}),
    )
    is_covered = forms.BooleanField(label=_("Covered"), required=False, initial=True)
    needs_authorization = forms.BooleanField(label=_("Needs prior authorisation"), required=False)
    is_deductible_waived = forms.BooleanField(label=_("Without deductible"), required=False)
    coinsurance = _share(_("Coinsurance"), required=False, help_text=_("Empty: the plan's."))
    copay = _amount(_("Copay"), required=False, help_text=_("Empty: the plan's."))
    most_units = forms.IntegerField(label=_("Most units a year"), min_value=1, max_value=100_000, required=False)
    most_amount = _amount(_("Most that is paid a year"), required=False)
    valid_from = _day(_("Valid from"))
    valid_until = _day(_("Valid until"), required=False)


class ScheduleForm(forms.Form):
    """For whom and from when on prices hold."""

    name = forms.CharField(label=_("Name"), max_length=200)
    npi = forms.CharField(
        label=_("By contract with the provider of this NPI"),
        max_length=10,
        required=False,
        help_text=_("A provider's contract goes before the prices of a plan, these before those for all."),
    )
    plan = forms.ChoiceField(label=_("For the plan"), required=False)
    currency = forms.RegexField(
        r"\A[A-Z]{3}\Z", label=_("Currency"), initial="USD", help_text=_("ISO 4217: USD, EUR …")
    )
    valid_from = _day(_("Valid from"))
    valid_until = _day(_("Valid until"), required=False)

    def __init__(self, plans: list[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [("", _("every plan")), *((str(plan.id), plan.name) for plan in plans)]
        self.fields["plan"].choices = offered  # type: ignore[attr-defined]


class EndForm(forms.Form):
    """Until when prices hold."""

    valid_until = _day(_("Valid until"), required=False, help_text=_("Empty: without an end."))


class FeesForm(forms.Form):
    """A list of prices."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or XLSX with the columns code and amount, and modifier where there is one."),
        widget=forms.FileInput({"accept": ".csv,.xlsx"}),
    )
