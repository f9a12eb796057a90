"""One prediction on a page of its own, and the correction of one's decision."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from bailiwick.apps.predictions.actions.disclosing import show_predictions
from bailiwick.apps.predictions.actions.review import correct_decision
from bailiwick.apps.predictions.choices import LOOKS, State
from bailiwick.apps.predictions.manifest import MANAGE, REVIEW_QUEUE, TO_REVIEW
from bailiwick.apps.predictions.models import Prediction
from bailiwick.apps.predictions.queries.decisions import answer_of, get_own_decision, get_subject_id
from bailiwick.apps.predictions.queries.gold import find_gold_of, map_titles
from bailiwick.apps.predictions.queries.predictions import get_claimed, get_prediction, list_reasons
from bailiwick.apps.predictions.queries.reasons import list_to_pick
from bailiwick.apps.predictions.queries.records import list_records
from bailiwick.apps.predictions.queries.rounds import list_passed, list_rounds
from bailiwick.apps.predictions.web.forms.answers import AnswerForm, filled_in
from bailiwick.kernel.access.queries.grants import may_give_over
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.decisions.errors import AlreadyDecided
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.disclosures.manifest import READ
from bailiwick.kernel.web.pages import Page
from bailiwick.kernel.worklist.errors import DecidedOn
from bailiwick.kernel.worklist.queries import get_held


class RecordPage(Page):
    """What the model said, and every opinion on it, as far as the reader may know them."""

    right = MEMBER
    template_name = "predictions/record.html"
    navigation_name = "predictions:list"

    def get(self, request: HttpRequest, prediction_id: UUID) -> HttpResponse:
        prediction = get_prediction(self.actor, prediction_id)
        held = get_held(self.actor, REVIEW_QUEUE.code)
        if held is not None and held.subject_id == prediction_id:
            return self._show_held(prediction, is_blind=held.is_blind)
        show_predictions(actor=self.actor, prediction_ids=[prediction_id])
        [standing] = list_records(self.actor, [prediction_id])
        rounds = [] if standing.is_hidden else list_rounds(self.actor, prediction_id)
        gold = find_gold_of(self.actor, prediction_id)
        return self._show(
            prediction,
            is_hidden=standing.is_hidden,
            standing=standing,
            look=LOOKS[standing.state],
            rounds=rounds,
            passed=list_passed(rounds),
            gold=gold,
            may_manage=self.actor.may(MANAGE),
            may_give=may_give_over(self.actor, prediction),
            gold_titles=map_titles(gold.codes) if gold else {},
            may_be_gold=gold is None and standing.outcome is not None and self.actor.may(MANAGE),
        )

    def _show_held(self, prediction: Prediction, *, is_blind: bool) -> HttpResponse:
        """Whoever is to judge it sees the same here as on the workbench, and nothing of what others said."""
        show_predictions(actor=self.actor, prediction_ids=[prediction.id], purpose=TO_REVIEW)
        [standing] = list_records(self.actor, [prediction.id])
        return self._show(
            prediction, is_hidden=is_blind, is_mine=True, standing=standing, look=LOOKS[State.HELD], rounds=[]
        )

    def _show(self, prediction: Prediction, **context: Any) -> HttpResponse:
        return self.show(
            prediction=prediction,
            attributes=list(prediction.attributes.items()),
            may_see_readers=self.actor.may(READ),
            reasons=[] if context["is_hidden"] else list_reasons(prediction.id),
            **context,
        )


class CorrectPage(Page):
    """My decision, to be superseded by another of mine; anybody else's does not exist for me."""

    right = MEMBER
    template_name = "predictions/correct.html"
    navigation_name = "predictions:list"

    def get(self, request: HttpRequest, decision_id: UUID) -> HttpResponse:
        return self._show(decision_id)

    def post(self, request: HttpRequest, decision_id: UUID) -> HttpResponse:
        decision = get_own_decision(self.actor, decision_id)
        form = self._form(decision, request.POST)
        if not form.is_valid():
            return self._show(decision_id, form)
        try:
            with transaction.atomic():
                correct_decision(actor=self.actor, decision_id=decision_id, answer=form.answer())
        except InvalidInput as refusal:
            form.refuse(refusal)
            return self._show(decision_id, form)
        except (AlreadyDecided, DecidedOn) as refusal:
            form.add_error(None, str(refusal.message))
            return self._show(decision_id, form, status=refusal.status)
        self.tell(_("Correction stored. The decision before it stays on record."))
        return redirect("predictions:record", get_subject_id(decision))

    def _show(self, decision_id: UUID, form: AnswerForm | None = None, status: int = 422) -> HttpResponse:
        decision = get_own_decision(self.actor, decision_id)
        show_predictions(actor=self.actor, prediction_ids=[get_subject_id(decision)], purpose=TO_REVIEW)
        return self.show(
            status=status if form else 200,
            decision=decision,
            prediction=get_claimed(get_subject_id(decision)),
            is_blind=not decision.is_model_visible,
            form=form or self._form(decision),
        )

    def _form(self, decision: Decision, data: Any = None) -> AnswerForm:
        """What whoever decided blind is asked again is asked blind, too."""
        is_blind = not decision.is_model_visible
        rows = [] if is_blind else list_reasons(get_subject_id(decision))
        offered = list_to_pick(self.actor)
        if data is not None:
            return AnswerForm(rows, offered, data)
        return AnswerForm(rows, offered, **filled_in(answer_of(decision), offered, is_blind=is_blind))
