"""What is asked of somebody who decides on a claim, an appeal, or leaves it to others."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.choices import AppealVerdict, Verdict
from bailiwick.apps.claims.rules.reasons import DENIALS

LONGEST = 2_000
VERDICT = {"required": _("Choose what you decide."), "invalid_choice": _("Choose what you decide.")}


def denial_field() -> forms.ChoiceField:
    """For what of the catalogue a claim is denied."""
    return forms.ChoiceField(
        label=_("Reason code of a denial"),
        help_text=_("Without one it is what adjudication found, else your words alone."),
        choices=[("", _("none")), *((code, format_lazy("{} · {}", code, words)) for code, words in DENIALS.items())],
        required=False,
    )


class DecideForm(forms.Form):
    """The verdict on a claim under review. `edition` is the one that was looked at."""

    verdict = forms.ChoiceField(
        label=_("What do you decide?"), choices=Verdict.choices, widget=forms.RadioSelect, error_messages=VERDICT
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("A denial needs one: provider and patient read it."),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea({"rows": 4}),
    )
    reason_code = denial_field()
    edition = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)


class AppealDecisionForm(forms.Form):
    """The verdict on an appeal, with what is answered to whoever filed it."""

    verdict = forms.ChoiceField(
        label=_("What do you decide?"),
        choices=[
            (AppealVerdict.UPHELD.value, _("Uphold: the decision stands")),
            (AppealVerdict.OVERTURNED.value, _("Overturn: the claim is paid")),
        ],
        widget=forms.RadioSelect,
        error_messages=VERDICT,
    )
    reason = forms.CharField(
        label=_("Answer"),
        help_text=_("Give the reasons: who appealed reads them."),
        max_length=5_000,
        widget=forms.Textarea({"rows": 5}),
        error_messages={"required": _("Give the reasons.")},
    )


class SkipForm(forms.Form):
    """Why somebody else should take it."""

    why = forms.CharField(max_length=LONGEST, error_messages={"required": _("Say why.")})


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; what they are is judged by their content."""

    widget = ManyFiles({"accept": ".pdf,.png,.jpg,.jpeg"})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if self.required and not given:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return [super(FilesField, self).clean(each, initial) for each in given]


def files_field(**options: Any) -> FilesField:
    return FilesField(
        label=_("Documents"),
        help_text=_("PDF, PNG or JPEG, up to 25 MB each, ten at once."),
        error_messages={"required": _("Choose a document."), "empty": _("The file is empty.")},
        **options,
    )
