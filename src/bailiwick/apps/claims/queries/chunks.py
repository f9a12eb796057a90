"""Walking many claims in pieces that are alike in size, whatever stands before them."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from bailiwick.apps.claims.choices import Stage, Status
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.queries.reading import fetch
from bailiwick.apps.claims.rules.transitions import FINAL, OPEN
from bailiwick.kernel.base.lookups import among

# A patient's claims are all in one part, so that two workers never wait for each other's covers.
WAITING = """
SELECT c.id FROM claims_claim c
 WHERE c.organization_id = %(organization)s AND c.is_live AND c.status = %(status)s AND c.stage = %(stage)s
   AND c.id > %(after)s AND mod(hashtext(c.patient_id::text) & 2147483647, %(parts)s) = %(part)s
   AND c.service_date BETWEEN %(since)s AND %(until)s
 ORDER BY c.id LIMIT %(limit)s
"""
JUDGED = (*OPEN, *FINAL, Stage.DENIED, Stage.APPEALED)
"""Where claims stand that adjudication has seen, or will."""
PATIENTS = """
SELECT DISTINCT c.patient_id FROM claims_claim c
 WHERE c.organization_id = %(organization)s AND c.is_live AND c.stage = ANY (%(stages)s)
   AND c.service_date BETWEEN %(since)s AND %(until)s AND c.patient_id > %(after)s
 ORDER BY c.patient_id LIMIT %(limit)s
"""
ZERO = UUID(int=0)


def list_waiting(*, after: UUID, part: int, parts: int, since: date, until: date, limit: int) -> list[UUID]:
    """Keys of accepted claims that nobody has judged, of one of some parts, in order."""
    asked = {
        "status": Status.SUBMITTED.value,
        "stage": Stage.ACCEPTED.value,
        "after": after,
        "part": part,
        "parts": parts,
        "since": since,
        "until": until,
        "limit": limit,
    }
    return [key for (key,) in fetch(WAITING, asked)]


def lock_accepted(claim_ids: Sequence[UUID]) -> list[Claim]:
    """Of some claims those that are still accepted, locked in the order of their keys."""
    rows = Claim.objects.filter(among("id", claim_ids), stage=Stage.ACCEPTED, is_live=True)
    return list(rows.order_by("id").select_for_update(of=("self",)))


def list_treated(*, after: UUID, since: date, until: date, limit: int) -> list[UUID]:
    """Keys of patients with claims over some days, in order."""
    asked = {"after": after, "since": since, "until": until, "limit": limit, "stages": list(map(str, JUDGED))}
    return [key for (key,) in fetch(PATIENTS, asked)]


def list_judged(patient_ids: Sequence[UUID], *, since: date, until: date) -> list[Claim]:
    """The claims of some patients over some days as they come to be judged: one patient's in the order of keys."""
    rows = Claim.objects.filter(patient_id__in=patient_ids, is_live=True, stage__in=JUDGED)
    return list(rows.filter(service_date__range=(since, until)).order_by("patient_id", "id"))
