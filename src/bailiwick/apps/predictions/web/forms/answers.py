"""The reviewer's answer as a form: one choice and one text a reason, reasons that are added, a verdict, a note."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from bailiwick.apps.predictions.choices import Outcome, Verdict
from bailiwick.apps.predictions.models import PredictionReason, Reason
from bailiwick.apps.predictions.values import AddedAnswer, Answer, ReasonAnswer
from bailiwick.apps.predictions.web.forms.catalogue import LARGEST_CODE, label_of, pick
from bailiwick.kernel.base.errors import InvalidInput

MOST_ADDED = 20
LONGEST_TITLE = 255
LONGEST_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class ReasonField:
    """One reason with what has been answered so far."""

    row: PredictionReason
    code: int
    outcome: str
    corrected: str
    fault: str


@dataclass(slots=True)
class AddedField:
    """A reason that the reviewer adds: what was picked or typed, and why."""

    text: str = ""
    explanation: str = ""
    fault: Any = ""

    def answer(self, offered: Sequence[Reason]) -> AddedAnswer:
        """A number of the catalogue where it has the reason, else the text as a new one."""
        found = pick(self.text, offered)
        number = re.fullmatch(r"\d{1,19}(?= · |$)", self.text.partition(" · ")[0])
        if found is not None:
            return AddedAnswer(found.code, "", self.explanation)
        if number and int(number[0]) <= LARGEST_CODE:
            return AddedAnswer(int(number[0]), "", self.explanation)
        return AddedAnswer(None, self.text, self.explanation)


class AnswerForm(forms.Form):
    """Built for the reasons of one prediction, none of them where the model's side is hidden."""

    verdict = forms.ChoiceField(choices=Verdict.choices, error_messages={"required": _("Give the final verdict.")})
    note = forms.CharField(required=False, max_length=LONGEST_TEXT)

    def __init__(
        self,
        rows: Sequence[PredictionReason],
        offered: Sequence[Reason],
        *args: Any,
        added: Sequence[AddedField] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rows, self.offered = rows, offered
        self.added = _given(self.data) if isinstance(self.data, QueryDict) else list(added)
        missing = {"required": _("Confirm or override this reason.")}
        for row in rows:
            code = row.reason.code
            self.fields[f"outcome-{code}"] = forms.ChoiceField(choices=Outcome.choices, error_messages=missing)
            self.fields[f"corrected-{code}"] = forms.CharField(required=False, max_length=LONGEST_TEXT)

    def clean(self) -> None:
        if len(self.added) > MOST_ADDED:
            self.add_error(None, _("Add at most {count} reasons.").format(count=MOST_ADDED))
        for each in self.added:
            each.fault = _fault_of(each)
            if each.fault:
                self.add_error(None, each.fault)

    def refuse(self, refusal: InvalidInput) -> None:
        """Put the action's refusal beside the reasons it names."""
        for name, sentences in refusal.fields.items():
            kind, _dot, code = name.partition(".")
            field = f"outcome-{code}" if kind == "reasons" else name
            for each in self.added:
                if kind == "added" and code == str(each.answer(self.offered).code):
                    each.fault = sentences[0]
            for sentence in sentences:
                self.add_error(field if field in self.fields else None, sentence)

    @property
    def options(self) -> list[str]:
        """What the picker of reasons offers."""
        return [label_of(each) for each in self.offered]

    @property
    def added_rows(self) -> list[AddedField]:
        """What has been added, and an empty row to go on with."""
        return [*self.added, AddedField()]

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
        return Answer(
            verdict=given["verdict"],
            reasons=tuple(map(self._answer, self.rows)),
            note=given["note"],
            added=tuple(each.answer(self.offered) for each in self.added),
        )

    def _answer(self, row: PredictionReason) -> ReasonAnswer:
        code, given = row.reason.code, self.cleaned_data
        outcome = given[f"outcome-{code}"]
        return ReasonAnswer(code, outcome, given[f"corrected-{code}"] if outcome == Outcome.OVERRIDDEN else "")


def _given(data: QueryDict) -> list[AddedField]:
    texts, explanations = data.getlist("added-reason"), data.getlist("added-explanation")
    pairs = zip(texts, [*explanations, *[""] * len(texts)], strict=False)
    given = [AddedField(text.strip(), explanation.strip()) for text, explanation in pairs]
    return [each for each in given if each.text or each.explanation]


def _fault_of(added: AddedField) -> Any:
    if not added.text:
        return _("Name the reason that you add.")
    if len(added.text) > LONGEST_TITLE or len(added.explanation) > LONGEST_TEXT:
        return _("What you add is too long. Shorten it.")
    return _("A reason cannot contain this.") if "\x00" in added.text + added.explanation else ""


def filled_in(answer: Answer, offered: Sequence[Reason], *, is_blind: bool) -> dict[str, Any]:
    """A stored answer as it was filled in: `initial` and `added` of the form.

    Where the model's side is hidden, the reasons that were found to hold are those that the reviewer had added.
    """
    named = {each.code: label_of(each) for each in offered}
    holding = [each for each in answer.reasons if is_blind and each.outcome == Outcome.CONFIRMED]
    held = [(each.code, each.corrected_explanation) for each in holding]
    held += [(each.code or 0, each.explanation) for each in answer.added]
    initial = {"verdict": answer.verdict, "note": answer.note}
    for each in answer.reasons:
        initial |= {f"outcome-{each.code}": each.outcome, f"corrected-{each.code}": each.corrected_explanation}
    return {"initial": initial, "added": [AddedField(named.get(code, str(code)), text) for code, text in held]}
