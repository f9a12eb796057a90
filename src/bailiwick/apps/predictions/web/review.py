"""The workbench: one prediction at a time."""

from datetime import datetime, time
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import get_current_timezone, localdate, now
from django.utils.translation import gettext as _

from bailiwick.apps.predictions.actions.review import decide_prediction
from bailiwick.apps.predictions.manifest import REVIEW, REVIEW_QUEUE
from bailiwick.apps.predictions.models import Prediction
from bailiwick.apps.predictions.queries.predictions import get_claimed, get_prediction, list_reasons
from bailiwick.apps.predictions.web.forms import AnswerForm
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import DomainError, InvalidInput, NotFound
from bailiwick.kernel.base.manifest import Queue
from bailiwick.kernel.decisions.errors import AlreadyDecided
from bailiwick.kernel.web.pages import Page, refuse_form
from bailiwick.kernel.worklist.actions import claim_next, release_item, renew_lease
from bailiwick.kernel.worklist.errors import LeaseLost
from bailiwick.kernel.worklist.models import WorkItem
from bailiwick.kernel.worklist.queries import count_decided_today, count_waiting, explain_nothing_left, get_held
from bailiwick.kernel.worklist.tokens import make_token

STEPS = ("next", "decide", "release", "renew")


class Workbench(Page):
    """What all steps of the review share: the bench with what the actor holds, or what there is to begin with."""

    right = REVIEW
    template_name = "predictions/review.html"
    navigation_name = "predictions:review"
    queue: ClassVar[Queue] = REVIEW_QUEUE
    prefix: ClassVar[str] = ""

    is_at_work = False

    @property
    def steps(self) -> dict[str, str]:
        """The address of each step, as templates name it."""
        return {step: reverse(f"predictions:{self.prefix}{step}") for step in STEPS}

    def reopen(self) -> HttpResponse:
        """The bench again: in place where a script asks, else by its address."""
        return self.show_bench() if self.is_partial else redirect(self.queue.url_name)

    @property
    def partial_name(self) -> str:  # type: ignore[override]
        return "predictions/_bench.html" if self.is_at_work else "predictions/_start.html"

    def show_bench(self, form: AnswerForm | None = None, status: int = 200) -> HttpResponse:
        """The prediction in the actor's hands with the form as far as it is filled in, or the beginning."""
        item = get_held(self.actor, self.queue.code)
        self.is_at_work = item is not None
        context = bench_of(self.actor, item, form) if item else start_of(self.actor, self.queue)
        return self.show(
            status=status, queue=self.queue, steps=self.steps, **context, **counts_of(self.actor, self.queue)
        )

    def show_faults(self, form: AnswerForm, prediction_id: UUID) -> HttpResponse:
        """The form with its faults; raises LeaseLost when it is not about what the actor holds."""
        held = get_held(self.actor, self.queue.code)
        if held is None or held.subject_id != prediction_id:
            raise LeaseLost
        return self.show_bench(form, status=422)

    def show_lost(self, form: AnswerForm, prediction_id: UUID, refusal: DomainError) -> HttpResponse:
        """What was typed, with the sentence that says why it could not be stored."""
        self.is_at_work = True
        context = document_of(get_prediction(self.actor, prediction_id), form)
        return self.show(
            status=refusal.status,
            queue=self.queue,
            steps=self.steps,
            lost=refusal.message,
            **context,
            **counts_of(self.actor, self.queue),
        )

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
        claim_next(actor=self.actor, queue_code=self.queue.code)
        return self.reopen()


class SubmitAnswer(Workbench):
    """Stores my answer and brings the next prediction in the same request."""

    def post(self, request: HttpRequest) -> HttpResponse:
        prediction_id, token = self.given()
        form = AnswerForm(list_reasons(prediction_id), request.POST)
        try:
            if not form.is_valid():
                return self.show_faults(form, prediction_id)
            with transaction.atomic():
                decide_prediction(actor=self.actor, prediction_id=prediction_id, token=token, answer=form.answer())
        except InvalidInput as refusal:
            refuse_form(form, refusal)
            return self.show_faults(form, prediction_id)
        except (LeaseLost, AlreadyDecided) as refusal:
            return self.show_lost(form, prediction_id, refusal)
        claim_next(actor=self.actor, queue_code=self.queue.code)
        self.tell(_("Decision stored."))
        return self.reopen()


class ReleasePrediction(Workbench):
    """Gives the prediction back and leaves."""

    def post(self, request: HttpRequest) -> HttpResponse:
        prediction_id, token = self.given()
        try:
            with transaction.atomic():
                release_item(actor=self.actor, queue_code=self.queue.code, subject_id=prediction_id, token=token)
        except LeaseLost:
            return redirect("web:desk")
        self.tell(_("The prediction is back in the queue, in its old place."))
        return redirect("web:desk")


class RenewLease(Workbench):
    """Keeps the prediction mine while I work on it; answers with the seconds left."""

    def post(self, request: HttpRequest) -> HttpResponse:
        prediction_id, token = self.given()
        item = renew_lease(actor=self.actor, queue_code=self.queue.code, subject_id=prediction_id, token=token)
        return JsonResponse({"seconds": seconds_left(item)})


def bench_of(actor: Actor, item: WorkItem, form: AnswerForm | None) -> dict[str, Any]:
    """The prediction of an item in the actor's hands, with the proof of the claim and the time left."""
    left = seconds_left(item)
    return {
        **document_of(get_claimed(item.subject_id), form),
        "token": make_token(item.id, actor.member_id, item.lease_number),
        "due_at": item.due_at,
        "lease_left": left,
        "lease_clock": f"{left // 60}:{left % 60:02}",
    }


def document_of(prediction: Prediction, form: AnswerForm | None) -> dict[str, Any]:
    """What is judged, and the form to judge it with."""
    reasons = list(form.rows) if form else list_reasons(prediction.id)
    return {
        "prediction": prediction,
        "reasons": reasons,
        "attributes": list(prediction.attributes.items()),
        "form": form or AnswerForm(reasons, initial={"verdict": prediction.verdict}),
    }


def start_of(actor: Actor, queue: Queue) -> dict[str, Any]:
    return {"nothing": explain_nothing_left(actor, queue.code), "lease_minutes": queue.lease // 60}


def counts_of(actor: Actor, queue: Queue) -> dict[str, Any]:
    midnight = datetime.combine(localdate(), time.min, get_current_timezone())
    return {
        "waiting": count_waiting(actor, queue.code),
        "decided_today": count_decided_today(actor, queue.code, midnight),
    }


def seconds_left(item: WorkItem) -> int:
    """Seconds until the lease ends, 0 when it has."""
    return max(0, int((item.available_at - now()).total_seconds()))
