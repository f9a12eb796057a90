"""Files of claims on their way in."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.models.claims import Claim
from bailiwick.kernel.audit.constraints import AppendOnly, RowChanges
from bailiwick.kernel.imports.models import COUNTED, AbstractImport, AbstractRejectedRow, AbstractTakenRow
from bailiwick.kernel.tenancy.fields import TenantForeignKey


class ClaimImport(AbstractImport):
    """A file of claims on its way in: a row is a line of a claim. `adds_parties` adds patients and providers that are
    not there yet.
    """

    adds_parties = models.BooleanField(_("adds unknown patients and providers"), db_default=False, default=False)

    class Meta:
        constraints = [RowChanges(name="claims_import_changes", skipped=COUNTED, inserts=False)]
        indexes = [models.Index(fields=["organization", "member", "id"], name="claims_import_member")]


class ImportedClaim(AbstractTakenRow):
    """A claim of an import that was stored, or recognised as one that was there before."""

    source = TenantForeignKey(ClaimImport)
    claim = TenantForeignKey(Claim)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "source", "line"], name="claims_imported_line"),
            AppendOnly(name="claims_importedclaim_append_only"),
        ]


class RejectedClaim(AbstractRejectedRow):
    """A row of a claim that was not in order."""

    source = TenantForeignKey(ClaimImport)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "source", "line"], name="claims_rejected_line"),
            AppendOnly(name="claims_rejectedclaim_append_only"),
        ]
