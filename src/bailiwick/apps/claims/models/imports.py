"""Files of claims on their way in."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.models.claims import Claim
from bailiwick.kernel.audit.constraints import AppendOnly, RowChanges
from bailiwick.kernel.audit.models import SealedModel
from bailiwick.kernel.files.models import StoredFile
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.tenancy.fields import TenantForeignKey
from bailiwick.kernel.tenancy.models import OrganizationModel


class ClaimImport(OrganizationModel):
    """A file of claims on its way in: a row is a line of a claim. `mapping` says which column is which field."""

    file = TenantForeignKey(StoredFile)
    columns = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    job = TenantForeignKey(Job, null=True)
    created = models.PositiveIntegerField(_("created"), default=0)
    repeated = models.PositiveIntegerField(_("recognised"), default=0)
    rejected = models.PositiveIntegerField(_("rejected"), default=0)
    rejected_file = TenantForeignKey(StoredFile, null=True)
    member = TenantForeignKey(Member)
    made_at = models.DateTimeField(_("uploaded"), db_default=Now(), editable=False)

    class Meta:
        constraints = [
            RowChanges(name="claims_import_changes", skipped=("created", "repeated", "rejected"), inserts=False)
        ]
        indexes = [models.Index(fields=["organization", "member", "id"], name="claims_import_member")]

    def __str__(self) -> str:
        return self.file.name


class ImportedClaim(SealedModel):
    """A claim of an import that was stored, or recognised as one that was there before. `line` is its first row."""

    source = TenantForeignKey(ClaimImport)
    line = models.PositiveIntegerField(_("line"))
    claim = TenantForeignKey(Claim)
    is_new = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "source", "line"], name="claims_imported_line"),
            AppendOnly(name="claims_importedclaim_append_only"),
        ]


class RejectedClaim(SealedModel):
    """A row of an import that was not in order: what was given, and every sentence by the column it is about."""

    source = TenantForeignKey(ClaimImport)
    line = models.PositiveIntegerField(_("line"))
    values = models.JSONField(_("what was given"), default=dict)
    errors = models.JSONField(_("errors"), default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "source", "line"], name="claims_rejected_line"),
            AppendOnly(name="claims_rejectedclaim_append_only"),
        ]
