"""Reading files, narrowed to what the actor may see."""

from typing import BinaryIO
from uuid import UUID

from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet
from django.utils.timezone import now

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.files.errors import ContentMissing
from bailiwick.kernel.files.models import StoredFile


def list_files(actor: Actor) -> QuerySet[StoredFile]:
    """My files, and those whose purpose is open to a right of mine; newest first."""
    open_to_me = [each.code for each in registry().files.values() if each.right and actor.may(each.right)]
    return _kept().filter(Q(member_id=actor.member_id) | Q(purpose__in=open_to_me)).order_by("-id")


def list_my_files(actor: Actor) -> QuerySet[StoredFile]:
    """What I uploaded or had made, newest first."""
    return _kept().filter(member_id=actor.member_id).order_by("-id")


def list_removable(actor: Actor) -> QuerySet[StoredFile]:
    """My files without those that are evidence: these stay as long as they are kept."""
    return list_my_files(actor).exclude(
        purpose__in=[each.code for each in registry().files.values() if each.is_evidence]
    )


def _kept() -> QuerySet[StoredFile]:
    return StoredFile.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now()), removed_at=None)


def get_file(actor: Actor, file_id: UUID) -> StoredFile:
    """One file that the actor may open; raises NotFound."""
    return _only(list_files(actor), file_id)


def get_my_file(actor: Actor, file_id: UUID) -> StoredFile:
    """One file of the actor's own that they may remove; raises NotFound."""
    return _only(list_removable(actor), file_id)


def _only(files: QuerySet[StoredFile], file_id: UUID) -> StoredFile:
    found = files.filter(id=file_id).first()
    if found is None:
        raise NotFound
    return found


def open_content(stored: StoredFile) -> BinaryIO:
    """The content, from its beginning; whoever asks has found the row by `get_file`. Raises ContentMissing."""
    try:
        return default_storage.open(stored.place)  # type: ignore[return-value]
    except FileNotFoundError as missing:
        raise ContentMissing from missing


def folder_of(organization_id: UUID) -> str:
    """Where an organisation's content lies in the storage."""
    return f"files/{organization_id}"
