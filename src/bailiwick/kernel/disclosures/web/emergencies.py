"""Opening a record in an emergency, and the second person's page."""

from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.audit.queries.showing import may_see_all
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.disclosures.actions import break_glass, decide_emergency
from bailiwick.kernel.disclosures.choices import Verdict
from bailiwick.kernel.disclosures.errors import NothingToBreak
from bailiwick.kernel.disclosures.manifest import BREAK_GLASS, EMERGENCY_QUEUE, READ, REVIEW
from bailiwick.kernel.disclosures.queries.emergencies import get_opened
from bailiwick.kernel.disclosures.queries.kinds import list_openable
from bailiwick.kernel.web.pages import Page, refuse_form
from bailiwick.kernel.worklist.actions import release_item
from bailiwick.kernel.worklist.claiming import claim_of
from bailiwick.kernel.worklist.errors import LeaseLost
from bailiwick.kernel.worklist.queries import count_waiting, explain_nothing_left, get_held


class BreakGlassForm(forms.Form):
    """Which record, and why it cannot wait for a grant."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind of record"))
    known_by = forms.CharField(
        label=gettext_lazy("Number"),
        help_text=gettext_lazy("Its number, external number or key, as a whole: nothing is searched here."),
        max_length=255,
    )
    reason = forms.CharField(
        label=gettext_lazy("What is the emergency?"),
        help_text=gettext_lazy("At least 10 characters. It stays on record, and a second person reads it."),
        min_length=10,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(each.model, each.title) for each in list_openable()]  # type: ignore[attr-defined]


class BreakGlass(Page):
    """Opens one record for an hour; a second person is told."""

    right = BREAK_GLASS
    template_name = "disclosures/break_glass.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(BreakGlassForm(initial={name: request.GET.get(name, "") for name in ("kind", "known_by")}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = BreakGlassForm(request.POST)
        if not form.is_valid():
            return self._show(form, status=422)
        try:
            with transaction.atomic():
                emergency = break_glass(actor=self.actor, **form.cleaned_data)
        except InvalidInput as refusal:
            refuse_form(form, refusal)
            return self._show(form, status=422)
        except NothingToBreak as refusal:
            self.tell(refusal.message)
            return redirect(registry().sensitives[refusal.data["kind"]].url_name, refusal.data["row"])
        self.tell(_("Open for an hour. What you read is recorded, and somebody will ask you why."))
        return redirect(registry().sensitives[emergency.kind].url_name, emergency.row_id)

    def _show(self, form: BreakGlassForm, status: int = 200) -> HttpResponse:
        return self.show(status=status, form=form, is_offered=bool(list_openable()))


class DecisionForm(forms.Form):
    """The second person's verdict."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("Was it an emergency?"),
        choices=Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say whether it was justified.")},
    )
    note = forms.CharField(
        label=gettext_lazy("What you found"),
        help_text=gettext_lazy("Whom you asked, and what they said."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class EmergencyBench(Page):
    """The emergency in my hands; deciding brings nothing new: each is taken on purpose."""

    right = REVIEW
    template_name = "disclosures/bench.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(DecisionForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = DecisionForm(request.POST)
        if not form.is_valid():
            return self._show(form, status=422)
        with transaction.atomic():
            decide_emergency(
                actor=self.actor,
                emergency_id=emergency_of(request),
                token=request.POST.get("claim_token", ""),
                **form.cleaned_data,
            )
        self.tell(_("Decision stored."))
        return redirect("disclosures:emergencies")

    def _show(self, form: DecisionForm, status: int = 200) -> HttpResponse:
        item = get_held(self.actor, EMERGENCY_QUEUE.code)
        waiting = count_waiting(self.actor, EMERGENCY_QUEUE.code)
        if item is None:
            nothing = explain_nothing_left(self.actor, EMERGENCY_QUEUE.code)
            return self.show(status=status, queue=EMERGENCY_QUEUE, waiting=waiting, nothing=nothing)
        return self.show(
            status=status,
            queue=EMERGENCY_QUEUE,
            waiting=waiting,
            item=item,
            token=claim_of(item, self.actor.member_id).token,
            opened=get_opened(self.actor, item.subject_id),
            form=form,
            may_read=self.actor.may(READ),
            sees_all=may_see_all(self.actor),
        )


class ReleaseEmergency(Page):
    """Gives the emergency back to its place in the queue."""

    right = REVIEW
    navigation_name = "disclosures:emergencies"

    def post(self, request: HttpRequest) -> HttpResponse:
        token = request.POST.get("claim_token", "")
        with transaction.atomic():
            release_item(
                actor=self.actor, queue_code=EMERGENCY_QUEUE.code, subject_id=emergency_of(request), token=token
            )
        self.tell(_("The emergency is back in the queue, in its old place."))
        return redirect("web:desk")


def emergency_of(request: HttpRequest) -> UUID:
    """The emergency that a form is about; raises LeaseLost for one that names none."""
    try:
        return UUID(request.POST.get("emergency", ""))
    except ValueError:
        raise LeaseLost from None


class OneEmergency(Page):
    """What was opened, why, what was read meanwhile, and what the second person said."""

    right = (REVIEW, READ)
    template_name = "disclosures/emergency.html"
    navigation_name = "disclosures:reads"

    def get(self, request: HttpRequest, emergency_id: UUID) -> HttpResponse:
        return self.show(
            opened=get_opened(self.actor, emergency_id), may_read=self.actor.may(READ), sees_all=may_see_all(self.actor)
        )
