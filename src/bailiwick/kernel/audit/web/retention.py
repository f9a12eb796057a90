"""How long the trail is kept, and what keeps it longer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.audit.actions.retention import change_period, lift_legal_hold, place_legal_hold
from bailiwick.kernel.audit.manifest import RETAIN
from bailiwick.kernel.audit.models import LegalHold
from bailiwick.kernel.audit.queries.retention import Keeping, is_held, list_gone, list_keeping, list_legal_holds
from bailiwick.kernel.audit.rules.retention import WAIT
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.identity.actions import require_fresh
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.identity.queries.people import list_member_names
from bailiwick.kernel.members.queries.holds import count_lasting_holds
from bailiwick.kernel.web.pages import Page, refuse_form

YEAR = 12
PERIODS: dict[int, str | Promise] = {
    YEAR: gettext_lazy("1 year"),
    2 * YEAR: gettext_lazy("2 years"),
    3 * YEAR: gettext_lazy("3 years"),
    5 * YEAR: gettext_lazy("5 years"),
    6 * YEAR: gettext_lazy("6 years"),
    7 * YEAR: gettext_lazy("7 years"),
    10 * YEAR: gettext_lazy("10 years"),
    15 * YEAR: gettext_lazy("15 years"),
    30 * YEAR: gettext_lazy("30 years"),
}


@dataclass(frozen=True, slots=True)
class ShownKeeping:
    """One kind of the trail with the field that changes how long it is kept."""

    field: BoundField
    keeping: Keeping


@dataclass(frozen=True, slots=True)
class ShownHold:
    """A hold with the people who placed and lifted it; `holds_until` is when a lifted one holds no longer."""

    hold: LegalHold
    placed_by: Member | None
    lifted_by: Member | None

    @property
    def holds_until(self) -> datetime | None:
        return self.hold.lifted_at + WAIT if self.hold.lifted_at else None


class PeriodsForm(forms.Form):
    """A period for each kind of the trail; empty is for good."""

    def __init__(self, keeping: list[Keeping], *data: Any) -> None:
        super().__init__(*data)
        for each in keeping:
            self.fields[each.kind.value] = forms.TypedChoiceField(
                label=each.kind.label,
                choices=_choices(each.months),
                required=False,
                coerce=int,
                empty_value=None,
                initial=each.months or "",
            )


def _choices(months: int | None) -> list[tuple[Any, Any]]:
    """The usual periods, and a present one that is none of them."""
    choices: list[tuple[Any, Any]] = [("", gettext_lazy("for good")), *PERIODS.items()]
    if months is not None and months not in PERIODS:
        choices.append((months, _("%(n)s months") % {"n": months}))
    return choices


class LegalHoldForm(forms.Form):
    """Why the whole trail has to be kept."""

    reason = forms.CharField(
        label=gettext_lazy("Why it has to be kept"),
        help_text=gettext_lazy("A dispute, an inquiry or an order: whoever wants to lift it reads this."),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
    )


class Retention(Page):
    """Periods of each kind of the trail, what would go next, holds, and what went."""

    right = RETAIN
    template_name = "audit/retention.html"
    navigation_name = "audit:retention"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.display()

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PeriodsForm(list_keeping(self.actor), request.POST)
        if not form.is_valid():
            return self.display(form, status=422)
        require_fresh(self.actor)
        with transaction.atomic():
            for kind, months in form.cleaned_data.items():
                change_period(actor=self.actor, kind=kind, months=months)
        self.tell(_("Stored. What is kept for a shorter time now goes after 30 days at the earliest."))
        return redirect("audit:retention")

    def display(
        self, form: PeriodsForm | None = None, hold_form: LegalHoldForm | None = None, status: int = 200
    ) -> HttpResponse:
        keeping = list_keeping(self.actor)
        form = form or PeriodsForm(keeping)
        return self.show(
            status=status,
            form=form,
            hold_form=hold_form or LegalHoldForm(),
            kinds=[ShownKeeping(form[each.kind.value], each) for each in keeping],
            holds=self._holds(),
            is_held=is_held(),
            held_people=count_lasting_holds(),
            gone=list_gone(self.actor),
        )

    def _holds(self) -> list[ShownHold]:
        holds = list_legal_holds(self.actor)
        keys = {key for each in holds for key in (each.placed_by, each.lifted_by) if key}
        people = list_member_names(keys)
        return [ShownHold(each, people.get(each.placed_by), people.get(each.lifted_by)) for each in holds]


class PlaceLegalHold(Retention):
    """Keeps the whole trail until the hold is lifted."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        form = LegalHoldForm(request.POST)
        if form.is_valid():
            try:
                with transaction.atomic():
                    place_legal_hold(actor=self.actor, reason=form.cleaned_data["reason"])
            except InvalidInput as refusal:
                refuse_form(form, refusal)
            else:
                self.tell(_("Held. Nothing of the trail is removed or erased while this lasts."))
                return redirect("audit:retention")
        return self.display(hold_form=form, status=422)


class LiftLegalHold(Page):
    """Ends a hold; for 30 days it goes on keeping everything."""

    right = RETAIN
    navigation_name = "audit:retention"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, legal_hold_id: UUID) -> HttpResponse:
        require_fresh(self.actor)
        with transaction.atomic():
            lift_legal_hold(actor=self.actor, hold_id=legal_hold_id)
        self.tell(_("Lifted. For 30 days more nothing of the trail is removed."))
        return redirect("audit:retention")
