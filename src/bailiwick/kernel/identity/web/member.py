"""One person of the organisation: registering them, their tickets, keys and roles."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.access.actions.people import register_person
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.queries import (
    list_deputies_of,
    list_grants_of,
    list_past_grants_of,
    list_roles_to_give,
)
from bailiwick.kernel.access.web.grants import NOT_OFFERED, DayField, GrantForm, MemberChoice, end_of, give, shown
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.identity.actions.enrolment import make_ticket, revoke_ticket
from bailiwick.kernel.identity.actions.reporting import set_manager
from bailiwick.kernel.identity.choices import PERSON_LOOKS
from bailiwick.kernel.identity.manifest import REGISTER, SEE_PEOPLE
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.identity.queries.enrolment import (
    Standing,
    get_standing,
    list_keys_of,
    list_tickets_of,
    needs_recovery,
)
from bailiwick.kernel.identity.web.people import code_of, method_of
from bailiwick.kernel.identity.web.tickets import show_ticket
from bailiwick.kernel.web.pages import Page, refuse_form

LIST = "identity:people"


class PersonForm(forms.Form):
    """Who is registered. Nobody is looked up: whom another organisation knows is somebody new here."""

    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=100)
    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=99)
    department = forms.CharField(label=gettext_lazy("Department"), max_length=100, required=False)
    email = forms.EmailField(
        label=gettext_lazy("Mail address"),
        help_text=gettext_lazy("For notices. Nobody comes in by mail: that takes the key."),
        max_length=254,
        required=False,
    )


class RegisterForm(PersonForm):
    """Who it is, and a role, which can wait."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), required=False)
    valid_until = DayField(
        label=gettext_lazy("Until the end of"), help_text=gettext_lazy("Empty: until it is ended."), required=False
    )

    def __init__(self, actor: Actor, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        roles = [(role.code, role.title) for role in list_roles_to_give(actor)]
        self.fields["role"].choices = [("", _("none for now")), *roles]  # type: ignore[attr-defined]

    def clean_valid_until(self) -> datetime | None:
        return end_of(self.cleaned_data["valid_until"])


class ManagerForm(forms.Form):
    """To whom somebody reports."""

    manager = forms.TypedChoiceField(
        label=gettext_lazy("Manager"), required=False, coerce=UUID, empty_value=None, error_messages=NOT_OFFERED
    )

    def __init__(self, member: Member, who: MemberChoice, data: Any = None) -> None:
        super().__init__(data, initial={"manager": member.manager_id})
        others = who.choices[1:]
        present = [(str(member.manager_id), member.manager.name)] if member.manager else []
        offered = dict([*present, *others])
        self.fields["manager"].choices = [("", _("nobody")), *offered.items()]  # type: ignore[attr-defined]


class RegisterPerson(Page):
    """Makes a person, and shows their ticket once."""

    right = REGISTER
    template_name = "identity/person_new.html"
    navigation_name = LIST

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(form=RegisterForm(self.actor))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RegisterForm(self.actor, request.POST)
        if form.is_valid():
            try:
                with transaction.atomic():
                    made = register_person(actor=self.actor, **form.cleaned_data)
            except InvalidInput as refusal:
                refuse_form(form, refusal)
            else:
                return show_ticket(self, made.member.id, made.ticket, made.secret)
        return self.show(status=422, form=form)


class PersonView(Page):
    """What those who register, give roles or let go know of a person: each sees what is theirs to do."""

    template_name = "identity/person.html"
    navigation_name = LIST

    def show_person(self, member_id: UUID, *, status: int = 200, **forms: Any) -> HttpResponse:
        standing = get_standing(self.actor, member_id)
        facts = self.facts(standing.member) | (self.door(standing) if self.actor.may(REGISTER) else {})
        return self.show(status=status, standing=standing, look=PERSON_LOOKS[standing.state], **(facts | forms))

    def facts(self, member: Member) -> dict[str, Any]:
        """Who it is, and what they may."""
        who = MemberChoice(self.request, without=member.id)
        return {
            "member": member,
            "code": code_of(member),
            "grants": shown(list_grants_of(self.actor, member.id)),
            "past": shown(list_past_grants_of(self.actor, member.id)),
            "deputies": list_deputies_of(member.id),
            "is_me": member.id == self.actor.member_id,
            "who": who,
            "form": GrantForm(self.actor),
            "manager_form": ManagerForm(member, who),
            "may_set_manager": self.actor.may((REGISTER, "access.manage")),
            "may_see_data": self.actor.may(("members.export", "members.erase")),
            "may_let_go": self.actor.may("members.offboard"),
            "may_explain": self.actor.may("access.explain"),
        }

    def door(self, standing: Standing) -> dict[str, Any]:
        """How they come in, for key managers."""
        member = standing.member
        return {
            "method": method_of(standing.session),
            "keys": list_keys_of(member),
            "tickets": list_tickets_of(member),
            "may_have_ticket": not needs_recovery(member),
            "is_for_key_managers": True,
        }


class PersonPage(PersonView):
    """The page, and giving a role."""

    right = SEE_PEOPLE

    def get(self, request: HttpRequest, member_id: UUID) -> HttpResponse:
        return self.show_person(member_id)

    def post(self, request: HttpRequest, member_id: UUID) -> HttpResponse:
        """Gives a role."""
        get_standing(self.actor, member_id)
        form = GrantForm(self.actor, request.POST)
        if form.is_valid() and give(self, form, member_id):
            return redirect("identity:person", member_id)
        return self.show_person(member_id, status=422, form=form)


class SetManager(PersonView):
    """Says to whom a person reports."""

    right = (REGISTER, "access.manage")
    http_method_names = ["post"]

    def post(self, request: HttpRequest, member_id: UUID) -> HttpResponse:
        member = get_standing(self.actor, member_id).member
        form = ManagerForm(member, MemberChoice(request, without=member_id), request.POST)
        if form.is_valid():
            try:
                with transaction.atomic():
                    set_manager(actor=self.actor, member_id=member_id, manager_id=form.cleaned_data["manager"])
            except InvalidInput as refusal:
                refuse_form(form, refusal)
            else:
                self.tell(_("Stored."))
                return redirect("identity:person", member_id)
        return self.show_person(member_id, status=422, manager_form=form)


class NewTicket(Page):
    """Makes a ticket and shows it once; the one before ends."""

    right = REGISTER
    navigation_name = LIST

    def post(self, request: HttpRequest, member_id: UUID) -> HttpResponse:
        with transaction.atomic():
            ticket, secret = make_ticket(actor=self.actor, member_id=member_id)
        return show_ticket(self, member_id, ticket, secret)


class RevokeTicket(Page):
    """Ends a ticket that was given to the wrong hands."""

    right = REGISTER
    navigation_name = LIST

    def post(self, request: HttpRequest, ticket_id: UUID) -> HttpResponse:
        ticket = revoke_ticket(actor=self.actor, ticket_id=ticket_id)
        self.tell(_("The ticket opens nothing any more."))
        return redirect("identity:person", ticket.member_id)
