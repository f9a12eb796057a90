"""Keeping views of lists, and noting what was taken along."""

from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.files.models import StoredFile
from bailiwick.kernel.web.models import SavedView
from bailiwick.kernel.web.queries import get_own_view, is_title_taken

LONGEST_QUERY = 4000


def save_view(*, actor: Actor, list_name: str, title: str, query: str, is_shared: bool) -> SavedView:
    """Keep a list's address under a title; raises InvalidInput for one that the actor has given already."""
    if len(query) > LONGEST_QUERY:
        raise InvalidInput({"title": [_("These filters are too many to keep. Remove some.")]})
    with transaction.atomic(savepoint=False):
        _check_title(actor, list_name, title)
        view = SavedView.objects.create(
            member_id=actor.member_id, list_name=list_name, title=title, query=query, is_shared=is_shared
        )
        record(actor.ref, "web.view.saved", view, {"list": list_name, "is_shared": is_shared})
        return view


def change_view(*, actor: Actor, view_id: UUID, title: str, is_shared: bool) -> SavedView:
    """Rename or share a view of one's own."""
    with transaction.atomic(savepoint=False):
        view = get_own_view(actor, view_id)
        _check_title(actor, view.list_name, title, except_id=view.id)
        view.title, view.is_shared = title, is_shared
        view.save(update_fields=["title", "is_shared"])
        record(actor.ref, "web.view.changed", view, {"list": view.list_name, "is_shared": is_shared})
        return view


def record_export(*, actor: Actor, stored: StoredFile, list_name: str, rows: int) -> None:
    """Note that somebody had a list written into a file, and how many rows of it."""
    record(actor.ref, "web.list.exported", stored, {"list": list_name, "kind": stored.kind, "rows": rows})


def remove_view(*, actor: Actor, view_id: UUID) -> None:
    """Take a view of one's own away; its record stays."""
    with transaction.atomic(savepoint=False):
        view = get_own_view(actor, view_id)
        SavedView.objects.filter(id=view.id).update(removed_at=Now())
        record(actor.ref, "web.view.removed", view, {"list": view.list_name})


def _check_title(actor: Actor, list_name: str, title: str, except_id: UUID | None = None) -> None:
    if is_title_taken(actor, list_name, title, except_id):
        raise InvalidInput({"title": [_("You have a view of this title already. Choose another.")]})
