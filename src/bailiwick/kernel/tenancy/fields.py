"""Fields that know of organisations."""

from typing import Any

from django.db import models
from django.db.models import Func


class CurrentOrganization(Func):
    """The organisation in scope, as PostgreSQL knows it."""

    function = "app_organization"
    template = "%(function)s()"
    output_field = models.UUIDField()


class TenantForeignKey(models.ForeignKey):  # type: ignore[type-arg]
    """A foreign key within one organisation; the model adds the composite constraint that guards it.

    It has no index of its own: indexes begin with the organisation and are declared on the model.
    """

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs.setdefault("related_name", "+")
        kwargs["db_constraint"] = False
        kwargs["db_index"] = False
        super().__init__(to, on_delete, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        kwargs.pop("db_index", None)
        return name, path, list(args), kwargs
