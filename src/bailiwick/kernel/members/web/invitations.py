"""Inviting people, by mail or by a link to hand over."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import GrantTooWide
from bailiwick.kernel.access.queries import list_roles_to_give
from bailiwick.kernel.access.web.grants import DayField, end_of
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.identity.mails import can_mail, spend_link
from bailiwick.kernel.jobs.actions import submit_job
from bailiwick.kernel.members.actions.invitations import invite, show_link, withdraw_invitation
from bailiwick.kernel.members.choices import InvitationState
from bailiwick.kernel.members.mails import join_address
from bailiwick.kernel.members.manifest import INVITE, MAIL_INVITATION
from bailiwick.kernel.members.models import Invitation
from bailiwick.kernel.members.queries.invitations import (
    get_invitation,
    list_invitations,
    narrow_invitations,
)
from bailiwick.kernel.web.errors import TooManyAttempts
from bailiwick.kernel.web.pages import Page, refuse_form
from bailiwick.kernel.web.tables import Column, ListPage, NamedView
from bailiwick.kernel.web.templatetags import bailiwick as parts

LIST = "members:invitations"
LOOKS = {
    InvitationState.OPEN: "wait",
    InvitationState.ACCEPTED: "good",
    InvitationState.EXPIRED: "end",
    InvitationState.WITHDRAWN: "end",
}


def state_of(invitation: Invitation) -> SafeString:
    """Where an invitation stands."""
    return parts.state(LOOKS[invitation.state], invitation.state.label)


class InvitationFilters(forms.Form):
    """What the list is narrowed by."""

    state = forms.ChoiceField(
        label=gettext_lazy("State is"), choices=[("", gettext_lazy("any")), *InvitationState.choices], required=False
    )


class InvitationList(ListPage):
    """Who was invited, newest first."""

    right = INVITE
    template_name = "members/invitations.html"
    title = gettext_lazy("Invitations")
    lead = gettext_lazy("Whoever has an account, or makes one, joins by a link that is good for a week.")
    nothing_yet = gettext_lazy("Nobody was invited yet")
    nothing_yet_hint = gettext_lazy("Choose “Invite somebody”: they get a link by mail, or you hand it over.")
    caption = gettext_lazy("Invitations, newest first")
    filter_class = InvitationFilters
    columns = (
        Column(
            gettext_lazy("Who"),
            lambda row: row.name,
            sub=lambda row: row.email,
            link=lambda row: reverse("members:invitation", args=[row.id]),
            classes="w",
            code="who",
            sub_title=gettext_lazy("Mail address"),
        ),
        Column(
            gettext_lazy("State"), state_of, classes="c-2 nowrap", code="state", value=lambda row: str(row.state.label)
        ),
        Column(gettext_lazy("Role"), lambda row: row.role or _("none"), classes="c-hide", code="role"),
        Column(gettext_lazy("Invited by"), lambda row: parts.who(row.invited_by), classes="c-hide", code="invited_by"),
        Column(
            gettext_lazy("Good until"),
            lambda row: parts.absolute(row.expires_at),
            classes="c-hide nowrap dim",
            code="expires",
            value=lambda row: row.expires_at,
        ),
        Column(
            gettext_lazy("Invited"),
            lambda row: parts.ago(row.created_at),
            sort="id",
            classes="num c-3 nowrap dim",
            code="invited",
            value=lambda row: row.created_at,
        ),
    )

    def rows(self) -> QuerySet[Invitation]:
        return list_invitations(self.actor)

    def narrow(self, rows: QuerySet[Invitation], values: Mapping[str, Any]) -> QuerySet[Invitation]:
        return narrow_invitations(rows, values["state"])

    def views(self) -> list[NamedView]:
        return [NamedView(_("All"), {}), *(NamedView(each.label, {"state": each.value}) for each in InvitationState)]


class InvitationForm(forms.Form):
    """Whom to invite, and what they may from then on."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    email = forms.EmailField(
        label=gettext_lazy("Mail address"), max_length=254, help_text=gettext_lazy("The link goes there.")
    )
    department = forms.CharField(label=gettext_lazy("Department"), max_length=100, required=False)
    role = forms.ChoiceField(label=gettext_lazy("Role"), required=False)
    role_until = DayField(
        label=gettext_lazy("Until the end of"), help_text=gettext_lazy("Empty: until it is ended."), required=False
    )

    def __init__(self, actor: Actor, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        roles = [(role.code, role.title) for role in list_roles_to_give(actor)]
        self.fields["role"].choices = [("", _("none for now")), *roles]  # type: ignore[attr-defined]

    def clean_role_until(self) -> datetime | None:
        return end_of(self.cleaned_data["role_until"])


class NewInvitation(Page):
    """Invites somebody: by mail, or by a link to hand over where no mail is sent."""

    right = INVITE
    template_name = "members/invitation_new.html"
    navigation_name = LIST

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(form=InvitationForm(self.actor), can_mail=can_mail())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = InvitationForm(self.actor, request.POST)
        if form.is_valid():
            try:
                with transaction.atomic():
                    invitation = invite(actor=self.actor, **form.cleaned_data)
            except (InvalidInput, GrantTooWide) as refusal:
                if isinstance(refusal, InvalidInput):
                    refuse_form(form, refusal)
                else:
                    form.add_error("role", str(refusal.message))
            else:
                return send(self, invitation)
        return self.show(status=422, form=form, can_mail=can_mail())


def send(page: Page, invitation: Invitation) -> HttpResponse:
    """Have the link mailed; where no mail is sent it is shown, once."""
    if not can_mail():
        return show_once(page, invitation)
    if spend_link(page.request, invitation.email):
        raise TooManyAttempts(_("Too many links were mailed there lately. Wait an hour and try again."))
    arguments = {
        "invitation": str(invitation.id),
        "site": page.request.build_absolute_uri("/").rstrip("/"),
        "language": get_language() or "",
    }
    submit_job(actor=page.actor, kind=MAIL_INVITATION, arguments=arguments)
    page.tell(_("The link is on its way. It is good for a week."))
    return redirect("members:invitation", invitation.id)


def show_once(page: Page, invitation: Invitation) -> HttpResponse:
    """A new link, which is shown here and nowhere else."""
    with transaction.atomic():
        secret = show_link(actor=page.actor, invitation_id=invitation.id)
    address = join_address(page.request.build_absolute_uri("/").rstrip("/"), secret)
    shown = get_invitation(page.actor, invitation.id)
    page.template_name = OneInvitation.template_name  # type: ignore[misc]
    return page.show(invitation=shown, state=state_of(shown), address=address, **offers(shown))


def offers(invitation: Invitation) -> dict[str, bool]:
    """What may still be done with an invitation."""
    is_renewable = invitation.state in (InvitationState.OPEN, InvitationState.EXPIRED)
    return {"can_mail": can_mail(), "is_renewable": is_renewable}


class OneInvitation(Page):
    """One invitation: sent again, handed over, or withdrawn."""

    right = INVITE
    template_name = "members/invitation.html"
    navigation_name = LIST

    def get(self, request: HttpRequest, invitation_id: UUID) -> HttpResponse:
        invitation = get_invitation(self.actor, invitation_id)
        return self.show(invitation=invitation, state=state_of(invitation), **offers(invitation))


class SendInvitation(Page):
    """A new link by mail; the one before opens nothing any more."""

    right = INVITE
    navigation_name = LIST

    def post(self, request: HttpRequest, invitation_id: UUID) -> HttpResponse:
        return send(self, get_invitation(self.actor, invitation_id))


class ShowInvitation(Page):
    """A new link to hand over; the one before opens nothing any more."""

    right = INVITE
    navigation_name = LIST

    def post(self, request: HttpRequest, invitation_id: UUID) -> HttpResponse:
        return show_once(self, get_invitation(self.actor, invitation_id))


class WithdrawInvitation(Page):
    """Its link opens nothing any more."""

    right = INVITE
    navigation_name = LIST

    def post(self, request: HttpRequest, invitation_id: UUID) -> HttpResponse:
        with transaction.atomic():
            withdraw_invitation(actor=self.actor, invitation_id=invitation_id)
        self.tell(_("Withdrawn. The link opens nothing any more."))
        return redirect("members:invitation", invitation_id)
