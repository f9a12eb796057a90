"""Writing a decision down."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.decisions.choices import Meaning
from bailiwick.kernel.decisions.errors import AlreadyDecided
from bailiwick.kernel.decisions.models import Decision


def write_decision(
    *,
    actor: Actor,
    item_id: UUID,
    verdict: str,
    content_digest: bytes,
    reason: str = "",
    round: int = 1,
    meaning: str = Meaning.REVIEW,
    seconds_spent: int = 0,
    is_model_visible: bool = True,
    supersedes_id: UUID | None = None,
) -> Decision:
    """Append a decision on an item that the caller has locked and checked; raises AlreadyDecided by constraint."""
    values: Mapping[str, Any] = {
        "item_id": item_id,
        "member_id": actor.member_id,
        "verdict": verdict,
        "reason": reason,
        "meaning": meaning,
        "round": round,
        "content_digest": content_digest,
        "seconds_spent": seconds_spent,
        "is_model_visible": is_model_visible,
        "authenticated_by": actor.credential,
        "supersedes_id": supersedes_id,
    }
    try:
        with transaction.atomic():
            return Decision.objects.create(**values)
    except IntegrityError as conflict:
        raise AlreadyDecided from conflict
