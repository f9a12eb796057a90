"""Patients and providers: who was treated, and who treated them."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.choices import Gender
from bailiwick.kernel.audit.constraints import RowChanges
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.fields import TenantForeignKey
from bailiwick.kernel.tenancy.models import OrganizationModel


class Patient(OrganizationModel):
    """A person who was treated. `member` is the account by which they see their own claims; `number` the sender's.

    One that was `merged_into` another stays for what was said of it.
    """

    number = models.CharField(_("number"), max_length=50, blank=True)
    first_name = models.CharField(_("first name"), max_length=100)
    last_name = models.CharField(_("last name"), max_length=100)
    date_of_birth = models.DateField(_("born"))
    gender = models.CharField(_("gender"), max_length=10, choices=Gender, default=Gender.UNKNOWN)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=50, blank=True)
    died_on = models.DateField(_("died"), null=True, blank=True)
    member = TenantForeignKey(Member, null=True)
    merged_into = TenantForeignKey("self", null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "number"], condition=~Q(number=""), name="claims_patient_number"
            ),
            RowChanges(
                name="claims_patient_changes",
                masked=("first_name", "last_name", "date_of_birth", "gender", "email", "phone", "died_on"),
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "member"], condition=Q(member__isnull=False), name="claims_patient_member"
            ),
            models.Index(fields=["organization", "last_name", "first_name", "id"], name="claims_patient_name"),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Provider(OrganizationModel):
    """Who treats and bills. `npi` is the National Provider Identifier (45 CFR 162.406)."""

    name = models.CharField(_("name"), max_length=200)
    npi = models.CharField(_("NPI"), max_length=10, blank=True)
    taxonomy = models.CharField(_("taxonomy"), max_length=10, blank=True)
    is_in_network = models.BooleanField(_("in the network"), default=True)
    is_excluded = models.BooleanField(_("excluded from payment"), default=False)
    member = TenantForeignKey(Member, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "npi"], condition=~Q(npi=""), name="claims_provider_npi"),
            RowChanges(name="claims_provider_changes"),
        ]
        indexes = [
            models.Index(
                fields=["organization", "member"], condition=Q(member__isnull=False), name="claims_provider_member"
            ),
            models.Index(fields=["organization", "name", "id"], name="claims_provider_name"),
        ]

    def __str__(self) -> str:
        return self.name
