"""Reading what people keep of lists, narrowed to what the actor may see."""

from uuid import UUID

from django.db.models import Q, QuerySet

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.web.models import SavedView

MOST_SHOWN = 30


def list_views(actor: Actor, list_name: str) -> list[SavedView]:
    """My views of a list and those that others share, by title; at most 30."""
    rows = _kept().filter(Q(member_id=actor.member_id) | Q(is_shared=True), list_name=list_name)
    return list(rows.order_by("title", "id")[:MOST_SHOWN])


def get_own_view(actor: Actor, view_id: UUID | str) -> SavedView:
    """A view that the actor saved; raises NotFound for anybody else's."""
    found = _kept().filter(id=view_id, member_id=actor.member_id).first()
    if found is None:
        raise NotFound
    return found


def is_title_taken(actor: Actor, list_name: str, title: str, except_id: UUID | None = None) -> bool:
    """Whether the actor has another view of this title for the list."""
    rows = _kept().filter(member_id=actor.member_id, list_name=list_name, title=title)
    return bool((rows.exclude(id=except_id) if except_id else rows).exists())


def _kept() -> QuerySet[SavedView]:
    return SavedView.objects.filter(removed_at=None)
