"""The workbench: one prediction at a time."""

from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from bailiwick.apps.predictions.actions.review import (
    decide_prediction,
    escalate_prediction,
    skip_prediction,
    undo_decision,
)
from bailiwick.apps.predictions.manifest import REVIEW, REVIEW_QUEUE
from bailiwick.apps.predictions.models import Reason
from bailiwick.apps.predictions.queries.reasons import list_to_pick
from bailiwick.apps.predictions.web import bench
from bailiwick.apps.predictions.web.forms.answers import AnswerForm
from bailiwick.apps.predictions.web.forms.passing import EscalateForm, PassForm, SkipForm
from bailiwick.kernel.base.errors import DomainError, InvalidInput, NotFound
from bailiwick.kernel.base.manifest import Queue
from bailiwick.kernel.decisions.errors import AlreadyDecided
from bailiwick.kernel.web.pages import Page
from bailiwick.kernel.worklist.actions import claim_next, release_item, renew_lease
from bailiwick.kernel.worklist.errors import AlreadyInvolved, DecidedOn, LeaseLost, NothingToPass, UndoTooLate
from bailiwick.kernel.worklist.queries import get_held

STEPS = ("next", "decide", "release", "renew", "skip", "escalate", "undo")


class Workbench(Page):
    """What all steps of the review share: the bench with what the actor holds, or what there is to begin with."""

    right = REVIEW
    template_name = "predictions/review.html"
    navigation_name = "predictions:review"
    queue: ClassVar[Queue] = REVIEW_QUEUE
    prefix: ClassVar[str] = ""

    is_at_work = False

    @cached_property
    def offered(self) -> list[Reason]:
        """The reasons that may be added."""
        return list_to_pick(self.actor)

    @property
    def partial_name(self) -> str:  # type: ignore[override]
        return "predictions/_bench.html" if self.is_at_work else "predictions/_start.html"

    def show_bench(self, form: AnswerForm | None = None, status: int = 200, **more: Any) -> HttpResponse:
        """The prediction in the actor's hands with the form as far as it is filled in, or the beginning."""
        item = get_held(self.actor, self.queue.code)
        self.is_at_work = item is not None
        if item is not None:
            context = bench.show_item(self.actor, item, form, self.offered)
        else:
            context = bench.show_start(self.actor, self.queue)
        return self.show(status=status, **self._frame(), **context, **more)

    def show_faults(self, form: AnswerForm, prediction_id: UUID) -> HttpResponse:
        """The form with its faults; raises LeaseLost when it is not about what the actor holds."""
        held = get_held(self.actor, self.queue.code)
        if held is None or held.subject_id != prediction_id:
            raise LeaseLost
        return self.show_bench(form, status=422)

    def show_lost(self, form: AnswerForm, prediction_id: UUID, refusal: DomainError) -> HttpResponse:
        """What was typed, with the sentence that says why it could not be stored."""
        self.is_at_work = True
        context = bench.show_lost(self.actor, prediction_id, form)
        return self.show(status=refusal.status, lost=refusal.message, **self._frame(), **context)

    def go_on(self, decided: str = "") -> HttpResponse:
        """The bench with what the actor holds now: in place where a script asks, else by its address.

        `decided` is the decision that may be taken back.
        """
        if self.is_partial:
            return self.show_bench(decided=decided)
        return redirect(reverse(self.queue.url_name) + (f"?decided={decided}" if decided else ""))

    def given(self) -> tuple[UUID, str]:
        """The prediction and the claim's token that a form carries; raises NotFound for what is no key."""
        return self.given_key("prediction"), self.request.POST.get("claim_token", "")

    def given_key(self, name: str) -> UUID:
        try:
            return UUID(self.request.POST.get(name, ""))
        except ValueError as error:
            raise NotFound from error

    def _frame(self) -> dict[str, Any]:
        """What stands around the bench: the queue, the addresses of its steps, the counts."""
        return {
            "queue": self.queue,
            "steps": {step: reverse(f"predictions:{self.prefix}{step}") for step in STEPS},
            "can_escalate": bool(self.queue.disputes_to),
            **bench.count_work(self.actor, self.queue),
        }


class ReviewPage(Workbench):
    """Resumes what I hold; never claims."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show_bench(decided=bench.find_undoable(self.actor, request.GET.get("decided", "")))


class NextPrediction(Workbench):
    """Claims the oldest free prediction, at the press of a button."""

    def post(self, request: HttpRequest) -> HttpResponse:
        claim_next(actor=self.actor, queue_code=self.queue.code)
        return self.go_on()


class SubmitAnswer(Workbench):
    """Stores my answer and brings the next prediction in the same request."""

    def post(self, request: HttpRequest) -> HttpResponse:
        prediction_id, token = self.given()
        form = bench.answer_form(self.actor, self.queue, prediction_id, request.POST, self.offered)
        try:
            if not form.is_valid():
                return self.show_faults(form, prediction_id)
            with transaction.atomic():
                decided = decide_prediction(
                    actor=self.actor, prediction_id=prediction_id, token=token, answer=form.answer()
                )
        except InvalidInput as refusal:
            form.refuse(refusal)
            return self.show_faults(form, prediction_id)
        except (LeaseLost, AlreadyDecided, AlreadyInvolved) as refusal:
            return self.show_lost(form, prediction_id, refusal)
        claim_next(actor=self.actor, queue_code=self.queue.code)
        if self.is_partial:
            self.tell(_("Decision stored."))
        return self.go_on(decided=str(decided.decision.id))


class UndoDecision(Workbench):
    """Takes my last decision back and brings its prediction again, as it was filled in."""

    def post(self, request: HttpRequest) -> HttpResponse:
        decision_id = self.given_key("decision")
        try:
            with transaction.atomic():
                undo_decision(actor=self.actor, decision_id=decision_id)
        except (UndoTooLate, DecidedOn, AlreadyDecided) as refusal:
            return self._keep(refusal)
        return self.go_on()

    def _keep(self, refusal: DomainError) -> HttpResponse:
        """What is on the bench stays as it is; why the undo came too late is said above it."""
        if not self.is_partial:
            return self.show_bench(status=refusal.status, notice=refusal.message)
        response = render(self.request, "predictions/_notice.html", {"notice": refusal.message}, status=refusal.status)
        response["HX-Retarget"], response["HX-Reswap"] = "#notice", "innerHTML"
        return response


class PassOn(Workbench):
    """Gives my prediction to somebody else with a reason, and brings the next one."""

    form_class: ClassVar[type[PassForm]]

    def post(self, request: HttpRequest) -> HttpResponse:
        prediction_id, token = self.given()
        form = self.form_class(request.POST)
        if not form.is_valid():
            notice = " ".join(str(sentence) for sentences in form.errors.values() for sentence in sentences)
            return self.show_bench(status=422, notice=notice)
        try:
            with transaction.atomic():
                self.pass_on(prediction_id, token, form.reason)
        except (LeaseLost, NothingToPass) as refusal:
            return self.show_bench(status=refusal.status, notice=refusal.message)
        claim_next(actor=self.actor, queue_code=self.queue.code)
        return self.go_on()

    def pass_on(self, prediction_id: UUID, token: str, reason: str) -> None:
        raise NotImplementedError


class SkipPrediction(PassOn):
    """Leaves my prediction to somebody else; it does not come to me again."""

    form_class = SkipForm

    def pass_on(self, prediction_id: UUID, token: str, reason: str) -> None:
        skip_prediction(actor=self.actor, prediction_id=prediction_id, token=token, reason=reason)
        self.tell(_("Skipped. Somebody else gets it."))


class EscalatePrediction(PassOn):
    """Gives my prediction to whoever settles disputes."""

    form_class = EscalateForm

    def pass_on(self, prediction_id: UUID, token: str, reason: str) -> None:
        escalate_prediction(actor=self.actor, prediction_id=prediction_id, token=token, reason=reason)
        self.tell(_("Escalated. Who settles disputes gets it."))


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
        return JsonResponse({"seconds": bench.seconds_left(item)})
