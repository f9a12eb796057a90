"""The catalogue of reasons: its list, and the pages on which an entry is added, changed, confirmed and merged."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.apps.predictions.actions.reasons import add_reason, change_reason, confirm_reason, merge_reasons
from bailiwick.apps.predictions.choices import REASON_LOOKS, ReasonState
from bailiwick.apps.predictions.manifest import MANAGE
from bailiwick.apps.predictions.models import Reason
from bailiwick.apps.predictions.queries import reasons
from bailiwick.apps.predictions.web.forms.catalogue import MergeForm, NewReasonForm, ReasonForm
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.web.pages import Page, refuse_form
from bailiwick.kernel.web.tables import BulkAction, Column, ListPage, NamedView
from bailiwick.kernel.web.templatetags import bailiwick as parts


def confirm(*, actor: Actor, key: UUID, reason: str) -> None:
    confirm_reason(actor=actor, reason_id=key)


class ReasonFilters(forms.Form):
    """What the list is narrowed by."""

    q = forms.CharField(label=gettext_lazy("Title or number"), required=False, max_length=255)
    state = forms.ChoiceField(
        label=gettext_lazy("State is"), choices=[("", gettext_lazy("any")), *ReasonState.choices], required=False
    )


class ReasonList(ListPage):
    """Every reason that a product may be rejected for."""

    right = MANAGE
    template_name = "predictions/catalogue.html"
    title = gettext_lazy("Reasons")
    lead = gettext_lazy("What a product may be rejected for. Models may name new ones: confirm them, or merge them.")
    nothing_yet = gettext_lazy("No reasons yet")
    nothing_yet_hint = gettext_lazy("Add the first one, or let a model name one in a prediction.")
    caption = gettext_lazy("Reasons, highest number first")
    filter_class = ReasonFilters
    search_name = "q"
    order = "-code"
    newer_title = gettext_lazy("Higher")
    older_title = gettext_lazy("Lower")
    columns = (
        Column(
            gettext_lazy("Title"),
            lambda row: row.title,
            sub=lambda row: policy_of(row),
            link=lambda row: reverse("predictions:reason", args=[row.id]),
            classes="w",
            code="title",
            sub_title=gettext_lazy("Policy"),
        ),
        Column(
            gettext_lazy("Number"),
            lambda row: format_html("<code>{}</code>", row.code),
            sort="code",
            code="number",
            value=lambda row: row.code,
        ),
        Column(
            gettext_lazy("State"),
            lambda row: parts.state(REASON_LOOKS[row.state], row.state.label),
            classes="c-2",
            code="state",
        ),
        Column(gettext_lazy("Stands for it"), lambda row: target_of(row), code="merged_into"),
    )
    bulk = (BulkAction("confirm", gettext_lazy("Confirm"), "check", MANAGE, confirm),)

    def rows(self) -> QuerySet[Reason]:
        return reasons.list_entries(self.actor)

    def narrow(self, rows: QuerySet[Reason], values: Mapping[str, Any]) -> QuerySet[Reason]:
        if values["q"]:
            rows = reasons.named(rows, values["q"])
        return reasons.in_state(rows, values["state"]) if values["state"] else rows

    def views(self) -> list[NamedView]:
        return [
            NamedView(_("All"), {}),
            *(NamedView(str(state.label), {"state": state.value}) for state in ReasonState),
        ]


def policy_of(reason: Reason) -> str:
    """The first line of the policy text."""
    return reason.policy.strip().partition("\n")[0][:120] or _("no policy text")


def target_of(reason: Reason) -> Any:
    """The entry that stands for a merged one."""
    if reason.merged_into is None:
        return format_html('<span class="dimmer">{}</span>', _("itself"))
    address = reverse("predictions:reason", args=[reason.merged_into.id])
    return format_html('<a href="{}">{}</a>', address, reason.merged_into.title)


class CataloguePage(Page):
    """What the pages of one entry share."""

    right = MANAGE
    navigation_name = "predictions:reasons"

    def show_reason(self, reason_id: UUID, form: forms.Form | None = None) -> HttpResponse:
        """One entry, with what is known of it and the forms that change it."""
        reason = reasons.get_reason(self.actor, reason_id)
        return self.show(
            status=422 if form else 200,
            reason=reason,
            look=REASON_LOOKS[reason.state],
            uses=reasons.count_uses(reason.id),
            counted_up_to=reasons.COUNTED_UP_TO,
            merged=reasons.list_merged(reason.id),
            form=form or ReasonForm(initial={"title": reason.title, "policy": reason.policy}),
        )


class NewReason(CataloguePage):
    """Adds a reason; the next free number is proposed."""

    template_name = "predictions/catalogue_new.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(form=NewReasonForm(initial={"code": reasons.next_code()}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NewReasonForm(request.POST)
        if not form.is_valid():
            return self.show(status=422, form=form)
        try:
            with transaction.atomic():
                reason = add_reason(actor=self.actor, **form.cleaned_data)
        except InvalidInput as refusal:
            refuse_form(form, refusal)
            return self.show(status=422, form=form)
        self.tell(_("Reason added. Models and reviewers can give it from now on."))
        return redirect("predictions:reason", reason.id)


class ReasonPage(CataloguePage):
    """One reason: what it is called, what the policy says, where it stands."""

    template_name = "predictions/catalogue_reason.html"

    def get(self, request: HttpRequest, reason_id: UUID) -> HttpResponse:
        return self.show_reason(reason_id)

    def post(self, request: HttpRequest, reason_id: UUID) -> HttpResponse:
        reasons.get_reason(self.actor, reason_id)
        form = ReasonForm(request.POST)
        if not form.is_valid():
            return self.show_reason(reason_id, form)
        try:
            with transaction.atomic():
                change_reason(actor=self.actor, reason_id=reason_id, **form.cleaned_data)
        except InvalidInput as refusal:
            refuse_form(form, refusal)
            return self.show_reason(reason_id, form)
        self.tell(_("Reason stored."))
        return redirect("predictions:reason", reason_id)


class ConfirmReason(CataloguePage):
    """Takes a reason that a model named into the catalogue."""

    def post(self, request: HttpRequest, reason_id: UUID) -> HttpResponse:
        confirm_reason(actor=self.actor, reason_id=reason_id)
        self.tell(_("Reason confirmed. Reviewers can give it from now on."))
        return redirect("predictions:reason", reason_id)


class MergeReason(CataloguePage):
    """Lets another reason stand for this one; what that affects is said first."""

    template_name = "predictions/catalogue_merge.html"

    def get(self, request: HttpRequest, reason_id: UUID) -> HttpResponse:
        return self._show(reason_id)

    def post(self, request: HttpRequest, reason_id: UUID) -> HttpResponse:
        reasons.get_reason(self.actor, reason_id)
        form = MergeForm(self._others(reason_id), request.POST)
        if not form.is_valid():
            return self._show(reason_id, form)
        try:
            with transaction.atomic():
                merge_reasons(actor=self.actor, reason_id=reason_id, into_id=form.cleaned_data["into"].id)
        except InvalidInput as refusal:
            refuse_form(form, refusal)
            return self._show(reason_id, form)
        self.tell(_("Reasons merged. What was said before stays as it was."))
        return redirect("predictions:reason", reason_id)

    def _show(self, reason_id: UUID, form: MergeForm | None = None) -> HttpResponse:
        return self.show(
            status=422 if form else 200,
            reason=reasons.get_reason(self.actor, reason_id),
            uses=reasons.count_uses(reason_id),
            counted_up_to=reasons.COUNTED_UP_TO,
            merged=reasons.list_merged(reason_id),
            form=form or MergeForm(self._others(reason_id)),
        )

    def _others(self, reason_id: UUID) -> list[Reason]:
        return [each for each in reasons.list_to_pick(self.actor) if each.id != reason_id]
