"""The reviewer's page: one person of theirs at a time, each grant kept or ended, and a signature."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.members.actions.reviews import decide_reviewed
from bailiwick.kernel.members.choices import GrantOutcome
from bailiwick.kernel.members.errors import GrantsChanged
from bailiwick.kernel.members.manifest import REVIEW_QUEUE
from bailiwick.kernel.members.queries.reviews import Asked, AskedGrant, get_asked
from bailiwick.kernel.web.pages import Page
from bailiwick.kernel.worklist.actions import claim_next
from bailiwick.kernel.worklist.claiming import claim_of
from bailiwick.kernel.worklist.errors import LeaseLost
from bailiwick.kernel.worklist.queries import count_waiting, get_held

SAYABLE = ((GrantOutcome.KEPT.value, gettext_lazy("Keep")), (GrantOutcome.ENDED.value, gettext_lazy("End")))


class AnswerForm(forms.Form):
    """For each grant whether it is still needed, and a note."""

    def __init__(self, asked: Asked, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        for each in asked.grants:
            self.fields[f"outcome-{each.grant.id}"] = forms.ChoiceField(
                label=each.role,
                choices=SAYABLE,
                widget=forms.RadioSelect,
                error_messages={"required": _("Say whether this is still needed.")},
            )
            self.fields[f"note-{each.grant.id}"] = forms.CharField(label=_("Note"), required=False, max_length=500)

    @property
    def lines(self) -> list[tuple[AskedGrant, Any, Any]]:
        return [(each, self[f"outcome-{each.grant.id}"], self[f"note-{each.grant.id}"]) for each in self.asked.grants]

    def said(self, word: str) -> dict[UUID, str]:
        return {each.grant.id: self.cleaned_data[f"{word}-{each.grant.id}"] for each in self.asked.grants}


class ReviewNext(Page):
    """Whom I am asked about now; signing brings the next."""

    right = MEMBER
    template_name = "members/review_next.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show()

    def post(self, request: HttpRequest) -> HttpResponse:
        item = get_held(self.actor, REVIEW_QUEUE.code)
        if item is None or str(item.subject_id) != request.POST.get("subject", ""):
            raise LeaseLost
        form = AnswerForm(get_asked(item.subject_id), request.POST)
        if request.POST.get("digest", "") != form.asked.digest.hex():
            return self._show(status=409, data=request.POST, notice=GrantsChanged.message)
        if not form.is_valid():
            return self._show(status=422, data=request.POST)
        with transaction.atomic():
            decide_reviewed(
                actor=self.actor,
                subject_id=item.subject_id,
                token=request.POST.get("claim_token", ""),
                digest=form.asked.digest,
                outcomes=form.said("outcome"),
                notes=form.said("note"),
            )
        claim_next(actor=self.actor, queue_code=REVIEW_QUEUE.code)
        self.tell(_("Signed."))
        return redirect("members:review-next")

    def _show(self, status: int = 200, data: Mapping[str, Any] | None = None, **more: Any) -> HttpResponse:
        item = get_held(self.actor, REVIEW_QUEUE.code)
        waiting = count_waiting(self.actor, REVIEW_QUEUE.code)
        if item is None:
            return self.show(status=status, queue=REVIEW_QUEUE, waiting=waiting, **more)
        form = AnswerForm(get_asked(item.subject_id), data)
        return self.show(
            status=status,
            queue=REVIEW_QUEUE,
            item=item,
            form=form,
            digest=form.asked.digest.hex(),
            token=claim_of(item, self.actor.member_id).token,
            waiting=waiting,
            **more,
        )
