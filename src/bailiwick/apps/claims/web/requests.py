"""Asking for what is missing, and answering."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.timezone import get_current_timezone, localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.apps.claims.actions.documents import require_part, require_worker
from bailiwick.apps.claims.actions.requests import TO_ANSWER, answer_request, ask_information, withdraw_request
from bailiwick.apps.claims.manifest import MANAGE, PROCESS, SETTLE_APPEALS
from bailiwick.apps.claims.models import Claim, InformationRequest
from bailiwick.apps.claims.queries.requests import get_request
from bailiwick.apps.claims.web.changing import DeedPage
from bailiwick.apps.claims.web.forms.work import files_field
from bailiwick.apps.claims.web.narrowing import DayField
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.rights import MEMBER


class AskForm(forms.Form):
    """What is missing, and until when it may be given."""

    asked = forms.CharField(
        label=gettext_lazy("What is missing?"),
        help_text=gettext_lazy("Provider and patient read it, and answer with words or a document."),
        max_length=5_000,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": gettext_lazy("Say what is missing.")},
    )
    due_at = DayField(label=gettext_lazy("To be answered until"))

    def clean_due_at(self) -> datetime:
        """The end of the day."""
        return datetime.combine(self.cleaned_data["due_at"], time(23, 59), get_current_timezone())


class AnswerForm(forms.Form):
    """Words, documents, or both."""

    answer = forms.CharField(
        label=gettext_lazy("Your answer"), max_length=5_000, required=False, widget=forms.Textarea({"rows": 4})
    )
    file = files_field(required=False)


class AskPage(DeedPage):
    """Asks whose claim it is for something; the claim waits meanwhile."""

    right = (MANAGE, PROCESS, SETTLE_APPEALS)
    title = gettext_lazy("Ask for information")
    lead = gettext_lazy("The claim waits, and its clocks stand still, until it is answered or the day has passed.")
    form_class = AskForm

    def form(self, data: Any = None) -> forms.Form:
        return AskForm(data, initial={"due_at": localdate() + timedelta(days=TO_ANSWER.days)})

    def perform(self, claim: Claim, form: Any) -> str:
        ask_information(actor=self.actor, claim_id=claim.id, **form.cleaned_data)
        return _("Asked. Provider and patient see it on the claim.")


class RequestPage(DeedPage):
    """What pages about one request share; the request is one of the claim's."""

    right = MEMBER

    def get(self, request: HttpRequest, claim_id: UUID, information_request_id: UUID) -> HttpResponse:  # type: ignore[override]
        return super().get(request, claim_id)

    def post(self, request: HttpRequest, claim_id: UUID, information_request_id: UUID) -> HttpResponse:  # type: ignore[override]
        return super().post(request, claim_id)

    def open(self, claim_id: UUID) -> Claim:
        claim = super().open(self.asked.claim_id)
        self.require(self.actor, claim)
        return claim

    @staticmethod
    def require(actor: Actor, claim: Claim) -> None:
        """Raises Forbidden for whom the page is not."""
        raise NotImplementedError

    @cached_property
    def asked(self) -> InformationRequest:
        return get_request(self.actor, self.kwargs["claim_id"], self.kwargs["information_request_id"])


class AnswerPage(RequestPage):
    """Answers what is asked."""

    title = gettext_lazy("Answer what is asked")
    require = staticmethod(require_part)

    @property
    def lead(self) -> str:  # type: ignore[override]
        return self.asked.asked

    def form(self, data: Any = None) -> forms.Form:
        return AnswerForm(data, self.request.FILES if data is not None else None)

    def perform(self, claim: Claim, form: Any) -> str:
        given = form.cleaned_data
        answer_request(actor=self.actor, request_id=self.asked.id, answer=given["answer"], uploads=given["file"])
        return _("Answered. We look at the claim again.")


class WithdrawRequest(RequestPage):
    """Asks for something no more."""

    title = gettext_lazy("Ask no more for this")
    form_class = forms.Form
    require = staticmethod(require_worker)

    @property
    def lead(self) -> str:  # type: ignore[override]
        return self.asked.asked

    def perform(self, claim: Claim, form: Any) -> str:
        withdraw_request(actor=self.actor, request_id=self.asked.id)
        return _("Withdrawn. The clocks run on.")
