"""Runs of payments, and the batch that judges what waits."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.apps.claims.actions.batches import adjudicate_waiting
from bailiwick.apps.claims.actions.disclosing import show_claims
from bailiwick.apps.claims.manifest import MANAGE, PAY, SEE_ALL, SEE_MONEY, TO_EXPORT, TO_PAY
from bailiwick.apps.claims.models import Payment, PaymentRun
from bailiwick.apps.claims.queries.payments import get_run, list_run_payments, list_runs
from bailiwick.kernel.web.pages import Page
from bailiwick.kernel.web.tables import Column, ListPage
from bailiwick.kernel.web.templatetags import bailiwick as parts

SEE = (PAY, SEE_MONEY, SEE_ALL)


class RunList(ListPage):
    """Every run of payments."""

    right = SEE
    template_name = "claims/payments.html"
    title = gettext_lazy("Payments")
    lead = gettext_lazy(
        "Claims that were paid together. In each run what is billed is what is paid and what is adjusted."
    )
    nothing_yet = gettext_lazy("Nothing paid yet")
    nothing_yet_hint = gettext_lazy("Choose approved claims in the list of claims, and pay them.")
    caption = gettext_lazy("Runs of payments, newest first")
    columns = (
        Column(
            gettext_lazy("When"),
            lambda row: parts.ago(row.at),
            value=lambda row: row.at,
            link=lambda row: reverse("claims:payment-run", args=[row.id]),
            sort="id",
            classes="w",
            code="at",
        ),
        Column(
            gettext_lazy("Claims"), lambda row: str(row.count), value=lambda row: row.count, classes="num", code="n"
        ),
        Column(
            gettext_lazy("Billed"),
            lambda row: parts.money(row.billed, row.currency),
            value=lambda row: row.billed,
            classes="num",
            code="billed",
        ),
        Column(
            gettext_lazy("Adjusted"),
            lambda row: parts.money(row.adjusted, row.currency),
            value=lambda row: row.adjusted,
            classes="num c-hide",
            code="adjusted",
        ),
        Column(
            gettext_lazy("Paid"),
            lambda row: parts.money(row.paid, row.currency),
            value=lambda row: row.paid,
            classes="num",
            code="paid",
        ),
        Column(
            gettext_lazy("Interest"),
            lambda row: parts.money(row.interest, row.currency),
            value=lambda row: row.interest,
            classes="num c-hide",
            code="interest",
        ),
        Column(
            gettext_lazy("By"),
            lambda row: parts.who(row.member),
            value=lambda row: row.member and row.member.name,
            classes="c-hide",
            code="by",
        ),
    )

    def rows(self) -> QuerySet[PaymentRun]:
        return list_runs(self.actor)

    @property
    def may_adjudicate(self) -> bool:
        return self.actor.may(MANAGE)


class RunPage(ListPage):
    """What was paid in one run."""

    right = SEE
    navigation_name = "claims:payments"
    title = gettext_lazy("Payments of a run")
    caption = gettext_lazy("Payments, newest first")
    nothing_yet = gettext_lazy("No payments")
    columns = (
        Column(
            gettext_lazy("Claim"),
            lambda row: row.claim.label,
            link=lambda row: reverse("claims:record", args=[row.claim_id]),
            sort="id",
            classes="w",
            code="claim",
        ),
        Column(
            gettext_lazy("Paid"),
            lambda row: parts.money(row.amount, row.currency),
            value=lambda row: row.amount,
            classes="num",
            code="paid",
        ),
        Column(
            gettext_lazy("Interest"),
            lambda row: parts.money(row.interest, row.currency),
            value=lambda row: row.interest,
            classes="num",
            code="interest",
        ),
        Column(
            gettext_lazy("Version of the judgement"),
            lambda row: str(row.adjudication.version),
            value=lambda row: row.adjudication.version,
            classes="num c-hide",
            code="version",
        ),
    )

    def rows(self) -> QuerySet[Payment]:
        return list_run_payments(get_run(self.actor, self.kwargs["payment_run_id"]))

    def disclose(self, rows: list[Payment], *, is_export: bool = False) -> None:
        purpose = TO_EXPORT if is_export else TO_PAY
        show_claims(actor=self.actor, claim_ids=[row.claim_id for row in rows], purpose=purpose)


class AdjudicateWaiting(Page):
    """Begins the jobs that judge every claim that waits."""

    right = MANAGE
    navigation_name = "claims:payments"

    def post(self, request: HttpRequest) -> HttpResponse:
        jobs = adjudicate_waiting(actor=self.actor)
        self.tell(_("Begun. What comes out payable is approved; all else goes to its queue."))
        return redirect("jobs:job", jobs[0].id)
