"""The reviewer's answer as a form: one choice and one text a reason, a verdict, a note."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bailiwick.apps.predictions.choices import Outcome, Verdict
from bailiwick.apps.predictions.models import PredictionReason, Reason
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


LARGEST_CODE = 2**63 - 1


def label_of(reason: Reason) -> str:
    """How a reason is offered, so that typing its number or a part of its title finds it."""
    return f"{reason.code} · {reason.title}"


def pick(text: str, offered: Sequence[Reason]) -> Reason | None:
    """The reason that was picked from those offered, or typed by number or title."""
    given = text.strip()
    number = given.partition(" · ")[0]
    for each in offered:
        if number == str(each.code) or given.casefold() == each.title.casefold():
            return each
    return None


class ReasonForm(forms.Form):
    """What may be changed of a reason."""

    title = forms.CharField(label=_("Title"), max_length=255)
    policy = forms.CharField(
        label=_("Policy text"),
        help_text=_("What the rule says, in the words that reviewers see beside the reason."),
        required=False,
        max_length=20_000,
        widget=forms.Textarea({"rows": 6}),
    )


class NewReasonForm(ReasonForm):
    """A reason with its number."""

    field_order = ("code", "title", "policy")
    code = forms.IntegerField(
        label=_("Number"),
        help_text=_("What programs call it. It stays for ever; this one is the next free."),
        min_value=0,
        max_value=LARGEST_CODE,
    )


class MergeForm(forms.Form):
    """The reason that is to stand for another, picked by number or title."""

    into = forms.CharField(
        label=_("Merge into"),
        help_text=_("Type a number or a part of a title, and choose."),
        max_length=300,
        widget=forms.TextInput({"list": "reasons-offered", "autocomplete": "off"}),
    )

    def __init__(self, offered: Sequence[Reason], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = offered

    @property
    def options(self) -> list[str]:
        return [label_of(each) for each in self.offered]

    def clean_into(self) -> Reason:
        found = pick(self.cleaned_data["into"], self.offered)
        if found is None:
            raise forms.ValidationError(_("Choose a confirmed reason from the list."))
        return found
