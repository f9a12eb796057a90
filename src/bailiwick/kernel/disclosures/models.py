"""What was opened in an emergency, by whom and why."""

from django.db import models
from django.db.models.functions import Now

from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.audit.constraints import AppendOnly
from bailiwick.kernel.audit.models import SealedModel
from bailiwick.kernel.base.manifest import Sensitive, registry
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.fields import TenantForeignKey


class Emergency(SealedModel):
    """One breaking of the glass: a record opened for an hour by somebody who may not see it otherwise.

    `known_by` is what they knew the record by; `grant` is what lets them see it. What a second person says of it is a
    decision on its work item.
    """

    kind = models.CharField(max_length=100)
    row_id = models.UUIDField()
    known_by = models.CharField(max_length=255)
    member = TenantForeignKey(Member)
    grant = TenantForeignKey(Grant)
    reason = models.CharField(max_length=500)
    broken_at = models.DateTimeField(db_default=Now(), editable=False)
    lasts_until = models.DateTimeField()

    class Meta:
        constraints = [AppendOnly(name="disclosures_emergency_append_only")]
        indexes = [models.Index(fields=["organization", "member", "row_id"], name="disclosures_emergency_of")]

    def __str__(self) -> str:
        return self.known_by

    @property
    def sensitive(self) -> Sensitive | None:
        """The kind as it is declared now."""
        return registry().sensitives.get(self.kind)
