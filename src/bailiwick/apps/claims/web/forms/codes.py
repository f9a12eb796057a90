"""A release of a code system, as a form."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.choices import CodeSystem


def _day(**words: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **words)


class ReleaseForm(forms.Form):
    """Which list it is, from when until when it holds, where it comes from, and the file."""

    system = forms.ChoiceField(label=_("Code system"), choices=CodeSystem.choices)
    name = forms.CharField(
        label=_("Release"), max_length=50, help_text=_("What it is called, such as 2026-10. Each name once a system.")
    )
    valid_from = _day(
        label=_("Valid from"), initial=date.today, help_text=_("The release before it ends on the day before.")
    )
    valid_until = _day(label=_("Valid until"), required=False, help_text=_("Empty where the next release ends it."))
    source = forms.CharField(label=_("Source"), max_length=500, help_text=_("Who publishes it, and where it was got."))
    licence = forms.CharField(
        label=_("Licence"), max_length=200, required=False, help_text=_("CPT and CDT need one of their owners.")
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CMS's order file of ICD-10-CM or ICD-10-PCS, CMS's ANWEB file of HCPCS, or a table with the columns code"
            " and title, and valid_from and valid_until where entries have their own; text, CSV or XLSX, up to 64 MB."
        ),
        widget=forms.FileInput({"accept": ".txt,.csv,.xlsx,.gz"}),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )
