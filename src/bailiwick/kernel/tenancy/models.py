"""Organisations, and the root of every table that belongs to one."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.models import BaseModel
from bailiwick.kernel.tenancy.constraints import OrganizationPolicy, SameOrganization
from bailiwick.kernel.tenancy.fields import CurrentOrganization, TenantForeignKey
from bailiwick.kernel.tenancy.scope import require_scope

INSTALLATION = "installation"


class Organization(BaseModel):
    """One tenant: the boundary that no row, right or query crosses."""

    audit_exempt = "made by the installation alone; audit stands above tenancy"

    slug = models.SlugField(_("short name"), max_length=63, unique=True)
    name = models.CharField(_("name"), max_length=200)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=models.functions.Now(), editable=False)

    def __str__(self) -> str:
        return self.name


class OrganizationQuerySet(models.QuerySet[Any]):
    """Rows of the organisation in scope; asking outside a scope raises."""

    @property
    def db(self) -> str:
        """Whatever reads or writes asks for this first: rows, counts, updates, bulk writes and cursors alike."""
        require_scope()
        return super().db


class OrganizationManager(models.Manager.from_queryset(OrganizationQuerySet)):  # type: ignore[misc]
    """Every query starts in a scope and, being lazy, has to end in it."""

    def get_queryset(self) -> models.QuerySet[Any]:
        require_scope()
        return super().get_queryset()


class OrganizationModelBase(models.base.ModelBase):
    """Adds to each table of an organisation the rules that guard it, so that none can be forgotten."""

    def __new__(cls, name: str, bases: tuple[type, ...], attrs: dict[str, Any], **kwargs: Any) -> Any:
        meta = attrs.get("Meta", type("Meta", (), {}))
        if not getattr(meta, "abstract", False):
            own = list(getattr(meta, "constraints", []))
            package = attrs["__module__"].partition(".models")[0].rpartition(".")[2]
            guards = cls.guards(f"{package}_{name.lower()}", cls.inherited(bases) | attrs)
            attrs["Meta"] = type("Meta", (meta,), {"constraints": own + guards})
        return super().__new__(cls, name, bases, attrs, **kwargs)

    @staticmethod
    def inherited(bases: tuple[type, ...]) -> dict[str, Any]:
        """The fields that come from abstract models."""
        options = [base._meta for base in bases if isinstance(base, models.base.ModelBase) and hasattr(base, "_meta")]
        return {field.name: field for each in options if each.abstract for field in each.local_fields}

    @staticmethod
    def guards(label: str, attrs: dict[str, Any]) -> list[models.BaseConstraint]:
        return [
            models.UniqueConstraint(fields=("organization", "id"), name=f"{label}_organization_id"),
            OrganizationPolicy(name=f"{label}_organization"),
            *(
                SameOrganization(field=field, name=f"{label}_{field}_organization")
                for field, value in attrs.items()
                if isinstance(value, TenantForeignKey)
            ),
        ]


def organization_key(*, is_checked: bool = True) -> Any:
    """The column that says whose a row is, filled by the database from the scope.

    Unchecked on tables written all day: the policy admits the organisation in scope alone, and a check would lock
    that one row of `tenancy_organization` for every write of a tenant.
    """
    return models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=is_checked,
        db_default=CurrentOrganization(),
        editable=False,
    )


class OrganizationModel(BaseModel, metaclass=OrganizationModelBase):
    """A row of one organisation. The database fills `organization` from the scope."""

    organization = organization_key()

    objects = OrganizationManager()

    class Meta:
        abstract = True


class OrganizationSecret(OrganizationModel):
    """A key of one organisation for one purpose; dropping it makes what it keyed unrecognisable."""

    audit_exempt = "holds nothing but random bytes"

    purpose = models.CharField(max_length=50)
    key = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "purpose"], name="tenancy_secret_purpose")]
