"""Storing files."""

import hashlib
from datetime import timedelta
from typing import BinaryIO
from uuid import UUID, uuid4

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.timezone import now

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.files.models import StoredFile


def store_made(*, actor: Actor, purpose: str, name: str, kind: str, content: BinaryIO) -> StoredFile:
    """Keep a file that the house made for the actor; `content` is read from its beginning."""
    declared = registry().files[purpose]
    digest, size = _measure(content)
    with transaction.atomic(savepoint=False):
        stored = StoredFile.objects.create(
            purpose=purpose,
            name=name,
            kind=kind,
            size=size,
            digest=digest,
            place=_put(actor.organization_id, content),
            member_id=actor.member_id,
            expires_at=now() + timedelta(seconds=declared.kept),
        )
        record(actor.ref, "files.file.stored", stored, {"purpose": purpose, "size": size})
        return stored


def _measure(content: BinaryIO) -> tuple[bytes, int]:
    content.seek(0)
    digest, size = hashlib.sha256(), 0
    while block := content.read(1 << 20):
        digest.update(block)
        size += len(block)
    return digest.digest(), size


def _put(organization_id: UUID, content: BinaryIO) -> str:
    content.seek(0)
    return default_storage.save(f"files/{organization_id}/{uuid4().hex}", File(content))
