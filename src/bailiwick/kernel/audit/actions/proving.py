"""Keeping what a verification found."""

from collections.abc import Sequence

from bailiwick.kernel.audit.actions.recording import record
from bailiwick.kernel.audit.queries.anchors import VERIFIED
from bailiwick.kernel.audit.verifier import Chain, Finding
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.tenancy.models import Organization


def note_verification(actor: ActorRef, organization: Organization, chain: Chain, first: Sequence[Finding]) -> None:
    """Record that the trail was verified, how far, and what was found; of many findings the first."""
    told = {
        "number": chain.number,
        "rows": chain.rows,
        "anchored": chain.anchored,
        "findings": chain.findings,
        "first": [str(finding) for finding in first],
        "notes": chain.notes.total(),
    }
    record(actor, VERIFIED, organization, told)
