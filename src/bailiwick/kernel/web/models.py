"""What people keep of lists."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.audit.constraints import RowChanges
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.fields import TenantForeignKey
from bailiwick.kernel.tenancy.models import OrganizationModel


class SavedView(OrganizationModel):
    """Filters, order and columns of a list under a title; `list_name` is the list's URL name, `query` its address."""

    member = TenantForeignKey(Member)
    list_name = models.CharField(max_length=100)
    title = models.CharField(_("title"), max_length=60)
    query = models.TextField(blank=True)
    is_shared = models.BooleanField(_("for everybody"), default=False)
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "list_name", "member", "title"],
                condition=models.Q(removed_at=None),
                name="web_savedview_title",
            ),
            RowChanges(name="web_savedview_changes"),
        ]

    def __str__(self) -> str:
        return self.title
