"""Documents to claims: handed in by whose claim it is or by who works on it, opened by who sees it whole."""

from collections.abc import Sequence
from typing import Any, BinaryIO, TypeAlias
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from bailiwick.apps.claims.actions.disclosing import show_claims
from bailiwick.apps.claims.manifest import ATTACHMENT, MANAGE
from bailiwick.apps.claims.models import Attachment, Claim, InformationRequest
from bailiwick.apps.claims.queries.claims import lock_claim
from bailiwick.apps.claims.queries.requests import get_attachment, is_party, is_worker
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.files.actions import record_opened, store_upload

Upload: TypeAlias = "UploadedFile[Any] | tuple[str, BinaryIO]"
MOST_AT_ONCE, MOST = 10, 100
"""How many documents come together, and how many a claim has."""
LONGEST_NOTE = 500


def add_documents(*, actor: Actor, claim_id: UUID, uploads: Sequence[Upload], note: str = "") -> list[Attachment]:
    """Keep documents with a claim. Raises NotFound, Forbidden, or InvalidInput beside "file" or "note"."""
    with transaction.atomic(savepoint=False):
        claim = lock_claim(actor, claim_id)
        require_part(actor, claim)
        if not uploads:
            raise InvalidInput({"file": [_("Choose a document: PDF, PNG or JPEG.")]})
        return attach(actor, claim, uploads, note=note)


def attach(
    actor: Actor,
    claim: Claim,
    uploads: Sequence[Upload],
    *,
    note: str = "",
    request: InformationRequest | None = None,
) -> list[Attachment]:
    """Keep documents with a locked claim, as part of an answer or for themselves; whoever calls has asked who may."""
    if len(note) > LONGEST_NOTE:
        raise InvalidInput({"note": [_("At most %(most)d characters.") % {"most": LONGEST_NOTE}]})
    if len(uploads) > MOST_AT_ONCE or Attachment.objects.filter(claim=claim).count() + len(uploads) > MOST:
        given = {"once": MOST_AT_ONCE, "most": MOST}
        raise InvalidInput({"file": [_("At most %(once)d documents at once, %(most)d a claim.") % given]})
    made = []
    for upload in uploads:
        stored = store_upload(actor=actor, purpose=ATTACHMENT, upload=upload)
        row = Attachment.objects.create(claim=claim, file=stored, request=request, note=note, member_id=actor.member_id)
        record(actor.ref, "claims.attachment.added", claim, {"file": str(stored.id)})
        made.append(row)
    return made


def open_document(*, actor: Actor, claim_id: UUID, attachment_id: UUID) -> Attachment:
    """A document that leaves with somebody: that they read the claim is recorded, and that they took the file."""
    attachment = get_attachment(actor, claim_id, attachment_id)
    show_claims(actor=actor, claim_ids=[claim_id])
    record_opened(actor=actor, stored=attachment.file)
    return attachment


def require_part(actor: Actor, claim: Claim) -> None:
    """Raises Forbidden for who neither works on the claim nor has it as their own."""
    if not (is_party(actor, claim) or is_worker(actor, claim)):
        raise Forbidden(right=MANAGE, over=claim)


def require_worker(actor: Actor, claim: Claim) -> None:
    """Raises Forbidden for who does not work on the claim."""
    if not is_worker(actor, claim):
        raise Forbidden(right=MANAGE, over=claim)
