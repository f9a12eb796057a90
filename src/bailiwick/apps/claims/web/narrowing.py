"""What the list of claims is narrowed by, in the names of the API."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.apps.claims.choices import LineOfBusiness, Pend, Stage, Status
from bailiwick.apps.claims.manifest import MANAGE, PROCESS, SEE_ALL, SEE_MONEY
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.queries import dashboard, listed
from bailiwick.apps.claims.queries.claims import list_claims
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.queries.grants import list_holders

ANY = ("", gettext_lazy("any"))
NOBODY = "none"
SOON, LATE = "soon", "late"
DUE = [ANY, (SOON, gettext_lazy("within 7 days")), (LATE, gettext_lazy("is past"))]
OPEN = [ANY, ("open", gettext_lazy("of a document or an answer"))]
HOW = [
    ANY,
    ("yes", gettext_lazy("decided")),
    ("alone", gettext_lazy("approved without review")),
    ("no", gettext_lazy("open")),
    ("over", gettext_lazy("no longer open")),
]
RARE = (
    "patient_id",
    "provider_id",
    "carc",
    "submitted_from",
    "submitted_to",
    "decided_from",
    "decided_to",
    "decided",
    "line",
    "currency",
)
"""Filters to which figures and records lead: they are offered where they are in use."""
COLUMNS = {
    "from_date": "service_date__gte",
    "to_date": "service_date__lte",
    "status": "status",
    "stage": "stage",
    "pend": "pend",
    "patient_id": "patient_id",
    "provider_id": "provider_id",
    "min_amount": "amount__gte",
    "max_amount": "amount__lte",
    "submitted_from": "submitted_at__date__gte",
    "submitted_to": "submitted_at__date__lte",
    "decided_from": "decided_at__date__gte",
    "decided_to": "decided_at__date__lte",
    "currency": "currency",
}
"""The lookup behind each filter that is one of a column."""


class DayField(forms.DateField):
    """A day, chosen in the browser's calendar."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class AmountField(forms.DecimalField):
    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_digits=12, decimal_places=2, required=False, **options)
        self.widget.attrs |= {"step": "0.01"}


class ClaimFilters(forms.Form):
    """Each value in the address is a chip."""

    number = forms.CharField(label=gettext_lazy("Number"), required=False, max_length=100)
    status = forms.ChoiceField(label=gettext_lazy("Status is"), choices=[ANY, *Status.choices], required=False)
    stage = forms.ChoiceField(
        label=gettext_lazy("Stage is"), choices=[ANY, *(each for each in Stage.choices if each[0] != Stage.DRAFT)]
    )
    pend = forms.ChoiceField(label=gettext_lazy("Under review for"), choices=[ANY, *Pend.choices])
    assigned_processor = forms.ChoiceField(label=gettext_lazy("Processor is"))
    due = forms.ChoiceField(label=gettext_lazy("Deadline"), choices=DUE)
    asked = forms.ChoiceField(label=gettext_lazy("Something is asked"), choices=OPEN)
    from_date = DayField(label=gettext_lazy("Service from"))
    to_date = DayField(label=gettext_lazy("Service up to"))
    min_amount = AmountField(label=gettext_lazy("Amount from"))
    max_amount = AmountField(label=gettext_lazy("Amount up to"))
    patient_id = forms.ChoiceField(label=gettext_lazy("Patient is"))
    provider_id = forms.ChoiceField(label=gettext_lazy("Provider is"))
    carc = forms.RegexField(r"^([A-Z]{2}-)?[A-Z]?[0-9]{1,3}$", label=gettext_lazy("Not paid for reason"))
    submitted_from = DayField(label=gettext_lazy("Submitted from"))
    submitted_to = DayField(label=gettext_lazy("Submitted up to"))
    decided_from = DayField(label=gettext_lazy("Decided from"))
    decided_to = DayField(label=gettext_lazy("Decided up to"))
    decided = forms.ChoiceField(label=gettext_lazy("Claim is"), choices=HOW)
    line = forms.ChoiceField(label=gettext_lazy("Line of business is"), choices=[ANY, *LineOfBusiness.choices])
    currency = forms.RegexField(r"^[A-Z]{3}$", label=gettext_lazy("Currency is"))

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False
        for name in RARE:
            if not self.data.get(name):
                del self.fields[name]
        for name in ("patient_id", "provider_id"):
            if name in self.fields:
                self.fields[name].choices = _known(actor, name, self.data[name])  # type: ignore[attr-defined]
        if may_see_work(actor):
            self.fields["assigned_processor"].choices = processors(actor)  # type: ignore[attr-defined]
        else:
            for name in ("assigned_processor", "due", "pend"):
                del self.fields[name]
        if is_masked_to(actor):
            for name in ("pend", "carc"):
                self.fields.pop(name, None)


def may_see_work(actor: Actor) -> bool:
    """Whether somebody works on claims, and does not only have some of their own."""
    return actor.may((SEE_ALL, SEE_MONEY, PROCESS, MANAGE))


def is_masked_to(actor: Actor) -> bool:
    """Whether somebody sees but the amounts of claims: by what is hidden from them they narrow no list either."""
    return actor.may(SEE_MONEY) and not actor.may(SEE_ALL)


def processors(actor: Actor) -> list[Any]:
    """Whom claims may be assigned to, the actor first."""
    others = [(str(each.id), each.name) for each in list_holders(PROCESS) if each.id != actor.member_id]
    return [ANY, (str(actor.member_id), _("me")), (NOBODY, _("nobody")), *others]


def _known(actor: Actor, name: str, key: str) -> list[tuple[str, str]]:
    """The patient or provider of a filter by name, where the actor sees a claim of theirs."""
    try:
        wanted = UUID(key)
    except ValueError:
        return []
    side = name.removesuffix("_id")
    found = list_claims(actor).filter(**{name: wanted}).select_related(side).first()
    return [(key, str(getattr(found, side)))] if found else []


def narrow(rows: QuerySet[Claim], values: Mapping[str, Any]) -> QuerySet[Claim]:
    """The claims that every filter in use lets through."""
    for name, lookup in COLUMNS.items():
        if values.get(name) not in (None, ""):
            rows = rows.filter(**{lookup: values[name]})
    if values.get("number"):
        rows = rows.filter(number=values["number"].strip().upper())
    if processor := values.get("assigned_processor"):
        rows = rows.filter(assigned_processor_id=None if processor == NOBODY else processor)
    if due := values.get("due"):
        rows = listed.due_within(rows) if due == SOON else listed.overdue(rows)
    if values.get("asked"):
        rows = listed.awaiting_answer(rows)
    if how := values.get("decided"):
        rows = dashboard.decided_as(rows, how)
    if line := values.get("line"):
        rows = dashboard.of_line(rows, line)
    return listed.adjusted_for(rows, values["carc"]) if values.get("carc") else rows
