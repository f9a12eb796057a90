"""Counting decisions into the tallies, a piece at a time and long after they were made."""

import time

from django.db import connection

from bailiwick.apps.predictions.queries.statistics.deltas import (
    NEW,
    STANDING,
    TALLIES,
    bounds,
    keys_of,
    sums_of,
)
from bailiwick.kernel.audit.queries.blocks import get_horizon
from bailiwick.kernel.jobs.running import Run
from bailiwick.kernel.tenancy.scope import require_scope

PIECE = 5_000
"""Decisions that one step counts, more only where one transaction made more."""
BUSY = 250
"""From so many at a time on, the job looks again after PAUSE seconds, for ROUND seconds: what is not counted yet is
worked out anew by each who asks."""
PAUSE, ROUND = 5.0, 22.0

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('predictions.tallies' || %s, 0))"
NEXT = """
WITH mark AS (
    SELECT coalesce(max(epoch), 0::smallint) AS epoch, coalesce(max(transaction_id), '0') AS xid
      FROM predictions_tallymark WHERE organization_id = %(organization)s
), new AS (
    SELECT d.epoch, d.transaction_id AS xid
      FROM decisions_decision d
     WHERE d.organization_id = %(organization)s
       AND (d.epoch, d.transaction_id) >= ((SELECT epoch FROM mark), (SELECT xid FROM mark))
       AND (d.epoch, d.transaction_id) < (app_epoch(), %(horizon)s::xid8)
     ORDER BY d.epoch, d.transaction_id LIMIT %(piece)s
)
SELECT count(*), (array_agg(epoch ORDER BY epoch DESC, xid DESC))[1],
       (array_agg(xid ORDER BY epoch DESC, xid DESC))[1]::text::numeric + 1 FROM new
"""
ADD = """
INSERT INTO predictions_{tally}tally AS t ({columns})
SELECT {keys}, {sums} FROM {tally}_part GROUP BY {keys}
HAVING {changes}
ON CONFLICT (organization_id, {keys}) DO UPDATE SET {added}
"""
MOVE = """
INSERT INTO predictions_tallymark (epoch, transaction_id) VALUES (%(epoch)s, %(xid)s::xid8)
ON CONFLICT (organization_id) DO UPDATE SET epoch = excluded.epoch, transaction_id = excluded.transaction_id
"""


def count_decisions(run: Run) -> dict[str, int]:
    """The job: count whatever was decided since the last time, again and again while much is."""
    run.done, ends = 0, time.monotonic() + ROUND
    found = _count_all(run)
    while found >= BUSY and time.monotonic() < ends:
        time.sleep(PAUSE)
        found = _count_all(run)
    return {"decisions": run.done}


def _count_all(run: Run) -> int:
    """A piece a step, so that a next try goes on."""
    before, found = run.done, PIECE
    while found >= PIECE:
        with run.step():
            found = count_piece()
            run.done += found
    return run.done - before


def count_piece() -> int:
    """In the organisation's scope: count the next decisions and move the mark; how many there were."""
    organization = require_scope().organization_id
    with connection.cursor() as cursor:
        # Whoever comes second sees what the first has counted, because each statement looks anew.
        cursor.execute(LOCK, [str(organization)])
        cursor.execute(NEXT, {"organization": organization, "horizon": get_horizon(), "piece": PIECE})
        found, epoch, upper = cursor.fetchone()
        if found:
            cursor.execute(_COUNT, bounds(organization, (epoch, str(upper))))
    return int(found)


def _add(tally: str) -> str:
    keys, sums = keys_of(tally), sums_of(tally)
    return ADD.format(
        tally=tally,
        columns=", ".join((*keys, *sums)),
        keys=", ".join(keys),
        sums=", ".join(f"sum({each})" for each in sums),
        changes=" OR ".join(f"sum({each}) <> 0" for each in sums),
        added=", ".join(f"{each} = t.{each} + excluded.{each}" for each in sums),
    )


_COUNT = (
    f"WITH {NEW} {STANDING}, "
    + ", ".join(f"add_{tally} AS ({_add(tally)})" for tally in TALLIES)
    + f", move AS ({MOVE}) SELECT 1"
)
