"""Bringing claims in from a file."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.actions.disclosing import show_claims
from bailiwick.apps.claims.actions.imports import CLAIMS, open_import, read_claim
from bailiwick.apps.claims.manifest import MANAGE, SUBMIT, TO_EXPORT
from bailiwick.apps.claims.queries.imports import list_seen
from bailiwick.apps.claims.web.forms.imports import LABELS, ClaimUploadForm
from bailiwick.kernel.imports.web import lists, steps
from bailiwick.kernel.web.tables import Column

KEY = "claim_import_id"


class ClaimStep(steps.ImportPage):
    """What the steps share."""

    right = SUBMIT
    navigation_name = "claims:list"
    importer = CLAIMS
    key = KEY
    read = staticmethod(read_claim)
    labels = LABELS
    title = _("Import claims")
    home_title = _("Claims")
    hint = _("A claim that came before is recognised by its number and not stored twice, so a file may be sent again.")
    will_be_stored = _("New claims: will be stored")
    was_stored = _("Stored claims")


class UploadPage(ClaimStep, steps.UploadStep):
    """Step 1: the file."""

    def form(self, *given: Any) -> ClaimUploadForm:
        return ClaimUploadForm(*given, may_add=self.actor.may(MANAGE))

    def open(self, values: Mapping[str, Any]) -> Any:
        return open_import(actor=self.actor, upload=values["file"], adds_parties=values.get("adds_parties", False))


class ColumnsPage(ClaimStep, steps.ColumnsStep):
    """Step 2: which column is which field."""

    template_name = "claims/import_columns.html"


class CheckPage(ClaimStep, steps.CheckStep):
    """Step 3: what will happen, in numbers; then it starts."""


class ResultPage(ClaimStep, steps.ResultStep):
    """Step 4: how far it is, and what became of the claims."""


class ImportList(lists.ImportList):
    """The files that I brought in."""

    right = SUBMIT
    navigation_name = "claims:list"
    importer = CLAIMS
    lead = _("Files of claims that you brought in, and what became of them.")
    nothing_yet_hint = _("Upload a file of claims: before anything is stored you see what will happen.")


class RejectedRows(lists.RejectedRows):
    """What was not in order, and why."""

    right = SUBMIT
    navigation_name = "claims:list"
    importer = CLAIMS
    key = KEY


class TakenClaims(lists.TakenRows):
    """What was stored, and what had been there before. The numbers of one's own file are told; a claim is linked where
    the actor may see it.
    """

    right = SUBMIT
    navigation_name = "claims:list"
    importer = CLAIMS
    key = KEY
    title = _("Claims that were taken")
    nothing_yet = _("No claim was taken yet")
    nothing_yet_hint = _("Claims show up here as the import goes on.")
    caption = _("Claims that were taken, by line")
    columns = (
        Column(
            _("Claim"),
            lambda row: row.claim.number,
            sub=lambda row: row.claim.external_id,
            sub_title=_("Sender's number"),
            link=lambda row: reverse("claims:record", args=[row.claim_id]) if row.is_seen else "",
            classes="w",
            code="claim",
        ),
        lists.BECAME,
        lists.LINE,
    )

    def present(self, rows: list[Any]) -> Iterable[Any]:
        seen = list_seen(self.actor, [row.claim_id for row in rows])
        for row in rows:
            row.is_seen = row.claim_id in seen
        return rows

    def disclose(self, rows: list[Any], *, is_export: bool = False) -> None:
        purpose = TO_EXPORT if is_export else ""
        show_claims(actor=self.actor, claim_ids=[row.claim_id for row in rows], purpose=purpose)
