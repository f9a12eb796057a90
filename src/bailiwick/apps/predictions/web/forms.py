"""The reviewer's answer as a form: one choice and one text a reason, a verdict, a note."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bailiwick.apps.predictions.choices import Outcome, Verdict
from bailiwick.apps.predictions.models import PredictionReason
from bailiwick.apps.predictions.values import Answer, ReasonAnswer


@dataclass(frozen=True, slots=True)
class ReasonField:
    """One reason with what has been answered so far."""

    row: PredictionReason
    code: int
    outcome: str
    corrected: str
    fault: str


class AnswerForm(forms.Form):
    """Built for the reasons of one prediction; the verdict starts as the model's own."""

    verdict = forms.ChoiceField(choices=Verdict.choices, error_messages={"required": _("Give the final verdict.")})
    note = forms.CharField(required=False, max_length=20_000)

    def __init__(self, rows: Sequence[PredictionReason], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        missing = {"required": _("Confirm or override this reason.")}
        for row in rows:
            code = row.reason.code
            self.fields[f"outcome-{code}"] = forms.ChoiceField(choices=Outcome.choices, error_messages=missing)
            self.fields[f"corrected-{code}"] = forms.CharField(required=False, max_length=20_000)

    @property
    def reasons(self) -> list[ReasonField]:
        return [self._reason(row) for row in self.rows]

    def _reason(self, row: PredictionReason) -> ReasonField:
        code = row.reason.code
        outcome, corrected = self[f"outcome-{code}"], self[f"corrected-{code}"]
        faults = [*outcome.errors, *corrected.errors]
        return ReasonField(row, code, outcome.value() or "", corrected.value() or "", faults[0] if faults else "")

    @property
    def faults(self) -> list[str]:
        """The sentences of all fields, for the summary on top; those of a reason begin with its title."""
        titles = {f"outcome-{row.reason.code}": row.reason.title for row in self.rows}
        return [
            f"{titles[name]}: {sentence}" if name in titles else str(sentence)
            for name, sentences in self.errors.items()
            for sentence in sentences
        ]

    def answer(self) -> Answer:
        """The checked form as the value that the action takes."""
        given = self.cleaned_data
        return Answer(verdict=given["verdict"], reasons=tuple(map(self._answer, self.rows)), note=given["note"])

    def _answer(self, row: PredictionReason) -> ReasonAnswer:
        code, given = row.reason.code, self.cleaned_data
        outcome = given[f"outcome-{code}"]
        return ReasonAnswer(code, outcome, given[f"corrected-{code}"] if outcome == Outcome.OVERRIDDEN else "")
