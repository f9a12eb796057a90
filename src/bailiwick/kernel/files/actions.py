"""Storing and removing files."""

import hashlib
from collections.abc import Collection
from datetime import timedelta
from functools import partial
from typing import Any, BinaryIO, cast
from uuid import UUID, uuid4

from django.core.files import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.base.manifest import FilePurpose, registry
from bailiwick.kernel.files.choices import DOCUMENTS, FileKind
from bailiwick.kernel.files.errors import TooLarge, Unreadable
from bailiwick.kernel.files.models import StoredFile
from bailiwick.kernel.files.queries import folder_of, list_removable
from bailiwick.kernel.files.reading import Recognised, check_document, recognise
from bailiwick.kernel.files.rules import SUFFIXES, clean_name, ending_of, is_fitting

BLOCK = 1 << 20


def store_upload(*, actor: Actor, purpose: str, upload: "UploadedFile[Any] | tuple[str, BinaryIO]") -> StoredFile:
    """Keep a file that came in, when its content is of a kind and a size that the purpose takes.

    Neither its name nor the type that a browser gives is believed. Raises InvalidInput beside the field "file".
    """
    name, content = upload if isinstance(upload, tuple) else (upload.name or "", cast(BinaryIO, upload))
    declared = registry().files[purpose]
    try:
        digest, size = _measure(content, declared.largest)
        kind = _kind_of(content, declared)
        if kind in DOCUMENTS:
            _check_ending(name, kind)
            check_document(content, kind)
    except Unreadable as refusal:
        raise InvalidInput({"file": [str(refusal.message)]}) from refusal
    return _store(actor, declared, clean_name(name, str(FileKind(kind).label)), kind, content, digest, size)


def store_made(*, actor: Actor, purpose: str, name: str, kind: str, content: BinaryIO) -> StoredFile:
    """Keep a file that the house made for the actor; `content` is read from its beginning."""
    digest, size = _measure(content)
    return _store(actor, registry().files[purpose], clean_name(name, kind), kind, content, digest, size)


def record_opened(*, actor: Actor, stored: StoredFile) -> None:
    """Note that somebody has taken the content with them."""
    record(actor.ref, "files.file.opened", stored, {"purpose": stored.purpose})


def remove_file(*, actor: Actor, file_id: UUID) -> None:
    """Remove the content of an own file; the row stays as history. Raises NotFound, for what is evidence too."""
    with transaction.atomic(savepoint=False):
        stored = list_removable(actor).select_for_update().filter(id=file_id).first()
        if stored is None:
            raise NotFound
        _remove(actor.ref, stored, "asked")


def remove_expired(actor: ActorRef, limit: int) -> int:
    """Remove files that are past their time, at most `limit`; says how many."""
    with transaction.atomic(savepoint=False):
        past = StoredFile.objects.select_for_update(skip_locked=True).filter(removed_at=None, expires_at__lte=now())
        expired = list(past.order_by("expires_at")[:limit])
        for stored in expired:
            _remove(actor, stored, "expired")
        return len(expired)


def remove_files(actor: ActorRef, file_ids: Collection[UUID], why: str) -> None:
    """Remove the content of files, whoever had them made, because it has no business to be here any more."""
    with transaction.atomic(savepoint=False):
        for stored in StoredFile.objects.select_for_update().filter(id__in=file_ids, removed_at=None).order_by("id"):
            _remove(actor, stored, why)


def delete_orphans(organization_id: UUID, older_than: timedelta) -> int:
    """Delete content in storage that no row knows, as a rolled back upload leaves it; says how many."""
    folder = folder_of(organization_id)
    try:
        names = default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return 0
    known = set(StoredFile.objects.filter(removed_at=None).values_list("place", flat=True))
    unknown = [place for name in names if (place := f"{folder}/{name}") not in known]
    old = [place for place in unknown if default_storage.get_modified_time(place) < now() - older_than]
    for place in old:
        default_storage.delete(place)
    return len(old)


def _kind_of(content: BinaryIO, declared: FilePurpose) -> str:
    found = _recognise(content, declared)
    if found.kind in declared.kinds:
        return str(found.kind)
    labels = [str(FileKind(kind).label) for kind in declared.kinds]
    wanted = _(" or ").join(filter(None, [", ".join(labels[:-1]), labels[-1]]))
    what = found.otherwise or (FileKind(found.kind).label if found.kind else "")
    raise Unreadable(_("This is %(what)s. Give %(wanted)s.") % {"what": what, "wanted": wanted})


def _recognise(content: BinaryIO, declared: FilePurpose) -> Recognised:
    """What it is; how a table would have to be mended is no help where documents are wanted."""
    try:
        return recognise(content)
    except Unreadable:
        if set(declared.kinds) <= set(DOCUMENTS):
            return Recognised(None, _("a binary file"))
        raise


def _check_ending(name: str, kind: str) -> None:
    """A document is opened by what its name says: a name that says something else is refused."""
    if not is_fitting(name, kind):
        given = {"ending": ending_of(name), "what": FileKind(kind).label, "right": SUFFIXES[kind]}
        text = _("The name ends on %(ending)s, the content is %(what)s. Give it a name that ends on %(right)s.")
        raise Unreadable(text % given)


def _store(
    actor: Actor, declared: FilePurpose, name: str, kind: str, content: BinaryIO, digest: bytes, size: int
) -> StoredFile:
    content.seek(0)
    place = default_storage.save(f"{folder_of(actor.organization_id)}/{uuid4().hex}", File(content))
    try:
        with transaction.atomic(savepoint=False):
            stored = StoredFile.objects.create(
                purpose=declared.code,
                name=name,
                kind=kind,
                size=size,
                digest=digest,
                place=place,
                member_id=actor.member_id,
                expires_at=now() + timedelta(seconds=declared.kept),
            )
            record(actor.ref, "files.file.stored", stored, {"purpose": declared.code, "size": size})
    except BaseException:
        default_storage.delete(place)
        raise
    return stored


def _remove(actor: ActorRef, stored: StoredFile, why: str) -> None:
    """The content goes once the row is committed; what is lost on the way is an orphan, and goes with those."""
    stored.removed_at = now()
    stored.save(update_fields=["removed_at"])
    record(actor, "files.file.removed", stored, {"why": why})
    transaction.on_commit(partial(default_storage.delete, stored.place), robust=True)


def _measure(content: BinaryIO, largest: int | None = None) -> tuple[bytes, int]:
    """SHA-256 and size; raises TooLarge as soon as there is more than `largest`, Unreadable for nothing at all."""
    content.seek(0)
    digest, size = hashlib.sha256(), 0
    while block := content.read(BLOCK):
        digest.update(block)
        size += len(block)
        if largest is not None and size > largest:
            text = _("The file is larger than %(size)d MB. Split it, or make it smaller.")
            raise TooLarge(text % {"size": largest >> 20})
    if largest is not None and not size:
        raise Unreadable(_("The file is empty."))
    return digest.digest(), size
