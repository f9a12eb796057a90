"""Reading files, narrowed to what the actor may see."""

from typing import BinaryIO
from uuid import UUID

from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.files.models import StoredFile


def list_files(actor: Actor) -> QuerySet[StoredFile]:
    """My files, and those whose purpose is open to a right of mine; newest first."""
    open_to_me = [each.code for each in registry().files.values() if each.right and actor.may(each.right)]
    mine = Q(member_id=actor.member_id) | Q(purpose__in=open_to_me)
    return StoredFile.objects.filter(mine, removed_at=None).order_by("-id")


def get_file(actor: Actor, file_id: UUID) -> StoredFile:
    """One file that the actor may open; raises NotFound."""
    found = list_files(actor).filter(id=file_id).first()
    if found is None:
        raise NotFound
    return found


def open_content(stored: StoredFile) -> BinaryIO:
    """The content, from its beginning; whoever asks has found the row by `get_file`."""
    return default_storage.open(stored.place)  # type: ignore[return-value]
