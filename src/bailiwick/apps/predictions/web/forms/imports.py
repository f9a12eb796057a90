"""The forms of an import: the file, and which column is which field."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

LABELS = {
    "product_id": _("Product number"),
    "external_id": _("Number of the prediction"),
    "verdict": _("Model says"),
    "confidence": _("Confidence"),
    "title": _("Title"),
    "text": _("Text"),
    "link": _("Link"),
    "model": _("Model"),
    "model_version": _("Version of the model"),
    "reason": _("Reason, by its title"),
    "reason_id": _("Reason, by its number"),
    "score": _("Score of the reason"),
    "reason_confidence": _("Confidence in the reason"),
    "explanation": _("Explanation of the reason"),
    "attributes": _("Attributes, as JSON"),
}


class UploadForm(forms.Form):
    """Step 1."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, Excel workbook (XLSX) or JSON lines, up to 256 MB; CSV and JSON lines may be compressed."),
        widget=forms.FileInput({"accept": ".csv,.xlsx,.jsonl,.ndjson,.json,.gz,.txt"}),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )


class MappingForm(forms.Form):
    """Step 2: a column for each field, or none."""

    # A field of a form hides the form's own property of its name from scripts: `attributes` is one that they need.
    prefix = "column"

    def __init__(self, columns: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("not in the file")), *((column, column) for column in columns)]
        for name, label in LABELS.items():
            self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=False)
