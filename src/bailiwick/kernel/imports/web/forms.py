"""The forms of an import: the file, and which column is which field."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


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

    def __init__(self, labels: Mapping[str, Any], columns: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("not in the file")), *((column, column) for column in columns)]
        for name, label in labels.items():
            self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=False)
