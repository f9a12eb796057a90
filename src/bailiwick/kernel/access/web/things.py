"""Naming rows where access to them is decided."""

from django.db.models import Model

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.manifest import ACCESS, registry
from bailiwick.kernel.disclosures.actions import disclose


def disclose_thing(actor: Actor, row: Model) -> None:
    """Record that an actor, who was found to see a row, is shown what it is called: that may be what is sensitive."""
    kind = row._meta.label_lower
    if kind in registry().sensitives:
        disclose(actor=actor, kind=kind, row_ids=[row.pk], purpose=ACCESS.code)
