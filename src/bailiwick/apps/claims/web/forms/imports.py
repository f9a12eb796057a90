"""What the columns of a file of claims may be, and what may be added from it."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.rules.columns import MOST_DIAGNOSES
from bailiwick.kernel.base.manifest import Text
from bailiwick.kernel.imports.web.forms import UploadForm

LABELS: dict[str, Text] = {
    "number": _("Number of the claim"),
    "type": _("Type of the claim"),
    "use": _("Use of the claim"),
    "patient": _("Number of the patient"),
    "patient_first_name": _("First name of the patient"),
    "patient_last_name": _("Last name of the patient"),
    "patient_birth": _("Birth of the patient"),
    "patient_gender": _("Gender of the patient"),
    "provider_npi": _("NPI of the provider"),
    "provider_name": _("Name of the provider"),
    "service_date": _("Day of service"),
    "service_end": _("Service until"),
    "place_of_service": _("Place of service"),
    **{
        f"diagnosis_{place}": format_lazy("{word} {place}", word=_("Diagnosis"), place=place)
        for place in range(1, MOST_DIAGNOSES + 1)
    },
    "system": _("System of the procedure code"),
    "procedure_code": _("Procedure code"),
    "modifiers": _("Modifiers"),
    "diagnosis_pointers": _("Pointers to diagnoses"),
    "revenue_code": _("Revenue code"),
    "ndc": "NDC",
    "units": _("Units"),
    "unit": _("Unit"),
    "unit_price": _("Price a unit"),
    "amount": _("Amount of the line"),
    "text": _("Text of the line"),
    "total": _("Total of the claim"),
    "currency": _("Currency"),
}


class ClaimUploadForm(UploadForm):
    """Step 1; who manages claims may have unknown patients and providers added."""

    adds_parties = forms.BooleanField(
        label=_("Add patients and providers that are not there yet"),
        help_text=_("A patient needs first name, last name and day of birth; a provider needs an NPI or a name."),
        required=False,
    )

    def __init__(self, *given: Any, may_add: bool) -> None:
        super().__init__(*given)
        if not may_add:
            del self.fields["adds_parties"]
