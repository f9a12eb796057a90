"""Rows that a grant may be over, and that somebody may ask about."""

from uuid import UUID

from django.db.models import Model
from django.utils.module_loading import import_string

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.base.manifest import registry


def get_thing(actor: Actor, object_type: str, object_id: UUID) -> Model:
    """A row by "app.model" and id, as far as the actor sees it; raises NotFound."""
    kind = registry().grantables.get(object_type)
    if kind is None:
        raise NotFound
    row: Model = import_string(kind.find)(actor, object_id)
    return row


def read_thing(actor: Actor, text: str) -> Model:
    """A row by "app.model:id", as it stands in addresses; raises NotFound."""
    object_type, _colon, written = text.partition(":")
    try:
        object_id = UUID(written)
    except ValueError:
        raise NotFound from None
    return get_thing(actor, object_type, object_id)
