"""Recording that sensitive records are shown to an actor."""

from collections.abc import Sequence
from uuid import UUID

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record_reading

OPENED = """
EXISTS (SELECT FROM disclosures_emergency emergency
          JOIN access_grant opened ON opened.organization_id = emergency.organization_id
                                  AND opened.id = emergency.grant_id
         WHERE emergency.organization_id = (SELECT app_organization()) AND emergency.member_id = %(member_id)s::uuid
           AND emergency.row_id = shown.id AND emergency.kind = %(kind)s::text
           AND opened.revoked_at IS NULL AND opened.valid_until > statement_timestamp())
"""


def disclose(*, actor: Actor, kind: str, row_ids: Sequence[UUID], purpose: str) -> None:
    """Record what an actor is shown, in the transaction that reads it; what they have opened in an emergency as such.

    Whoever calls has narrowed the records to what the actor may see.
    """
    # Without a right over one object nobody sees anything by an emergency.
    record_reading(actor.ref, kind, row_ids, purpose, urgent=OPENED if actor.object_rights else "false")
