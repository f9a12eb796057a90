"""What is asked of somebody who moves a claim by hand."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.choices import Stage
from bailiwick.apps.claims.web.forms.work import denial_field
from bailiwick.apps.claims.web.narrowing import NOBODY

LONGEST = 2_000


def _reason(**words: Any) -> forms.CharField:
    return forms.CharField(max_length=LONGEST, widget=forms.Textarea({"rows": 3}), **words)


class NoteForm(forms.Form):
    """A reason for whoever wants to give one."""

    reason = _reason(
        label=_("Reason"), required=False, help_text=_("It stands on the claim for everybody who sees it.")
    )


class ReasonForm(forms.Form):
    """A reason, which everybody reads."""

    reason = _reason(
        label=_("Reason"),
        help_text=_("It stands on the claim: provider and patient read it."),
        error_messages={"required": _("Say why.")},
    )


class RejectForm(ReasonForm):
    """The reason of a denial in words, and of the catalogue."""

    reason_code = denial_field()


class AssignForm(forms.Form):
    """Who is to process the claim."""

    assigned_processor = forms.ChoiceField(label=_("Processor"), error_messages={"required": _("Choose who.")})

    def __init__(self, processors: list[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assigned_processor"].choices = processors  # type: ignore[attr-defined]

    @property
    def member_id(self) -> str | None:
        given: str = self.cleaned_data["assigned_processor"]
        return None if given == NOBODY else given


class CorrectionForm(forms.Form):
    """How a claim that is approved or paid is corrected, and why."""

    correction = forms.ChoiceField(
        label=_("How"),
        choices=[
            (Stage.ADJUSTED.value, _("Adjust: the payer corrects what it judged")),
            (Stage.REPLACED.value, _("Replace: the provider sent it anew")),
            (Stage.VOIDED.value, _("Void: it should never have been; all is taken back")),
        ],
    )
    reason = _reason(label=_("Why it is corrected"), error_messages={"required": _("Say why.")})
