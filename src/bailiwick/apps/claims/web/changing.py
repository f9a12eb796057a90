"""Moving a claim by hand: each deed has a page that says what follows from it, before it is done."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.apps.claims.actions.adjudication import readjudicate
from bailiwick.apps.claims.actions.assigning import assign_claims
from bailiwick.apps.claims.actions.statuses import set_status
from bailiwick.apps.claims.actions.withdrawing import withdraw_claim
from bailiwick.apps.claims.choices import Pend, Stage, Status
from bailiwick.apps.claims.errors import MoveRefused, Stale
from bailiwick.apps.claims.manifest import MANAGE, PAY, WORK
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.web.forms.deeds import AssignForm, NoteForm, ReasonForm, RejectForm
from bailiwick.apps.claims.web.narrowing import processors
from bailiwick.apps.claims.web.records import ClaimPage
from bailiwick.apps.claims.web.standing import pay_title
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.base.manifest import Text
from bailiwick.kernel.web.pages import refuse_form
from bailiwick.kernel.web.templatetags.bailiwick import money


class DeedPage(ClaimPage):
    """One deed: GET says what it does, POST does it."""

    right: ClassVar[Any] = WORK
    template_name = "claims/deed.html"
    title: ClassVar[Text]
    lead: ClassVar[Text]
    form_class: ClassVar[type[forms.Form]] = ReasonForm
    """ReasonForm, or what else the deed asks."""
    is_danger: ClassVar[bool] = False

    def get(self, request: HttpRequest, claim_id: UUID) -> HttpResponse:
        return self._show(self.open(claim_id), self.form())

    def post(self, request: HttpRequest, claim_id: UUID) -> HttpResponse:
        claim = self.open(claim_id)
        form = self.form(request.POST)
        if not form.is_valid():
            return self._show(claim, form, status=422)
        try:
            with transaction.atomic():
                said = self.perform(claim, form)
        except InvalidInput as refusal:
            refuse_form(form, refusal)
            return self._show(claim, form, status=422)
        except MoveRefused as refusal:
            # Somebody else was faster: the page says where the claim stands now.
            form.add_error(None, str(refusal.message))
            return self._show(claim, form, status=refusal.status)
        except Stale as refusal:
            return self._show(self.open(claim_id), form, status=refusal.status, stale=refusal.data)
        self.tell(said)
        return self.go_on(claim)

    def form(self, data: Any = None) -> forms.Form:
        return self.form_class(data)

    def perform(self, claim: Claim, form: Any) -> str:
        """Do it, and say what came of it."""
        raise NotImplementedError

    def button(self, claim: Claim) -> Text:
        return self.title

    def go_on(self, claim: Claim) -> HttpResponse:
        return redirect("claims:record", claim.id)

    @property
    def edition(self) -> int | None:
        """The edition that the page was opened on."""
        given = self.request.POST.get("edition", "")
        return int(given) if given.isdecimal() and len(given) < 10 else None

    def _show(self, claim: Claim, form: forms.Form, status: int = 200, **context: Any) -> HttpResponse:
        return self.show_claim(claim, status=status, form=form, button=self.button(claim), **context)


class StatusPage(DeedPage):
    """Gives the claim a status."""

    def set_status(self, claim: Claim, status: Status, form: Any) -> Claim:
        given = {"reason": form.cleaned_data["reason"], "reason_code": form.cleaned_data.get("reason_code", "")}
        return set_status(actor=self.actor, claim_id=claim.id, status=status, edition=self.edition, **given)


class ApprovePage(StatusPage):
    """Approves by the rules: what they pend or would deny goes to people instead."""

    title = gettext_lazy("Approve the claim")
    lead = gettext_lazy(
        "It is judged by the rules in force. What they want a person to look at goes to its queue instead."
    )
    form_class = NoteForm

    def button(self, claim: Claim) -> Text:
        amount = money(claim.amount if claim.paid is None else claim.paid, claim.currency)
        return _("Approve %(amount)s") % {"amount": amount}

    def perform(self, claim: Claim, form: Any) -> str:
        moved = self.set_status(claim, Status.APPROVED, form)
        if moved.stage == Stage.UNDER_REVIEW:
            return _("Not approved yet. A person has to look at it: %(why)s.") % {"why": Pend(moved.pend).label}
        return _("Approved: %(amount)s is to be paid.") % {"amount": money(moved.paid, moved.currency)}


class RejectPage(StatusPage):
    """Denies with a reason that the provider and the patient read."""

    title = gettext_lazy("Reject the claim")
    lead = gettext_lazy("Nothing is paid. Provider and patient may appeal, and the claim can be reopened.")
    form_class = RejectForm
    is_danger = True

    def perform(self, claim: Claim, form: Any) -> str:
        self.set_status(claim, Status.REJECTED, form)
        return _("Rejected. The reason stands on the claim.")


class ReopenPage(StatusPage):
    """Takes a rejected or expired claim up again."""

    right = MANAGE
    title = gettext_lazy("Reopen the claim")
    lead = gettext_lazy("It is accepted again, as if it had just been submitted.")

    def perform(self, claim: Claim, form: Any) -> str:
        self.set_status(claim, Status.SUBMITTED, form)
        return _("Reopened.")


class ReviewPage(StatusPage):
    """Puts a claim under review, so that somebody looks at it."""

    title = gettext_lazy("Put the claim under review")
    lead = gettext_lazy("It waits in medical review until somebody decides it.")
    form_class = NoteForm

    def perform(self, claim: Claim, form: Any) -> str:
        self.set_status(claim, Status.UNDER_REVIEW, form)
        return _("Under review.")


class JudgePage(DeedPage):
    """Judges an open claim again by the rules of today; approves nothing."""

    title = gettext_lazy("Judge the claim again")
    lead = gettext_lazy("By the rules, prices and covers of today. Nothing is approved or paid by it.")
    form_class = forms.Form

    def perform(self, claim: Claim, form: Any) -> str:
        made = readjudicate(actor=self.actor, claim_ids=[claim.id])
        if not made:
            raise NotFound
        judged = made[0].adjudication
        if judged.pend:
            return _("Judged again. A person has to look at it: %(why)s.") % {"why": Pend(judged.pend).label}
        paid = money(judged.paid, claim.currency)
        return _("Judged again: %(amount)s would be paid.") % {"amount": paid}


class PayPage(StatusPage):
    """Pays what was approved."""

    right = PAY
    title = gettext_lazy("Pay the claim")
    lead = gettext_lazy("The payment is posted at once, with interest where a deadline has passed. It stays for good.")
    form_class = NoteForm

    def button(self, claim: Claim) -> Text:
        return pay_title(claim)

    def perform(self, claim: Claim, form: Any) -> str:
        self.set_status(claim, Status.PAID, form)
        return _("Paid.")


class AssignPage(DeedPage):
    """Says who processes a claim; its open work goes with it."""

    right = MANAGE
    title = gettext_lazy("Assign the claim")
    lead = gettext_lazy("Its work comes to this person alone, and they see what was diagnosed and done.")

    @cached_property
    def processors(self) -> list[Any]:
        return processors(self.actor)[1:]

    def form(self, data: Any = None) -> forms.Form:
        return AssignForm(self.processors, data)

    def perform(self, claim: Claim, form: Any) -> str:
        member_id = UUID(form.member_id) if form.member_id else None
        assign_claims(actor=self.actor, claim_ids=[claim.id], member_id=member_id)
        return _("Assigned.")


class WithdrawPage(DeedPage):
    """Takes a claim out of sight for good."""

    title = gettext_lazy("Withdraw the claim")
    lead = gettext_lazy(
        "Nobody sees it any more, and it cannot be brought back. What happened with it stays on record."
    )
    form_class = forms.Form
    is_danger = True

    def perform(self, claim: Claim, form: Any) -> str:
        withdraw_claim(actor=self.actor, claim_id=claim.id, edition=self.edition)
        return _("Withdrawn.")

    def go_on(self, claim: Claim) -> HttpResponse:
        return redirect("claims:list")
