"""The workbench: one prediction at a time."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.timezone import get_current_timezone, localdate, now
from django.utils.translation import gettext as _

from bailiwick.apps.predictions.actions.review import decide_prediction
from bailiwick.apps.predictions.manifest import REVIEW, REVIEW_QUEUE
from bailiwick.apps.predictions.queries.predictions import get_claimed, list_reasons
from bailiwick.apps.predictions.web.forms import AnswerForm
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.web.pages import Page, refuse_form
from bailiwick.kernel.worklist.actions import claim_next, release_item, renew_lease
from bailiwick.kernel.worklist.errors import LeaseLost
from bailiwick.kernel.worklist.models import WorkItem
from bailiwick.kernel.worklist.queries import count_decided_today, count_waiting, explain_nothing_left, get_held
from bailiwick.kernel.worklist.tokens import make_token


class Workbench(Page):
    """What all steps of the review share: the bench with what the actor holds, or what there is to begin with."""

    right = REVIEW
    template_name = "predictions/review.html"
    navigation_name = "predictions:review"

    @property
    def partial_name(self) -> str:  # type: ignore[override]
        return "predictions/_bench.html" if self.item else "predictions/_start.html"

    item: WorkItem | None = None

    def show_bench(self, form: AnswerForm | None = None, status: int = 200) -> HttpResponse:
        """The prediction in the actor's hands with the form as far as it is filled in, or the beginning."""
        self.item = get_held(self.actor, REVIEW_QUEUE.code)
        context = bench_of(self.actor, self.item, form) if self.item else start_of(self.actor)
        return self.show(status=status, queue=REVIEW_QUEUE, **context, **counts_of(self.actor))

    def show_faults(self, form: AnswerForm, prediction_id: UUID) -> HttpResponse:
        """The form with its faults; raises LeaseLost when it is not about what the actor holds."""
        held = get_held(self.actor, REVIEW_QUEUE.code)
        if held is None or held.subject_id != prediction_id:
            raise LeaseLost
        return self.show_bench(form, status=422)

    def given(self) -> tuple[UUID, str]:
        """The prediction and the claim's token that a form carries; raises NotFound for what is no key."""
        try:
            return UUID(self.request.POST.get("prediction", "")), self.request.POST.get("claim_token", "")
        except ValueError as error:
            raise NotFound from error


class ReviewPage(Workbench):
    """Resumes what I hold; never claims."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show_bench()


class NextPrediction(Workbench):
    """Claims the oldest free prediction, at the press of a button."""

    def post(self, request: HttpRequest) -> HttpResponse:
        claim_next(actor=self.actor, queue_code=REVIEW_QUEUE.code)
        return self.show_bench() if self.is_partial else redirect("predictions:review")


class SubmitAnswer(Workbench):
    """Stores my answer and brings the next prediction in the same request."""

    def post(self, request: HttpRequest) -> HttpResponse:
        prediction_id, token = self.given()
        form = AnswerForm(list_reasons(prediction_id), request.POST)
        if not form.is_valid():
            return self.show_faults(form, prediction_id)
        try:
            decide_prediction(actor=self.actor, prediction_id=prediction_id, token=token, answer=form.answer())
        except InvalidInput as refusal:
            refuse_form(form, refusal)
            return self.show_faults(form, prediction_id)
        claim_next(actor=self.actor, queue_code=REVIEW_QUEUE.code)
        self.tell(_("Decision stored."))
        return self.show_bench() if self.is_partial else redirect("predictions:review")


class ReleasePrediction(Workbench):
    """Gives the prediction back and leaves."""

    def post(self, request: HttpRequest) -> HttpResponse:
        prediction_id, token = self.given()
        release_item(actor=self.actor, queue_code=REVIEW_QUEUE.code, subject_id=prediction_id, token=token)
        self.tell(_("The prediction is back in the queue, in its old place."))
        return redirect("web:desk")


class RenewLease(Workbench):
    """Keeps the prediction mine while I work on it; answers with the seconds left."""

    def post(self, request: HttpRequest) -> HttpResponse:
        prediction_id, token = self.given()
        item = renew_lease(actor=self.actor, queue_code=REVIEW_QUEUE.code, subject_id=prediction_id, token=token)
        return JsonResponse({"seconds": seconds_left(item)})


def bench_of(actor: Actor, item: WorkItem, form: AnswerForm | None) -> dict[str, Any]:
    prediction = get_claimed(item.subject_id)
    reasons = list_reasons(item.subject_id)
    left = seconds_left(item)
    return {
        "prediction": prediction,
        "reasons": reasons,
        "attributes": [(name, value) for name, value in prediction.attributes.items()],
        "form": form or AnswerForm(reasons, initial={"verdict": prediction.verdict}),
        "token": make_token(item.id, actor.member_id, item.lease_number),
        "due_at": item.due_at,
        "lease_left": left,
        "lease_clock": f"{left // 60}:{left % 60:02}",
    }


def start_of(actor: Actor) -> dict[str, Any]:
    return {"nothing": explain_nothing_left(actor, REVIEW_QUEUE.code), "lease_minutes": REVIEW_QUEUE.lease // 60}


def counts_of(actor: Actor) -> dict[str, Any]:
    midnight = datetime.combine(localdate(), time.min, get_current_timezone())
    return {
        "waiting": count_waiting(actor, REVIEW_QUEUE.code),
        "decided_today": count_decided_today(actor, REVIEW_QUEUE.code, midnight),
    }


def seconds_left(item: WorkItem) -> int:
    """Seconds until the lease ends, 0 when it has."""
    return max(0, int((item.available_at - now()).total_seconds()))
