"""Deciding which records are sensitive."""

from django.db import transaction

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.audit.models import SensitiveKind
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.disclosures.manifest import REVIEW


def change_sensitivity(*, actor: Actor, kind: str, is_sensitive: bool) -> SensitiveKind:
    """Say whether the organisation's records of an optional kind are sensitive, from now on.

    Saying it again changes nothing. Raises NotFound for a kind that is not optional, or that nobody declares.
    """
    actor.require(REVIEW)
    declared = registry().sensitives.get(kind)
    if declared is None or not declared.is_optional:
        raise NotFound
    with transaction.atomic(savepoint=False):
        SensitiveKind.objects.get_or_create(kind=kind, defaults={"is_sensitive": False})
        row = SensitiveKind.objects.select_for_update().get(kind=kind)
        if row.is_sensitive != is_sensitive:
            row.is_sensitive = is_sensitive
            row.save(update_fields=["is_sensitive"])
            record(actor.ref, "disclosures.kind.changed", row, {"kind": kind, "is_sensitive": is_sensitive})
        return row
