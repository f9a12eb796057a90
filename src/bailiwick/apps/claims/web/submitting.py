"""Submitting a claim by hand, and going on with one that was begun."""

from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from bailiwick.apps.claims.actions.changing import replace_claim
from bailiwick.apps.claims.actions.disclosing import show_claims, show_patients
from bailiwick.apps.claims.actions.drafts import discard_draft, save_draft, submit_draft
from bailiwick.apps.claims.actions.submission import submit_claim
from bailiwick.apps.claims.choices import Source, Stage
from bailiwick.apps.claims.errors import ExternalIdTaken, Stale
from bailiwick.apps.claims.manifest import SUBMIT, WORK
from bailiwick.apps.claims.models import Claim, Patient
from bailiwick.apps.claims.queries.claims import get_claim, get_draft, list_lines, list_unmasked
from bailiwick.apps.claims.queries.contents import load_content
from bailiwick.apps.claims.queries.parties import find_patients, list_patients, list_providers
from bailiwick.apps.claims.web.forms.claims import ClaimForm, filled_in, label_of
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.base.rights import Declared
from bailiwick.kernel.web.pages import Page

MOST_OFFERED = 200


class WritingPage(Page):
    """What the pages on which a claim is written share: the form with patients and providers to choose from."""

    right: ClassVar[Declared] = SUBMIT
    navigation_name = "claims:list"
    template_name = "claims/write.html"

    def form(self, data: Any = None, **given: Any) -> ClaimForm:
        providers = list_providers(self.actor)
        if not self.actor.may(WORK):
            providers = providers.filter(member_id=self.actor.member_id)
        patients = list(list_patients(self.actor)[:MOST_OFFERED])
        show_patients(actor=self.actor, patient_ids=[each.id for each in patients])
        return ClaimForm(patients, list(providers[:MOST_OFFERED]), data, numbered=self._find, **given)

    def _find(self, number: str) -> list[Patient]:
        """The patient of a number, whom the form then names: recorded as shown."""
        found = list(find_patients(self.actor, number))
        show_patients(actor=self.actor, patient_ids=[each.id for each in found])
        return found

    def show_form(self, form: ClaimForm, *, status: int = 200, **context: Any) -> HttpResponse:
        return self.show(status=status, form=form, **context)


class NewClaimPage(WritingPage):
    """A new claim. Lines are added by the server, so that it works without script."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show_form(self.form(**self._begun()), can_keep=True)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST)
        what = request.POST.get("do", "")
        if what == "line":
            return self.show_form(form.unchecked(), is_added=True, can_keep=True)
        if not form.is_valid():
            return self.show_form(form, status=422, can_keep=True)
        try:
            with transaction.atomic():
                return self._keep(form) if what == "draft" else self._submit(form)
        except InvalidInput as refusal:
            form.refuse(refusal)
            return self.show_form(form, status=422, can_keep=True)
        except ExternalIdTaken as refusal:
            form.add_error("external_id", str(refusal.message))
            return self.show_form(form, status=refusal.status, can_keep=True)

    def _submit(self, form: ClaimForm) -> HttpResponse:
        claim, is_new = submit_claim(actor=self.actor, new=form.claim(), source=Source.PAGE)
        self.tell(told_of(claim) if is_new else _("This claim was there already. Nothing was stored twice."))
        return redirect("claims:record", claim.id)

    def _keep(self, form: ClaimForm) -> HttpResponse:
        claim = save_draft(actor=self.actor, new=form.claim())
        self.tell(_("Kept as a draft. Nobody else sees it."))
        return redirect("claims:draft", claim.id)

    def _begun(self) -> dict[str, Any]:
        """What is filled in: the patient whose page led here, or all of a claim that is sent again."""
        if like := self._key("like"):
            claim = get_claim(self.actor, like)
            if not list_unmasked(self.actor, [claim.id]):
                raise NotFound
            show_claims(actor=self.actor, claim_ids=[claim.id])
            begun = filled_in(claim, list_lines(claim))
            return begun | {"initial": begun["initial"] | {"external_id": ""}}
        patient = self._key("patient")
        found = list_patients(self.actor).filter(id=patient).first() if patient else None
        return {"initial": {"patient": label_of(found)}} if found else {}

    def _key(self, name: str) -> UUID | None:
        try:
            return UUID(self.request.GET.get(name, ""))
        except ValueError:
            return None


class DraftPage(WritingPage):
    """Goes on with a claim of one's own that was begun: keeps it, submits it, or throws it away."""

    template_name = "claims/draft.html"

    def get(self, request: HttpRequest, draft_id: UUID) -> HttpResponse:
        draft = self._open(draft_id)
        return self.show_form(self.form(**filled_in(draft, list_lines(draft))), draft=draft)

    def post(self, request: HttpRequest, draft_id: UUID) -> HttpResponse:
        draft, what = self._open(draft_id), request.POST.get("do", "")
        if what == "discard":
            discard_draft(actor=self.actor, draft_id=draft_id)
            self.tell(_("Draft thrown away."))
            return redirect("claims:drafts")
        form = self.form(request.POST)
        if what == "line":
            return self.show_form(form.unchecked(), is_added=True, draft=draft)
        if not form.is_valid():
            return self.show_form(form, status=422, draft=draft)
        try:
            with transaction.atomic():
                return self._store(draft, form, is_submitted=what != "draft")
        except InvalidInput as refusal:
            form.refuse(refusal)
            return self.show_form(form, status=422, draft=draft)

    def _open(self, draft_id: UUID) -> Claim:
        draft = get_draft(self.actor, draft_id)
        show_claims(actor=self.actor, claim_ids=[draft.id])
        return draft

    def _store(self, draft: Claim, form: ClaimForm, *, is_submitted: bool) -> HttpResponse:
        save_draft(actor=self.actor, new=form.claim(load_content(draft)), draft_id=draft.id)
        if not is_submitted:
            self.tell(_("Kept as a draft. Nobody else sees it."))
            return redirect("claims:draft", draft.id)
        self.tell(told_of(submit_draft(actor=self.actor, draft_id=draft.id)))
        return redirect("claims:record", draft.id)


class OpenedPage(WritingPage):
    """What the pages share on which a stored claim is written anew."""

    def open(self, claim_id: UUID) -> Claim:
        """The claim for who sees it whole, as the form tells all of it; raises NotFound."""
        claim = get_claim(self.actor, claim_id)
        if not list_unmasked(self.actor, [claim.id]):
            raise NotFound
        show_claims(actor=self.actor, claim_ids=[claim.id])
        return claim

    def _edition(self) -> int:
        """The edition on which the form was opened, 0 where it does not say."""
        given = self.request.POST.get("edition", "")
        return int(given) if given.isdecimal() and len(given) < 10 else 0


class ChangePage(OpenedPage):
    """Changes what an open claim says; who has read an older edition sees what has changed, and loses no typed word."""

    right: ClassVar[Declared] = WORK
    template_name = "claims/change.html"

    def get(self, request: HttpRequest, claim_id: UUID) -> HttpResponse:
        claim = self.open(claim_id)
        return self._show(claim, self.form(**filled_in(claim, list_lines(claim))))

    def post(self, request: HttpRequest, claim_id: UUID) -> HttpResponse:
        claim = self.open(claim_id)
        form = self.form(request.POST)
        if request.POST.get("do") == "line":
            return self._show(claim, form.unchecked(), is_added=True, edition=self._edition())
        if not form.is_valid():
            return self._show(claim, form, status=422, edition=self._edition())
        try:
            with transaction.atomic():
                new = form.claim(load_content(claim))
                replace_claim(actor=self.actor, claim_id=claim.id, new=new, edition=self._edition())
        except InvalidInput as refusal:
            form.refuse(refusal)
            return self._show(claim, form, status=422, edition=self._edition())
        except Stale as refusal:
            return self._show(claim, form, status=refusal.status, stale=refusal.data)
        self.tell(_("Claim changed."))
        return redirect("claims:record", claim.id)

    def _show(self, claim: Claim, form: ClaimForm, *, edition: int = 0, **context: Any) -> HttpResponse:
        del form.fields["external_id"]
        return self.show_form(form, claim=claim, edition=edition or claim.edition, **context)


def told_of(claim: Claim) -> str:
    """What became of a claim that was submitted."""
    if claim.stage == Stage.RETURNED:
        return _("The claim is kept, and rejected at the door: see what is not in order.")
    return _("Claim submitted.")
