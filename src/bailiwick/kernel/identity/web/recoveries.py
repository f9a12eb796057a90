"""Lost keys: one key manager asks, another decides."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.identity.actions.recoveries import approve_recovery, ask_recovery, refuse_recovery
from bailiwick.kernel.identity.manifest import RECOVER, REGISTER
from bailiwick.kernel.identity.models import Recovery
from bailiwick.kernel.identity.queries.enrolment import get_recovery, get_standing, list_recoveries
from bailiwick.kernel.identity.web.tickets import show_ticket
from bailiwick.kernel.web.errors import InvalidAddress
from bailiwick.kernel.web.pages import Page
from bailiwick.kernel.web.tables import Column, ListPage, NamedView
from bailiwick.kernel.web.templatetags import bailiwick as parts

LIST = "identity:recoveries"
OPEN, DECIDED = "open", "decided"


class RecoveryFilters(forms.Form):
    """What the list is narrowed by."""

    state = forms.ChoiceField(
        label=gettext_lazy("State is"),
        choices=[("", gettext_lazy("any")), (OPEN, gettext_lazy("waiting")), (DECIDED, gettext_lazy("decided"))],
        required=False,
    )


class RecoveryList(ListPage):
    """Lost keys, newest first."""

    right = (REGISTER, RECOVER)
    title = gettext_lazy("Lost keys")
    lead = gettext_lazy(
        "Two key managers: one asks, another approves. Then the old keys end, and there is a new ticket."
    )
    nothing_yet = gettext_lazy("No key was lost")
    nothing_yet_hint = gettext_lazy("Whoever loses theirs tells a key manager, who asks for a recovery on their page.")
    caption = gettext_lazy("Recoveries, newest first")
    filter_class = RecoveryFilters
    columns = (
        Column(
            gettext_lazy("Who"),
            lambda row: row.member.name,
            sub=lambda row: row.reason,
            link=lambda row: reverse("identity:recovery", args=[row.id]),
            classes="w",
            code="who",
            sub_title=gettext_lazy("Reason"),
        ),
        Column(gettext_lazy("State"), lambda row: state_of(row), classes="c-2 nowrap", code="state"),
        Column(gettext_lazy("Asked by"), lambda row: parts.who(row.asked_by), code="asked_by"),
        Column(gettext_lazy("Decided by"), lambda row: parts.who(row.decided_by), code="decided_by"),
        Column(
            gettext_lazy("Asked"),
            lambda row: parts.ago(row.asked_at),
            sort="id",
            classes="num c-3 nowrap dim",
            code="asked",
            value=lambda row: row.asked_at,
        ),
    )

    def rows(self) -> QuerySet[Recovery]:
        return list_recoveries(self.actor)

    def narrow(self, rows: QuerySet[Recovery], values: Mapping[str, Any]) -> QuerySet[Recovery]:
        return rows.filter(decided_at__isnull=values["state"] == OPEN) if values["state"] else rows

    def views(self) -> list[NamedView]:
        return [
            NamedView(_("All"), {}),
            NamedView(_("Waiting"), {"state": OPEN}),
            NamedView(_("Decided"), {"state": DECIDED}),
        ]


def state_of(recovery: Recovery) -> SafeString:
    """Where a recovery stands."""
    if recovery.decided_at is None:
        return parts.state("wait", _("Waits for a second key manager"))
    return parts.state("good", _("Approved")) if recovery.is_approved else parts.state("end", _("Refused"))


class ReasonForm(forms.Form):
    """What happened."""

    reason = forms.CharField(
        label=gettext_lazy("What happened"),
        help_text=gettext_lazy("And how you know that it is them who ask: whoever approves reads this."),
        max_length=500,
        widget=forms.Textarea({"rows": 4}),
    )


class AskRecovery(Page):
    """Says that somebody lost their key."""

    right = REGISTER
    template_name = "identity/recovery_new.html"
    navigation_name = "identity:people"

    def get(self, request: HttpRequest, member_id: UUID) -> HttpResponse:
        return self.show(form=ReasonForm(), standing=get_standing(self.actor, member_id))

    def post(self, request: HttpRequest, member_id: UUID) -> HttpResponse:
        standing, form = get_standing(self.actor, member_id), ReasonForm(request.POST)
        if not form.is_valid():
            return self.show(status=422, form=form, standing=standing)
        with transaction.atomic():
            recovery = ask_recovery(actor=self.actor, member_id=member_id, reason=form.cleaned_data["reason"])
        self.tell(_("Asked. Another key manager decides."))
        return redirect("identity:recovery", recovery.id)


class RecoveryPage(Page):
    """One lost key; whoever neither asked nor lost it decides here."""

    right = (REGISTER, RECOVER)
    template_name = "identity/recovery.html"
    navigation_name = LIST

    def get(self, request: HttpRequest, recovery_id: UUID) -> HttpResponse:
        recovery = get_recovery(self.actor, recovery_id)
        return self.show(
            recovery=recovery,
            state=state_of(recovery),
            may_decide=self.actor.may(RECOVER),
            is_own=self.actor.member_id in (recovery.asked_by_id, recovery.member_id),
            may_register=self.actor.may(REGISTER),
        )

    def post(self, request: HttpRequest, recovery_id: UUID) -> HttpResponse:
        get_recovery(self.actor, recovery_id)
        match request.POST.get("decision", ""):
            case "approve":
                with transaction.atomic():
                    recovery, ticket, secret = approve_recovery(actor=self.actor, recovery_id=recovery_id)
                return show_ticket(self, recovery.member_id, ticket, secret)
            case "refuse":
                refuse_recovery(actor=self.actor, recovery_id=recovery_id)
                self.tell(_("Refused. Everything stays as it is."))
                return redirect("identity:recovery", recovery_id)
        raise InvalidAddress(_("Say whether it is approved or refused."))
