"""What every app's tables of imports are made of."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.audit.models import SealedModel
from bailiwick.kernel.files.models import StoredFile
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.tenancy.fields import TenantForeignKey
from bailiwick.kernel.tenancy.models import OrganizationModel

COUNTED = ("created", "repeated", "rejected")
"""Columns that the job writes chunk by chunk."""


class AbstractImport(OrganizationModel):
    """A file on its way in. `mapping` says which column is which field."""

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
        abstract = True

    def __str__(self) -> str:
        return self.file.name


class AbstractTakenRow(SealedModel):
    """What was stored, or recognised as there before; `line` is its first row. The app adds `source` and what it is."""

    line = models.PositiveIntegerField(_("line"))
    is_new = models.BooleanField()

    class Meta:
        abstract = True


class AbstractRejectedRow(SealedModel):
    """A row that was not in order: what was given, and every sentence by its column. The app adds `source`."""

    line = models.PositiveIntegerField(_("line"))
    values = models.JSONField(_("what was given"), default=dict)
    errors = models.JSONField(_("errors"), default=dict)

    class Meta:
        abstract = True
