"""The list of claims: all of them for who works on them, their own for providers and patients."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from bailiwick.apps.claims.actions.disclosing import show_claims
from bailiwick.apps.claims.choices import Stage, Status
from bailiwick.apps.claims.manifest import PROCESS, SUBMIT, TO_EXPORT
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.queries.claims import list_claims, list_drafts
from bailiwick.apps.claims.queries.listed import Listed, read_claims
from bailiwick.apps.claims.rules.transitions import OPEN
from bailiwick.apps.claims.web import bulk
from bailiwick.apps.claims.web.narrowing import SOON, ClaimFilters, may_see_work, narrow
from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.web.tables import Column, ListPage, NamedView
from bailiwick.kernel.web.templatetags import bailiwick as parts


class ClaimList(ListPage):
    """What was claimed, where it stands and what was paid."""

    right = MEMBER
    template_name = "claims/list.html"
    navigation_name = "claims:list"
    title = gettext_lazy("Claims")
    nothing_yet = gettext_lazy("No claims yet")
    nothing_yet_hint = gettext_lazy(
        "They come by this page, by API and by import. What you submit shows up here at once."
    )
    caption = gettext_lazy("Claims, newest first")
    search_name = "number"
    reads_by_key = True
    bulk = bulk.ACTIONS

    @property
    def columns(self) -> Sequence[Column]:  # type: ignore[override]
        return COLUMNS if self.is_work else OWN_COLUMNS

    def filters(self) -> forms.Form:
        return ClaimFilters(self.actor, self.request.GET)

    def rows(self) -> QuerySet[Claim]:
        """Keys alone: `present` reads what is shown of them."""
        return list_claims(self.actor).only("id")

    def narrow(self, rows: QuerySet[Claim], values: Mapping[str, Any]) -> QuerySet[Claim]:
        return narrow(rows, values)

    def present(self, rows: list[Claim]) -> Iterable[Listed]:
        return read_claims(self.actor, [row.pk for row in rows])

    def disclose(self, rows: list[Claim], *, is_export: bool = False) -> None:
        show_claims(actor=self.actor, claim_ids=[row.pk for row in rows], purpose=TO_EXPORT if is_export else "")

    def views(self) -> list[NamedView]:
        if not self.is_work:
            return [
                NamedView(_("All"), {}),
                NamedView(_("Under review"), {"status": Status.UNDER_REVIEW}),
                NamedView(_("Something is asked of me"), {"asked": "open"}),
                NamedView(_("Denied"), {"stage": Stage.DENIED}),
            ]
        mine = [NamedView(_("Mine"), {"assigned_processor": str(self.actor.member_id)})]
        return [
            NamedView(_("All"), {}),
            *(mine if self.actor.may(PROCESS) else []),
            NamedView(_("Under review"), {"stage": Stage.UNDER_REVIEW}),
            NamedView(_("To pay"), {"status": Status.APPROVED}),
            NamedView(_("Denied"), {"stage": Stage.DENIED}),
            NamedView(_("Due soon"), {"due": SOON}),
        ]

    @property
    def is_work(self) -> bool:
        return may_see_work(self.actor)

    @property
    def may_submit(self) -> bool:
        return self.actor.may(SUBMIT)

    @property
    def drafts(self) -> int:
        """How many claims were begun and not submitted, up to a hundred."""
        return list_drafts(self.actor)[:100].count() if self.may_submit else 0


def care_of(row: Listed) -> str:
    """What was diagnosed and done, or that it is hidden."""
    if row.is_masked:
        return _("hidden")
    return " · ".join(filter(None, (row.claim.diagnosis_code, row.claim.procedure_code)))


def paid_of(claim: Claim) -> str:
    """What is paid of it, as far as that is known."""
    if claim.stage not in OPEN and not claim.paid:
        return _("nothing paid")
    if claim.paid is None:
        return _("not decided")
    amount = parts.money(claim.paid, claim.currency)
    return _("%(amount)s paid") % {"amount": amount} if claim.paid_at else _("%(amount)s to pay") % {"amount": amount}


def owed_of(claim: Claim) -> str:
    """What the patient owes of it, as far as that is known."""
    if claim.patient_owes is None and claim.stage in OPEN:
        return _("not decided")
    return parts.money(claim.patient_owes, claim.currency)


def day_of(day: date) -> str:
    """A day as people write it."""
    return formats.date_format(day, pgettext("date", "j M Y"))


def none() -> SafeString:
    return format_html('<span class="dimmer">{}</span>', _("none"))


COLUMNS = (
    Column(
        gettext_lazy("Number"),
        lambda row: row.claim.label,
        sub=lambda row: care_of(row),
        sub_title=gettext_lazy("Diagnosis and procedure"),
        link=lambda row: reverse("claims:record", args=[row.claim.id]),
        value=lambda row: row.claim.number,
        classes="w w-short",
        code="number",
    ),
    Column(
        gettext_lazy("State"),
        lambda row: parts.state(row.look, row.stage.label),
        sub=lambda row: row.pend,
        sub_title=gettext_lazy("Under review for"),
        value=lambda row: row.claim.stage,
        classes="c-2",
        code="stage",
    ),
    Column(
        gettext_lazy("Patient"),
        lambda row: str(row.claim.patient),
        sub=lambda row: str(row.claim.provider),
        sub_title=gettext_lazy("Provider"),
        classes="c-own cut-name",
        code="patient",
    ),
    Column(
        gettext_lazy("Billed"),
        lambda row: parts.money(row.claim.amount, row.claim.currency),
        sub=lambda row: paid_of(row.claim),
        value=lambda row: row.claim.amount,
        classes="num c-2 nowrap",
        code="amount",
    ),
    Column(
        gettext_lazy("Service"),
        lambda row: day_of(row.claim.service_date),
        value=lambda row: row.claim.service_date,
        classes="c-hide nowrap",
        code="service_date",
    ),
    Column(
        gettext_lazy("Processor"),
        lambda row: parts.who(row.claim.assigned_processor),
        value=lambda row: row.claim.assigned_processor and row.claim.assigned_processor.name,
        code="assigned_processor",
    ),
    Column(
        gettext_lazy("Submitted"),
        lambda row: parts.ago(row.claim.submitted_at),
        value=lambda row: row.claim.submitted_at,
        sort="id",
        classes="num c-3 nowrap dim",
        code="submitted",
    ),
    Column(
        gettext_lazy("Due"),
        lambda row: parts.due(row.due_at),
        value=lambda row: row.due_at,
        classes="c-hide nowrap",
        code="due",
        is_shown=False,
    ),
    Column(
        gettext_lazy("Allowed"),
        lambda row: parts.money(row.claim.allowed, row.claim.currency),
        value=lambda row: row.claim.allowed,
        classes="c-hide num",
        code="allowed",
        is_shown=False,
    ),
    Column(
        gettext_lazy("Paid"),
        lambda row: parts.money(row.claim.paid, row.claim.currency),
        value=lambda row: row.claim.paid,
        classes="c-hide num",
        code="paid",
        is_shown=False,
    ),
    Column(
        gettext_lazy("Patient owes"),
        lambda row: owed_of(row.claim),
        value=lambda row: row.claim.patient_owes,
        classes="c-hide num",
        code="patient_owes",
        is_shown=False,
    ),
    Column(gettext_lazy("Currency"), lambda row: row.claim.currency, code="currency", is_shown=False),
    Column(
        gettext_lazy("Sender's number"),
        lambda row: row.claim.external_id or none(),
        value=lambda row: row.claim.external_id,
        code="external_id",
        is_shown=False,
    ),
    Column(
        gettext_lazy("Decided"),
        lambda row: parts.ago(row.claim.decided_at) if row.claim.decided_at else none(),
        value=lambda row: row.claim.decided_at,
        classes="c-hide num nowrap",
        code="decided",
        is_shown=False,
    ),
)

OF_WORK = ("assigned_processor", "due", "allowed")
"""What provider and patient are not told of their claims."""


def own_columns() -> Iterator[Column]:
    """What provider and patient are shown: nothing of the work inside, but what the patient owes."""
    for column in COLUMNS:
        if column.code == "stage":
            yield replace(column, sub=None, sub_title="")
        elif column.code not in OF_WORK:
            yield replace(column, is_shown=column.is_shown or column.code == "patient_owes")


OWN_COLUMNS = tuple(own_columns())


class DraftList(ListPage):
    """What I began to write and have not submitted: nobody else sees it."""

    right = SUBMIT
    navigation_name = "claims:list"
    title = gettext_lazy("Drafts")
    lead = gettext_lazy("Claims that you began and have not submitted. Nobody else sees them.")
    nothing_yet = gettext_lazy("No drafts")
    nothing_yet_hint = gettext_lazy("Choose “Keep as a draft” where you submit a claim.")
    caption = gettext_lazy("Drafts, newest first")
    columns = (
        Column(
            gettext_lazy("Number"),
            lambda row: row.number,
            sub=lambda row: " · ".join(filter(None, (row.diagnosis_code, row.procedure_code))),
            link=lambda row: reverse("claims:draft", args=[row.id]),
            classes="w",
            code="number",
        ),
        Column(gettext_lazy("Patient"), lambda row: str(row.patient), classes="c-2", code="patient"),
        Column(gettext_lazy("Provider"), lambda row: str(row.provider), code="provider"),
        Column(
            gettext_lazy("Billed"),
            lambda row: parts.money(row.amount, row.currency),
            value=lambda row: row.amount,
            classes="num nowrap",
            code="amount",
        ),
        Column(
            gettext_lazy("Begun"),
            lambda row: parts.ago(row.created_at),
            value=lambda row: row.created_at,
            sort="id",
            classes="num c-3 nowrap dim",
            code="begun",
        ),
    )

    def rows(self) -> QuerySet[Claim]:
        return list_drafts(self.actor).select_related("patient", "provider")

    def disclose(self, rows: list[Claim], *, is_export: bool = False) -> None:
        show_claims(actor=self.actor, claim_ids=[row.pk for row in rows], purpose=TO_EXPORT if is_export else "")
