"""The start is refused when a table of ours keeps no history."""

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register

from bailiwick.kernel.audit.constraints import AppendOnly, RowChanges


@register()
def check_history(**kwargs: Any) -> list[CheckMessage]:
    """Every model is append-only, or has its changes recorded, or says in `audit_exempt` why not."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("bailiwick.")]
    return [
        Error("Declare AppendOnly, RowChanges or `audit_exempt`.", obj=model, id="audit.E001")
        for model in ours
        if not getattr(model, "audit_exempt", "")
        and not any(isinstance(rule, AppendOnly | RowChanges) for rule in model._meta.constraints)
    ]
