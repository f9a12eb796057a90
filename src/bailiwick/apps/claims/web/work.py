"""The workbench of each queue: one claim or appeal at a time, in hand for as long as one works on it."""

from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from bailiwick.apps.claims.actions.appeals import decide_appeal
from bailiwick.apps.claims.actions.deciding import decide_claim, skip_claim
from bailiwick.apps.claims.actions.queueing import take_next
from bailiwick.apps.claims.choices import Pend, Stage
from bailiwick.apps.claims.errors import MoveRefused, Stale
from bailiwick.apps.claims.manifest import (
    AMOUNT_QUEUE,
    APPEAL_QUEUE,
    APPROVE,
    DUPLICATE_QUEUE,
    INFORMATION_QUEUE,
    MEDICAL_QUEUE,
    PROCESS,
    SETTLE_APPEALS,
)
from bailiwick.apps.claims.web import bench
from bailiwick.apps.claims.web.forms.work import AppealDecisionForm, DecideForm, SkipForm
from bailiwick.kernel.access.errors import AmountTooHigh
from bailiwick.kernel.base.errors import DomainError, InvalidInput, NotFound
from bailiwick.kernel.base.manifest import Queue
from bailiwick.kernel.decisions.errors import AlreadyDecided
from bailiwick.kernel.web.pages import Page, refuse_form
from bailiwick.kernel.worklist.actions import release_item, renew_lease, skip_item
from bailiwick.kernel.worklist.errors import AlreadyInvolved, LeaseLost
from bailiwick.kernel.worklist.queries import get_held

QUEUES = {each.code: each for each in (MEDICAL_QUEUE, DUPLICATE_QUEUE, AMOUNT_QUEUE, INFORMATION_QUEUE, APPEAL_QUEUE)}
REFUSALS = (AlreadyDecided, AlreadyInvolved, AmountTooHigh, LeaseLost, MoveRefused, Stale)
"""What is said above the bench; what was typed stays."""


class Workbench(Page):
    """What all steps share: the bench with what the actor holds of a queue, or what there is to begin with."""

    right: ClassVar[Any] = (PROCESS, APPROVE, SETTLE_APPEALS)
    template_name = "claims/work.html"
    queue: Queue

    def show_bench(self, form: Form | None = None, notice: object = "", status: int = 200) -> HttpResponse:
        """The work in the actor's hands with the form as far as it is filled in, or the beginning."""
        self.request.navigation_name = self.queue.url_name  # type: ignore[attr-defined]
        item = get_held(self.actor, self.queue.code)
        if item is None:
            return self.show(status=status, notice=notice, **bench.show_start(self.actor, self.queue))
        form = form or (AppealDecisionForm() if self.is_appeal else DecideForm())
        return self.show(status=status, notice=notice, form=form, **bench.show_item(self.actor, self.queue, item))

    @property
    def is_appeal(self) -> bool:
        return self.queue.code == APPEAL_QUEUE.code

    def given(self) -> tuple[UUID, str]:
        """The subject and the claim's token that a form carries; sets the queue. Raises NotFound for what is none."""
        queue = QUEUES.get(self.request.POST.get("queue", ""))
        if queue is None or not self.actor.may(queue.right):
            raise NotFound
        self.queue = queue
        try:
            return UUID(self.request.POST.get("subject", "")), self.request.POST.get("claim_token", "")
        except ValueError:
            return UUID(int=0), ""


class QueuePage(Workbench):
    """Resumes what I hold; never takes."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show_bench()


class MedicalWork(QueuePage):
    right = MEDICAL_QUEUE.right
    queue = MEDICAL_QUEUE


class DuplicateWork(QueuePage):
    right = DUPLICATE_QUEUE.right
    queue = DUPLICATE_QUEUE


class AmountWork(QueuePage):
    right = AMOUNT_QUEUE.right
    queue = AMOUNT_QUEUE


class InformationWork(QueuePage):
    right = INFORMATION_QUEUE.right
    queue = INFORMATION_QUEUE


class AppealWork(QueuePage):
    right = APPEAL_QUEUE.right
    queue = APPEAL_QUEUE


class TakeNext(Workbench):
    """Takes the oldest free work of a queue, at the press of a button."""

    def post(self, request: HttpRequest) -> HttpResponse:
        self.given()
        take_next(actor=self.actor, queue_code=self.queue.code)
        return redirect(self.queue.url_name)


class Decide(Workbench):
    """Stores my decision; what comes next is taken on purpose."""

    def post(self, request: HttpRequest) -> HttpResponse:
        subject_id, token = self.given()
        form = (AppealDecisionForm if self.is_appeal else DecideForm)(request.POST)
        if not form.is_valid():
            return self.show_bench(form, status=422)
        try:
            with transaction.atomic():
                said = self._decide(subject_id, token, form)
        except InvalidInput as refusal:
            refuse_form(form, InvalidInput({_beside(name): said for name, said in refusal.fields.items()}))
            return self.show_bench(form, status=422)
        except REFUSALS as refusal:
            return self.show_bench(form, notice=_sentence(refusal), status=refusal.status)
        self.tell(said)
        return redirect(self.queue.url_name)

    def _decide(self, subject_id: UUID, token: str, form: Form) -> str:
        given = form.cleaned_data
        if self.is_appeal:
            appeal = decide_appeal(
                actor=self.actor, appeal_id=subject_id, token=token, verdict=given["verdict"], answer=given["reason"]
            )
            return _("Appeal decided: %(verdict)s.") % {"verdict": appeal.get_verdict_display()}
        decided = decide_claim(actor=self.actor, claim_id=subject_id, queue_code=self.queue.code, token=token, **given)
        claim = decided.claim
        if claim.stage != Stage.UNDER_REVIEW:
            return _("%(number)s: %(stage)s.") % {"number": claim.label, "stage": Stage(claim.stage).label}
        if self.queue.code == AMOUNT_QUEUE.code and claim.pend == Pend.AMOUNT:
            return _("Approved by you. A second person has to approve it as well.")
        return _("Adjudication wants a person to look again: %(why)s.") % {"why": Pend(claim.pend).label}


class Skip(Workbench):
    """Leaves what I hold to somebody else; it does not come to me again."""

    def post(self, request: HttpRequest) -> HttpResponse:
        subject_id, token = self.given()
        form = SkipForm(request.POST)
        if not form.is_valid():
            return self.show_bench(notice=_("Say why you leave it to somebody else."), status=422)
        held = {"queue_code": self.queue.code, "token": token, "reason": form.cleaned_data["why"]}
        try:
            with transaction.atomic():
                if self.is_appeal:
                    skip_item(actor=self.actor, subject_id=subject_id, **held)
                else:
                    skip_claim(actor=self.actor, claim_id=subject_id, **held)
        except LeaseLost as refusal:
            return self.show_bench(notice=refusal.message, status=refusal.status)
        self.tell(_("Skipped. Somebody else gets it."))
        return redirect(self.queue.url_name)


class Release(Workbench):
    """Gives what I hold back to its place, and leaves."""

    def post(self, request: HttpRequest) -> HttpResponse:
        subject_id, token = self.given()
        try:
            with transaction.atomic():
                release_item(actor=self.actor, queue_code=self.queue.code, subject_id=subject_id, token=token)
        except LeaseLost:
            return redirect("web:desk")
        self.tell(_("It is back in the queue, in its old place."))
        return redirect("web:desk")


class Renew(Workbench):
    """Keeps it mine while I work on it; answers with the seconds left."""

    def post(self, request: HttpRequest) -> HttpResponse:
        subject_id, token = self.given()
        item = renew_lease(actor=self.actor, queue_code=self.queue.code, subject_id=subject_id, token=token)
        return JsonResponse({"seconds": bench.seconds_left(item)})


def _beside(name: str) -> str:
    """The field of the form that an action's refusal means."""
    return "reason" if name == "answer" else name


def _sentence(refusal: DomainError) -> object:
    if isinstance(refusal, AmountTooHigh):
        return _("Your grant is not good for this amount. Skip it, so that somebody else gets it.")
    return refusal.message
