"""Adjudicating all claims that wait, by jobs that share them out."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from bailiwick.apps.claims.actions.adjudication import approve_claims
from bailiwick.apps.claims.choices import Mover
from bailiwick.apps.claims.manifest import ADJUDICATE, MANAGE
from bailiwick.apps.claims.queries.chunks import ZERO, list_waiting, lock_accepted
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.jobs.actions import submit_job
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.running import Run

PARTS, CHUNK = 2, 500


def adjudicate_waiting(*, actor: Actor, since: date | None = None, until: date | None = None) -> list[Job]:
    """Begin the jobs that judge every accepted claim, or those of services from a day to a day: PARTS side by side."""
    actor.require(MANAGE)
    days = {"since": (since or date.min).isoformat(), "until": (until or date.max).isoformat()}
    with transaction.atomic(savepoint=False):
        return [
            submit_job(actor=actor, kind=ADJUDICATE, arguments=days | {"part": part, "parts": PARTS})
            for part in range(PARTS)
        ]


def run_batch(run: Run) -> dict[str, Any]:
    """The job: chunk by chunk, each with its progress in one transaction; what is judged is not judged again."""
    asked = run.arguments
    days = {name: date.fromisoformat(asked[name]) for name in ("since", "until")}
    counts = {"approved": 0, "under_review": 0} | run.position.get("counts", {})
    while True:
        with run.step() as actor:
            assert actor
            after = UUID(run.position["after"]) if "after" in run.position else ZERO
            keys = list_waiting(after=after, part=asked["part"], parts=asked["parts"], limit=CHUNK, **days)
            if not keys:
                return counts
            approved, reviewed = _judge(actor, keys)
            counts = {
                "approved": counts["approved"] + approved,
                "under_review": counts["under_review"] + reviewed,
            }
            run.done += approved + reviewed
            run.position = {"after": str(keys[-1]), "counts": counts}


def _judge(actor: Actor, keys: list[UUID]) -> tuple[int, int]:
    """How many of a chunk were approved, and how many wait for people now."""
    made = approve_claims(actor=actor.ref, claims=lock_accepted(keys), mover=Mover.MANAGER)
    approved = sum(each.is_approved for each in made)
    if made:
        told = {"count": len(made), "approved": approved}
        record(actor.ref, "claims.claims.adjudicated", made[0].claim, told)
    return approved, len(made) - approved
