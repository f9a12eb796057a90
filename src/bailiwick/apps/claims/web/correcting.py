"""Correcting what is approved or paid: it becomes a new version, or is taken back."""

from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from bailiwick.apps.claims.actions.adjudication import Judged
from bailiwick.apps.claims.actions.correcting import correct_claim
from bailiwick.apps.claims.choices import Stage
from bailiwick.apps.claims.errors import Stale
from bailiwick.apps.claims.manifest import MANAGE
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.queries.claims import list_lines
from bailiwick.apps.claims.queries.contents import load_content
from bailiwick.apps.claims.web.forms.claims import ClaimForm, filled_in
from bailiwick.apps.claims.web.forms.deeds import CorrectionForm
from bailiwick.apps.claims.web.submitting import OpenedPage
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.base.rights import Declared
from bailiwick.kernel.web.templatetags.bailiwick import money


class CorrectPage(OpenedPage):
    """Adjusts, replaces or voids a claim; voided it stays as it was written."""

    right: ClassVar[Declared] = MANAGE
    template_name = "claims/correct.html"

    def get(self, request: HttpRequest, claim_id: UUID) -> HttpResponse:
        claim = self.open(claim_id)
        return self._show(claim, self.form(**filled_in(claim, list_lines(claim))), CorrectionForm())

    def post(self, request: HttpRequest, claim_id: UUID) -> HttpResponse:
        claim = self.open(claim_id)
        form, how = self.form(request.POST), CorrectionForm(request.POST)
        if request.POST.get("do") == "line":
            return self._show(claim, form.unchecked(), how, is_added=True)
        is_voided = request.POST.get("correction") == Stage.VOIDED
        if not how.is_valid() or not (is_voided or form.is_valid()):
            return self._show(claim, form, how, status=422)
        try:
            with transaction.atomic():
                return self._correct(claim, how.cleaned_data, None if is_voided else form)
        except InvalidInput as refusal:
            form.refuse(refusal)
            return self._show(claim, form, how, status=422)
        except Stale as refusal:
            return self._show(claim, form, how, status=refusal.status, stale=refusal.data)

    def _correct(self, claim: Claim, how: dict[str, Any], form: ClaimForm | None) -> HttpResponse:
        before = load_content(claim)
        new = form.claim(before) if form else before
        judged = correct_claim(
            actor=self.actor,
            claim_id=claim.id,
            kind=Stage(how["correction"]),
            new=None if new == before else new,
            reason=how["reason"],
            edition=self._edition() or None,
        )
        self.tell(told_of(judged))
        return redirect("claims:record", judged.claim.id if judged else claim.id)

    def _show(self, claim: Claim, form: ClaimForm, how: CorrectionForm, **context: Any) -> HttpResponse:
        del form.fields["external_id"]
        edition = claim.edition if "stale" in context else self._edition() or claim.edition
        return self.show_form(form, claim=claim, how=how, edition=edition, **context)


def told_of(judged: Judged | None) -> str:
    """What became of a correction."""
    if judged is None:
        return _("Voided. What was paid is taken back.")
    if not judged.is_approved:
        return _("The new version is under review.")
    difference = money(judged.adjudication.difference, judged.claim.currency)
    return _("Corrected. The payment changes by %(difference)s.") % {"difference": difference}
