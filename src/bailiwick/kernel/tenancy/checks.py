"""The start is refused when a table of an organisation is not guarded."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.postgres.indexes import GinIndex
from django.core.checks import CheckMessage, Error, register
from django.db import models

from bailiwick.kernel.tenancy.constraints import OrganizationPolicy
from bailiwick.kernel.tenancy.fields import TenantForeignKey
from bailiwick.kernel.tenancy.models import Organization, OrganizationModel


@register()
def check_models(**kwargs: Any) -> list[CheckMessage]:
    """Every model with an organisation has a policy, and points to its own organisation only."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("bailiwick.")]
    return [problem for model in ours for problem in _problems(model)]


def _problems(model: type[models.Model]) -> Iterator[CheckMessage]:
    points_to_organization = any(field.related_model is Organization for field in model._meta.get_fields())
    if points_to_organization and model is not Organization and not _has_policy(model):
        yield Error(
            "A model with an organisation needs a policy: derive it from OrganizationModel.",
            obj=model,
            id="tenancy.E001",
        )
    for field in model._meta.local_fields:
        if not isinstance(field, models.ForeignKey) or isinstance(field, TenantForeignKey):
            continue
        if issubclass(field.related_model, OrganizationModel):
            yield Error("Use TenantForeignKey to point to a row of an organisation.", obj=field, id="tenancy.E002")
    for constraint in (*model._meta.constraints, *model._meta.indexes):
        # An inverted index holds keys, which are unique everywhere, and is not walked in an order.
        fields = () if isinstance(constraint, GinIndex) else getattr(constraint, "fields", ())
        if issubclass(model, OrganizationModel) and fields and fields[0] != "organization":
            yield Error(f"{constraint.name} has to begin with the organisation.", obj=model, id="tenancy.E003")


def _has_policy(model: type[models.Model]) -> bool:
    return any(isinstance(constraint, OrganizationPolicy) for constraint in model._meta.constraints)
