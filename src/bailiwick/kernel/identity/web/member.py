"""One person of the organisation: registering them, their tickets, keys and roles."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.access.actions import end_grant, give_grant
from bailiwick.kernel.access.actions.people import register_person
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.queries import list_grants_of, list_roles_to_give
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.identity.actions.enrolment import make_ticket, revoke_ticket
from bailiwick.kernel.identity.choices import PERSON_LOOKS
from bailiwick.kernel.identity.manifest import REGISTER
from bailiwick.kernel.identity.queries.enrolment import get_standing, list_keys_of, list_tickets_of, needs_recovery
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


class RoleForm(forms.Form):
    """A role, until when, and whether it may be passed on."""

    role = forms.ChoiceField(label=gettext_lazy("Role"))
    valid_until = forms.DateField(
        label=gettext_lazy("Until the end of"),
        help_text=gettext_lazy("Empty: until it is ended."),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    is_passable = forms.BooleanField(label=gettext_lazy("They may give it to others"), required=False)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.code, role.title) for role in list_roles_to_give(actor)]  # type: ignore[attr-defined]

    def clean_valid_until(self) -> datetime | None:
        """The first moment of the next day where the reader is."""
        day: date | None = self.cleaned_data["valid_until"]
        if day is None or day == date.max:
            return None
        return datetime.combine(day + timedelta(days=1), time.min, get_current_timezone())


class RegisterForm(PersonForm, RoleForm):
    """Both at once; a role can wait."""

    is_passable = None  # type: ignore[assignment]
    field_order = ("first_name", "last_name", "department", "email", "role", "valid_until")

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(actor, *args, **kwargs)
        role = self.fields["role"]
        role.required, role.choices = False, [("", _("none for now")), *role.choices]  # type: ignore[attr-defined]


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


class PersonPage(Page):
    """What a key manager knows of a person."""

    right = REGISTER
    template_name = "identity/person.html"
    navigation_name = LIST

    def get(self, request: HttpRequest, member_id: UUID) -> HttpResponse:
        return self.show(**self.facts(member_id), form=RoleForm(self.actor))

    def post(self, request: HttpRequest, member_id: UUID) -> HttpResponse:
        """Gives a role."""
        facts, form = self.facts(member_id), RoleForm(self.actor, request.POST)
        if form.is_valid():
            try:
                with transaction.atomic():
                    give_grant(actor=self.actor, member_id=member_id, **form.cleaned_data)
            except InvalidInput as refusal:
                refuse_form(form, refusal)
            else:
                self.tell(_("Given."))
                return redirect("identity:person", member_id)
        return self.show(status=422, **facts, form=form)

    def facts(self, member_id: UUID) -> dict[str, Any]:
        standing = get_standing(self.actor, member_id)
        member = standing.member
        return {
            "standing": standing,
            "member": member,
            "look": PERSON_LOOKS[standing.state],
            "code": code_of(member),
            "method": method_of(standing.session),
            "keys": list_keys_of(member),
            "tickets": list_tickets_of(member),
            "grants": list_grants_of(self.actor, member_id),
            "is_me": member.id == self.actor.member_id,
            "may_have_ticket": not needs_recovery(member),
        }


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


class EndRole(Page):
    """Takes a role away."""

    right = REGISTER
    navigation_name = LIST

    def post(self, request: HttpRequest, grant_id: UUID) -> HttpResponse:
        grant = end_grant(actor=self.actor, grant_id=grant_id)
        self.tell(_("Ended."))
        return redirect("identity:person", grant.member_id)
