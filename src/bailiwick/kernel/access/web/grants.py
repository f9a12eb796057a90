"""Grants on pages: how they are shown, given, approved and ended, over the organisation and over one object."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.timezone import get_current_timezone, localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.access.actions import approve_grant, end_grant, give_grant
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden, GrantTooWide, RightsInConflict
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.access.queries import Held, list_grants_over, list_roles_to_give, rights_of
from bailiwick.kernel.access.queries.things import get_thing
from bailiwick.kernel.access.web.things import disclose_thing
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.base.manifest import Grantable, Text, registry
from bailiwick.kernel.base.money import Money
from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.identity.manifest import SEE_PEOPLE
from bailiwick.kernel.identity.queries.people import list_colleagues
from bailiwick.kernel.identity.web.door import destination
from bailiwick.kernel.web.pages import Page, refuse_form

MOST_CHOSEN_FROM = 100
CURRENCY = "EUR"
NOT_OFFERED = {"invalid_choice": gettext_lazy("Choose somebody of the list.")}
"""Without the value: an id is not told back."""


@dataclass(frozen=True, slots=True)
class Place:
    """Over what a grant is: the kind of row, the end of its id, and its pages; of the organisation all are empty."""

    title: Text = ""
    mark: str = ""
    url: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A grant as a page shows it."""

    held: Held
    place: Place

    @property
    def pk(self) -> UUID:
        return self.grant.pk

    @property
    def grant(self) -> Grant:
        return self.held.grant

    @property
    def last_day(self) -> date | None:
        """The day at whose end it ends, where the reader is."""
        ends = self.grant.valid_until
        return localdate(ends - timedelta(microseconds=1)) if ends else None


def shown(grants: Iterable[Held]) -> list[Shown]:
    return [Shown(each, place_of(each.grant)) for each in grants]


def place_of(grant: Grant) -> Place:
    """Over what a grant is; of a kind that no manifest declares any more only the name is known."""
    if grant.object_id is None:
        return Place()
    kind, mark = registry().grantables.get(grant.object_type), str(grant.object_id)[-6:]
    key = f"{grant.object_type}:{grant.object_id}"
    if kind is None:
        return Place(grant.object_type, mark, key=key)
    return Place(kind.title, mark, reverse(kind.url_name, args=[grant.object_id]), key)


class DayField(forms.DateField):
    """A day as the browser offers it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **options)


def begin_of(day: date | None) -> datetime | None:
    """The first moment of a day where the reader is; None for none, and for today, which is now."""
    if day is None or day == localdate():
        return None
    return datetime.combine(day, time.min, get_current_timezone())


def end_of(day: date | None) -> datetime | None:
    """The first moment of the next day where the reader is."""
    if day is None or day == date.max:
        return None
    return datetime.combine(day + timedelta(days=1), time.min, get_current_timezone())


class DatedForm(forms.Form):
    """From the beginning of one day until the end of another."""

    valid_from = DayField(label=gettext_lazy("From"), help_text=gettext_lazy("Empty: from now on."), required=False)
    valid_until = DayField(
        label=gettext_lazy("Until the end of"), help_text=gettext_lazy("Empty: until it is ended."), required=False
    )

    def clean_valid_from(self) -> datetime | None:
        day: date | None = self.cleaned_data["valid_from"]
        if day is not None and day < localdate():
            raise forms.ValidationError(_("What is past cannot be changed: choose today or a later day."))
        return begin_of(day)

    def clean_valid_until(self) -> datetime | None:
        return end_of(self.cleaned_data["valid_until"])


class GrantForm(DatedForm):
    """A role, from when until when, up to which amount, and whether it may be passed on.

    Amounts are asked for only where a role that the actor may give has a right that knows them.
    """

    role = forms.ChoiceField(label=gettext_lazy("Role"))
    amount = forms.DecimalField(
        label=gettext_lazy("Up to the amount of"),
        help_text=gettext_lazy("For its rights that know amounts. Empty: any amount."),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
    )
    currency = forms.RegexField("^[A-Z]{3}$", label=gettext_lazy("Currency"), required=False, initial=CURRENCY)
    is_passable = forms.BooleanField(label=gettext_lazy("They may give it to others"), required=False)
    field_order = ("member", "role", "valid_from", "valid_until", "amount", "currency", "is_passable")

    def __init__(self, actor: Actor, *args: Any, over: Model | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        roles = list_roles_to_give(actor, over)
        self.may_give = bool(roles)
        choices = [("", _("Choose one")), *((role.code, role.title) for role in roles)]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]
        if not _know_amounts(role.code for role in roles):
            del self.fields["amount"], self.fields["currency"]

    def clean(self) -> dict[str, Any]:
        """What `give_grant` takes."""
        given = dict(self.cleaned_data)
        amount, currency = given.pop("amount", None), given.pop("currency", "")
        if amount is not None and not currency:
            self.add_error("currency", _("Say of which currency: EUR, USD and so on."))
        return given | {"amount": Money(amount, currency) if amount is not None and currency else None}


def _know_amounts(roles: Iterable[str]) -> bool:
    bounded = {code for code, right in registry().rights.items() if right.has_amount}
    return bool(bounded) and not bounded.isdisjoint(rights_of(roles))


def give(page: Page, form: forms.Form, member_id: UUID, over: Model | None = None) -> bool:
    """Give what a form says; what is refused stands in the form."""
    given = {name: value for name, value in form.cleaned_data.items() if name != "member"}
    try:
        with transaction.atomic():
            grant = give_grant(actor=page.actor, member_id=member_id, over=over, **given)
    except InvalidInput as refusal:
        refuse_form(form, refusal)
    except RightsInConflict as refusal:
        form.add_error(None, conflict_sentence(refusal))
    except (GrantTooWide, Forbidden) as refusal:
        form.add_error(None, str(refusal))
    else:
        is_waiting = grant.approved_at is None
        page.tell(_("It waits until a second person approves it.") if is_waiting else _("Given."))
        return True
    return False


def conflict_sentence(refusal: RightsInConflict) -> str:
    """Which two rights are kept apart, who would hold both, and why that is so."""
    known, data = registry().rights, refusal.data
    titles = [known[code].title if code in known else code for code in (data["first"], data["second"])]
    told = {"first": titles[0], "second": titles[1], "reason": data["reason"], "name": data.get("name", "")}
    if told["name"]:
        return _("%(name)s would hold “%(first)s” and “%(second)s”, which are kept apart: %(reason)s") % told
    return _("“%(first)s” and “%(second)s” are kept apart: %(reason)s") % told


class MemberChoice:
    """Whom a form offers: the first hundred by name, or those whose name has what was searched for in it."""

    def __init__(self, request: HttpRequest, *, without: UUID | None = None, are_people: bool = True) -> None:
        self.text = request.GET.get("who", "").strip()
        found = list_colleagues(self.text, are_people=are_people, most=MOST_CHOSEN_FROM + 1)
        self.has_more = len(found) > MOST_CHOSEN_FROM
        self.members = [each for each in found[:MOST_CHOSEN_FROM] if each.id != without]

    @property
    def choices(self) -> list[tuple[str, str]]:
        told = ((each, f"{each.name}, {each.department}" if each.department else each.name) for each in self.members)
        return [("", _("Choose one")), *((str(each.id), text) for each, text in told)]


class OverForm(GrantForm):
    """The same over an object, with whom it is given to."""

    member = forms.TypedChoiceField(label=gettext_lazy("To"), coerce=UUID, error_messages=NOT_OFFERED)

    def __init__(self, actor: Actor, who: MemberChoice, *args: Any, **options: Any) -> None:
        super().__init__(actor, *args, **options)
        self.fields["member"].choices = who.choices  # type: ignore[attr-defined]


class OverObject(Page):
    """Who may what over one object, and giving a role over it; for whoever may give one."""

    right = MEMBER
    template_name = "access/over.html"

    def get(self, request: HttpRequest, object_type: str, object_id: UUID) -> HttpResponse:
        kind, row = self.find(object_type, object_id)
        return self.show_over(kind, row)

    def post(self, request: HttpRequest, object_type: str, object_id: UUID) -> HttpResponse:
        """Gives a role over it."""
        kind, row = self.find(object_type, object_id)
        list_grants_over(self.actor, row)
        who = MemberChoice(request, are_people=False)
        form = OverForm(self.actor, who, request.POST, over=row)
        if form.is_valid() and give(self, form, form.cleaned_data["member"], row):
            return HttpResponseRedirect(request.path)
        return self.show_over(kind, row, form, status=422)

    def find(self, object_type: str, object_id: UUID) -> tuple[Grantable, Model]:
        """The row as the actor sees it; raises NotFound."""
        row = get_thing(self.actor, object_type, object_id)
        return registry().grantables[object_type], row

    def show_over(self, kind: Grantable, row: Model, form: OverForm | None = None, status: int = 200) -> HttpResponse:
        grants = list_grants_over(self.actor, row)
        who = MemberChoice(self.request, are_people=False)
        disclose_thing(self.actor, row)
        return self.show(
            status=status,
            kind=kind,
            row=row,
            url=reverse(kind.url_name, args=[row.pk]),
            grants=shown(grants),
            may_see_people=self.actor.may(SEE_PEOPLE),
            may_explain=self.actor.may("access.explain"),
            who=who,
            form=form or OverForm(self.actor, who, over=row),
        )


class ApproveGrant(Page):
    """Lets a grant count that waited for a second person."""

    right = "access.manage"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, grant_id: UUID) -> HttpResponse:
        approve_grant(actor=self.actor, grant_id=grant_id)
        self.tell(_("Approved: it counts from now on."))
        return HttpResponseRedirect(destination(request, "access:approvals"))


class EndGrant(Page):
    """Ends a grant, or refuses one that waits; for who manages access, and for who gave it."""

    right = MEMBER
    http_method_names = ["post"]

    def post(self, request: HttpRequest, grant_id: UUID) -> HttpResponse:
        end_grant(actor=self.actor, grant_id=grant_id)
        self.tell(_("Ended."))
        return HttpResponseRedirect(destination(request, "web:desk"))
