"""Code sets as an organisation has loaded them: dated, with where they came from."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.choices import CodeSystem
from bailiwick.kernel.audit.constraints import AppendOnly, RowChanges
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.fields import TenantForeignKey
from bailiwick.kernel.tenancy.models import OrganizationModel, organization_key


class CodeSet(OrganizationModel):
    """One release of a code system, valid from a day to a day, with its provenance."""

    system = models.CharField(_("system"), max_length=10, choices=CodeSystem)
    release = models.CharField(_("release"), max_length=50)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True)
    source = models.CharField(_("source"), max_length=500)
    licence = models.CharField(_("licence"), max_length=200, blank=True)
    digest = models.BinaryField(max_length=32)
    count = models.PositiveIntegerField(_("codes"), default=0)
    member = TenantForeignKey(Member, null=True)
    loaded_at = models.DateTimeField(_("loaded"), db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "system", "release"], name="claims_codeset_release"),
            RowChanges(name="claims_codeset_changes"),
        ]

    def __str__(self) -> str:
        return f"{CodeSystem(self.system).label} {self.release}"


class Code(OrganizationModel):
    """An entry of a code set. `facts` has, where known, `seventh`, `excludes`, `gender`, `age_from`, `age_until`."""

    audit_exempt = "a copy of a published list; its set says of which, with a digest"

    organization = organization_key(is_checked=False)
    code_set = TenantForeignKey(CodeSet, related_name="codes")
    code = models.CharField(max_length=12)
    title = models.CharField(max_length=400, blank=True)
    is_billable = models.BooleanField(default=True)
    facts = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "code_set", "code"], name="claims_code_once"),
            AppendOnly(name="claims_code_append_only"),
        ]
