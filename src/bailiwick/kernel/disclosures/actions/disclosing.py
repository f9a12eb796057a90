"""Recording that sensitive records are shown to an actor."""

from collections.abc import Sequence
from uuid import UUID

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record_reading
from bailiwick.kernel.base.manifest import EMERGENCY
from bailiwick.kernel.disclosures.queries.emergencies import list_lasting


def disclose(*, actor: Actor, kind: str, row_ids: Sequence[UUID], purpose: str) -> None:
    """Record what an actor is shown, in the transaction that reads it; what they have opened in an emergency as such.

    Whoever calls has narrowed the records to what the actor may see.
    """
    opened: set[UUID] = set()
    if row_ids and actor.object_rights:  # nobody sees anything by an emergency alone without a right over one object
        opened = set(list_lasting(actor.member_id, row_ids).filter(kind=kind).values_list("row_id", flat=True))
    record_reading(actor.ref, kind, [each for each in row_ids if each not in opened], purpose)
    record_reading(actor.ref, kind, [each for each in row_ids if each in opened], EMERGENCY.code)
