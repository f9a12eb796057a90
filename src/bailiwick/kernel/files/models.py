"""Files of an organisation: the row says what and whose, the storage holds the content."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.audit.constraints import RowChanges
from bailiwick.kernel.files.choices import FileKind
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.fields import TenantForeignKey
from bailiwick.kernel.tenancy.models import OrganizationModel


class StoredFile(OrganizationModel):
    """One file. `digest` is the SHA-256 of its content, `size` its bytes. Past `removed_at` it is history."""

    purpose = models.CharField(max_length=100)
    name = models.CharField(_("name"), max_length=255)
    kind = models.CharField(_("kind"), max_length=10, choices=FileKind)
    size = models.PositiveBigIntegerField(_("size"))
    digest = models.BinaryField(max_length=32)
    place = models.CharField(max_length=255)
    member = TenantForeignKey(Member, null=True)
    stored_at = models.DateTimeField(_("stored"), db_default=Now(), editable=False)
    expires_at = models.DateTimeField(_("kept until"), null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [RowChanges(name="files_storedfile_changes", inserts=False)]
        indexes = [
            models.Index(fields=["organization", "member", "id"], name="files_by_member"),
            models.Index(
                fields=["organization", "expires_at"], condition=models.Q(removed_at=None), name="files_expiring"
            ),
        ]

    def __str__(self) -> str:
        return self.name
