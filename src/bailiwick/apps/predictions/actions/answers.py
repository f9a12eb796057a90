"""A reviewer's answer, checked against what the model said and what the catalogue knows, and stored."""

from dataclasses import dataclass, replace
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from bailiwick.apps.predictions.actions.catalogue import KnownReason, resolve
from bailiwick.apps.predictions.choices import Outcome
from bailiwick.apps.predictions.queries.predictions import list_known_codes, map_reasons
from bailiwick.apps.predictions.values import AddedAnswer, Answer, NewPrediction, NewReason, ReasonAnswer
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.worklist.models import WorkItem

# Of one shape for any number of reasons, so that the server plans it once.
WRITE_OUTCOMES = """
INSERT INTO predictions_reasondecision (decision_id, prediction_reason_id, outcome, corrected_explanation)
SELECT %s, * FROM unnest(%s::uuid[], %s::text[], %s::text[])
"""
WRITE_ADDED = """
INSERT INTO predictions_addedreason (decision_id, reason_id, explanation)
SELECT %s, * FROM unnest(%s::uuid[], %s::text[])
"""


@dataclass(frozen=True, slots=True)
class CheckedAnswer:
    """An answer in the form in which it is stored: every reason of the model answered, the others added."""

    answer: Answer
    reasons: dict[int, UUID]
    added: dict[int, UUID]


def check_answer(item: WorkItem, answer: Answer) -> CheckedAnswer:
    """The answer as it will be stored; raises InvalidInput naming each reason that is at fault.

    Whoever did not see the model's side only names the reasons that hold: those of the model are then confirmed
    where they are among them, and overridden where they are not.
    """
    reasons = map_reasons(item.subject_id)
    named = _resolve_added(answer)
    if item.is_blind:
        if answer.reasons:
            raise InvalidInput({"reasons": [_("The model's reasons are hidden here. Add the reasons that hold.")]})
        answer = replace(answer, reasons=_seen_blind(reasons, named))
        named = {reason: text for reason, text in named.items() if reason.code not in reasons}
    else:
        _check_reasons(answer, reasons, named)
    in_order = sorted(named.items(), key=lambda each: each[0].code)
    added = tuple(AddedAnswer(reason.code, "", text) for reason, text in in_order)
    stored = replace(answer, reasons=tuple(sorted(answer.reasons, key=lambda each: each.code)), added=added)
    return CheckedAnswer(stored, reasons, {reason.code: reason.id for reason in named})


def write_answer(decision: Decision, checked: CheckedAnswer) -> None:
    """Store what a decision says of each reason."""
    answers, added = checked.answer.reasons, checked.answer.added
    with connection.cursor() as cursor:
        if answers:
            keys = [checked.reasons[each.code] for each in answers]
            outcomes = [each.outcome for each in answers], [each.corrected_explanation for each in answers]
            cursor.execute(WRITE_OUTCOMES, [decision.id, keys, *outcomes])
        if added:
            keys = [checked.added[each.code] for each in added if each.code is not None]
            cursor.execute(WRITE_ADDED, [decision.id, keys, [each.explanation for each in added]])


def _resolve_added(answer: Answer) -> dict[KnownReason, str]:
    """The catalogue's entries for the reasons that the reviewer adds; a new text is added unconfirmed."""
    if not answer.added:
        return {}
    unknown = {each.code for each in answer.added if each.code is not None} - list_known_codes(answer.added)
    if unknown:
        sentence = _("The catalogue has no reason of this number.")
        raise InvalidInput({f"added.{code}": [sentence] for code in unknown})
    wanted = tuple(NewReason(each.explanation, "", each.code, each.title) for each in answer.added)
    try:
        found = resolve(NewPrediction(product_id="", verdict=answer.verdict, reasons=wanted)).reasons
    except InvalidInput as refusal:
        raise InvalidInput({"added": [_("Add each reason once.")]}) from refusal
    return {reason: given.explanation for reason, given in zip(found, answer.added, strict=True)}


def _seen_blind(reasons: dict[int, UUID], named: dict[KnownReason, str]) -> tuple[ReasonAnswer, ...]:
    """The model's reasons as somebody answers them who named them alone; what they wrote of one stays with it."""
    texts = {reason.code: text for reason, text in named.items()}
    return tuple(ReasonAnswer(code, Outcome.CONFIRMED if code in texts else Outcome.OVERRIDDEN, "") for code in reasons)


def _check_reasons(answer: Answer, reasons: dict[int, UUID], named: dict[KnownReason, str]) -> None:
    given = {each.code: each for each in answer.reasons}
    faults: dict[str, list[str]] = {}
    for code in reasons.keys() - given.keys():
        faults[f"reasons.{code}"] = [_("Confirm or override this reason.")]
    for code in given.keys() - reasons.keys():
        faults[f"reasons.{code}"] = [_("The model did not give this reason.")]
    if len(given) < len(answer.reasons):
        faults["reasons"] = [_("Answer each reason once.")]
    for each in answer.reasons:
        if each.corrected_explanation and each.outcome != Outcome.OVERRIDDEN:
            faults[f"reasons.{each.code}"] = [_("Only an overridden reason is corrected.")]
    for reason in named:
        if reason.code in reasons:
            faults[f"added.{reason.code}"] = [_("The model gave this reason itself: confirm it above.")]
    if faults:
        raise InvalidInput(faults)
