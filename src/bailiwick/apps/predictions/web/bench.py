"""What lies on the workbench: the prediction, the form to judge it with, and what others said where it is a dispute."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.timezone import get_current_timezone, localdate, now

from bailiwick.apps.predictions.actions.disclosing import show_predictions
from bailiwick.apps.predictions.manifest import DISPUTE_QUEUE, TO_REVIEW
from bailiwick.apps.predictions.models import Prediction, PredictionReason, Reason
from bailiwick.apps.predictions.queries.decisions import answer_of, get_own_decision, list_chain
from bailiwick.apps.predictions.queries.predictions import get_claimed, get_prediction, list_reasons
from bailiwick.apps.predictions.queries.records import list_records
from bailiwick.apps.predictions.queries.rounds import list_passed, list_rounds
from bailiwick.apps.predictions.web.forms.answers import AnswerForm, filled_in
from bailiwick.apps.predictions.web.forms.passing import EscalateForm, SkipForm
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.base.manifest import Queue
from bailiwick.kernel.decisions.choices import Meaning
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.worklist.actions.rounds import UNDO_WITHIN
from bailiwick.kernel.worklist.models import WorkItem
from bailiwick.kernel.worklist.queries import count_decided_today, count_waiting, explain_nothing_left, get_held
from bailiwick.kernel.worklist.rules import THIRD
from bailiwick.kernel.worklist.tokens import make_token


def show_item(actor: Actor, item: WorkItem, form: AnswerForm | None, offered: Sequence[Reason]) -> dict[str, Any]:
    """The prediction of an item in the actor's hands, with the proof of the claim and the time left."""
    show_predictions(actor=actor, prediction_ids=[item.subject_id], purpose=TO_REVIEW)
    left, prediction = seconds_left(item), get_claimed(item.subject_id)
    return {
        **_document(prediction, form or _new_form(actor, item, prediction, offered), is_blind=item.is_blind),
        **(_dispute(actor, item) if item.queue == DISPUTE_QUEUE.code else {}),
        "token": make_token(item.id, actor.member_id, item.lease_number),
        "due_at": item.due_at,
        "lease_left": left,
        "lease_clock": f"{left // 60}:{left % 60:02}",
        "ways": {"skip": SkipForm.choices, "escalate": EscalateForm.choices},
    }


def show_lost(actor: Actor, prediction_id: UUID, form: AnswerForm) -> dict[str, Any]:
    """What was judged, when it is not the actor's any more."""
    prediction = get_prediction(actor, prediction_id)
    show_predictions(actor=actor, prediction_ids=[prediction_id], purpose=TO_REVIEW)
    return _document(prediction, form, is_blind=not form.rows)


def show_start(actor: Actor, queue: Queue) -> dict[str, Any]:
    return {"nothing": explain_nothing_left(actor, queue.code), "lease_minutes": queue.lease // 60}


def count_work(actor: Actor, queue: Queue) -> dict[str, Any]:
    midnight = datetime.combine(localdate(), time.min, get_current_timezone())
    return {
        "waiting": count_waiting(actor, queue.code),
        "decided_today": count_decided_today(actor, queue.code, midnight),
    }


def answer_form(
    actor: Actor, queue: Queue, prediction_id: UUID, data: QueryDict, offered: Sequence[Reason]
) -> AnswerForm:
    """The form that was sent, for the reasons that whoever sent it could see."""
    held = get_held(actor, queue.code)
    if held is not None and held.subject_id == prediction_id:
        is_blind = held.is_blind
    else:
        is_blind = "blind" in data or list_records(actor, [get_prediction(actor, prediction_id).id])[0].is_hidden
    rows = [] if is_blind else list_reasons(prediction_id)
    return AnswerForm(rows, offered, data)


def find_undoable(actor: Actor, decision_id: str) -> str:
    """A decision of the actor's own that can be taken back still; empty for anything else."""
    try:
        decision = get_own_decision(actor, UUID(decision_id)) if decision_id else None
    except (ValueError, NotFound):
        return ""
    if decision is None or decision.meaning == Meaning.UNDO:
        return ""
    return str(decision.id) if now() - decision.decided_at < timedelta(seconds=UNDO_WITHIN) else ""


def seconds_left(item: WorkItem) -> int:
    """Seconds until the lease ends, 0 when it has."""
    return max(0, int((item.available_at - now()).total_seconds()))


def _new_form(actor: Actor, item: WorkItem, prediction: Prediction, offered: Sequence[Reason]) -> AnswerForm:
    """An empty form, or one filled in as the actor had it before they took their decision back."""
    rows: list[PredictionReason] = [] if item.is_blind else list_reasons(item.subject_id)
    undone = _find_undone(actor, item)
    if undone is not None:
        return AnswerForm(rows, offered, **filled_in(answer_of(undone), offered, is_blind=item.is_blind))
    initial = {} if item.is_blind else {"verdict": prediction.verdict}
    return AnswerForm(rows, offered, initial=initial)


def _find_undone(actor: Actor, item: WorkItem) -> Decision | None:
    """The decision on an item that the actor took back last, if nobody has decided it since."""
    if item.lease_number < 2:
        return None
    chain = list_chain(item.id)
    if not chain or chain[-1].meaning != Meaning.UNDO or chain[-1].member_id != actor.member_id:
        return None
    return next((each for each in chain if each.id == chain[-1].supersedes_id), None)


def _document(prediction: Prediction, form: AnswerForm, *, is_blind: bool) -> dict[str, Any]:
    return {
        "prediction": prediction,
        "reasons": form.rows,
        "attributes": list(prediction.attributes.items()),
        "form": form,
        "is_blind": is_blind,
    }


def _dispute(actor: Actor, item: WorkItem) -> dict[str, Any]:
    """What others said before, unless the opinion that is asked for is to be independent of theirs."""
    rounds = list_rounds(actor, item.subject_id)
    opinions = [] if item.is_blind or item.round != THIRD else [each for each in rounds if each.opinion]
    return {"opinions": opinions, "passed": list_passed([each for each in rounds if each.item.id == item.id])}
