"""The root of every table whose rows are sealed."""

from typing import Any

from django.db import models

from bailiwick.kernel.audit.constraints import WrittenNow
from bailiwick.kernel.audit.fields import ClusterEpoch, CurrentTransaction, RandomSalt, TransactionIdField
from bailiwick.kernel.tenancy.models import OrganizationModel, OrganizationModelBase, organization_key

ORDER = ("organization", "epoch", "transaction_id", "id")
"""The order in which rows are sealed and events are handed on: that of writing, behind every open transaction."""


class SealedModelBase(OrganizationModelBase):
    """Adds to each sealed table the index by which it is walked in the order of writing, and what keeps that order."""

    def __new__(cls, name: str, bases: tuple[type, ...], attrs: dict[str, Any], **kwargs: Any) -> Any:
        meta = attrs.get("Meta", type("Meta", (), {}))
        if not getattr(meta, "abstract", False):
            order = models.Index(fields=ORDER, name=f"{name.lower()}_order")
            attrs["Meta"] = type("Meta", (meta,), {"indexes": [*getattr(meta, "indexes", []), order]})
        return super().__new__(cls, name, bases, attrs, **kwargs)

    @staticmethod
    def guards(label: str, attrs: dict[str, Any]) -> list[models.BaseConstraint]:
        return [*OrganizationModelBase.guards(label, attrs), WrittenNow(name=f"{label}_written_now")]


class SealedModel(OrganizationModel, metaclass=SealedModelBase):
    """A row that is never changed and will be sealed: its place in the order of writing, and its salt."""

    organization = organization_key(is_checked=False)
    transaction_id = TransactionIdField(db_default=CurrentTransaction(), editable=False)
    epoch = models.SmallIntegerField(db_default=ClusterEpoch(), editable=False)
    salt = models.BinaryField(db_default=RandomSalt(), editable=False)

    class Meta:
        abstract = True
