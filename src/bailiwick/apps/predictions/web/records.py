"""One prediction on a page of its own, and the correction of one's decision."""

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from bailiwick.apps.predictions.actions.review import correct_decision
from bailiwick.apps.predictions.choices import LOOKS, State
from bailiwick.apps.predictions.manifest import REVIEW
from bailiwick.apps.predictions.queries.decisions import answer_of, get_own_decision, get_subject_id, list_chain
from bailiwick.apps.predictions.queries.predictions import get_claimed, get_prediction, list_reasons, stand
from bailiwick.apps.predictions.web.forms import AnswerForm
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.decisions.errors import AlreadyDecided
from bailiwick.kernel.web.pages import Page, refuse_form


class RecordPage(Page):
    """What the model said, and every decision on it."""

    right = MEMBER
    template_name = "predictions/record.html"
    navigation_name = "predictions:list"

    def get(self, request: HttpRequest, prediction_id: UUID) -> HttpResponse:
        [standing] = stand([get_prediction(self.actor, prediction_id)])
        return self.show(
            standing=standing,
            prediction=standing.prediction,
            look=LOOKS[standing.state],
            attributes=list(standing.prediction.attributes.items()),
            reasons=[(row, standing.outcomes.get(row.id)) for row in standing.reasons],
            decisions=list_chain(standing.item.id) if standing.item else [],
            is_mine=standing.state == State.HELD and standing.item and standing.item.holder_id == self.actor.member_id,
        )


class CorrectPage(Page):
    """My decision, to be superseded by another of mine; anybody else's does not exist for me."""

    right = REVIEW
    template_name = "predictions/correct.html"
    navigation_name = "predictions:list"

    def get(self, request: HttpRequest, decision_id: UUID) -> HttpResponse:
        return self._show(decision_id)

    def post(self, request: HttpRequest, decision_id: UUID) -> HttpResponse:
        prediction_id = get_subject_id(get_own_decision(self.actor, decision_id))
        form = AnswerForm(list_reasons(prediction_id), request.POST)
        if not form.is_valid():
            return self._show(decision_id, form)
        try:
            with transaction.atomic():
                correct_decision(actor=self.actor, decision_id=decision_id, answer=form.answer())
        except InvalidInput as refusal:
            refuse_form(form, refusal)
            return self._show(decision_id, form)
        except AlreadyDecided as refusal:
            form.add_error(None, str(refusal.message))
            return self._show(decision_id, form, status=refusal.status)
        self.tell(_("Correction stored. The decision before it stays on record."))
        return redirect("predictions:record", prediction_id)

    def _show(self, decision_id: UUID, form: AnswerForm | None = None, status: int = 422) -> HttpResponse:
        decision = get_own_decision(self.actor, decision_id)
        prediction = get_claimed(get_subject_id(decision))
        reasons = list_reasons(prediction.id)
        return self.show(
            status=status if form else 200,
            decision=decision,
            prediction=prediction,
            reasons=reasons,
            form=form or AnswerForm(reasons, initial=self._stored(decision_id)),
        )

    def _stored(self, decision_id: UUID) -> dict[str, str]:
        answer = answer_of(get_own_decision(self.actor, decision_id))
        stored = {"verdict": answer.verdict, "note": answer.note}
        for each in answer.reasons:
            stored[f"outcome-{each.code}"] = each.outcome
            stored[f"corrected-{each.code}"] = each.corrected_explanation
        return stored
