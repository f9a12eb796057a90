"""What some predictions add to the tallies: their opinions as they stand now, less what was counted of them before.

What stands is worked out from decisions alone, which are never changed: those written before a transaction say what
stood then. So what was counted up to the mark can be taken away again exactly, without having been kept.
"""

from typing import Any

from bailiwick.apps.predictions.manifest import DISPUTE_QUEUE, REVIEW_QUEUE
from bailiwick.kernel.worklist.rules import FIRST_GOLD_ROUND

EVERYTHING = (32_767, "18446744073709551615")
"""A place in the order of writing that comes after all others."""
NOTHING = (0, "0")
TALLIES = ("verdict", "reason", "opinion", "pair")

# Every step is made once, however many tallies read it. Nobody knows beforehand how many rows a step has, so none is
# joined with another: windows look at the rounds of a prediction, and keys lead to all else. `mark` and `upper` are
# places in the order of writing: what was written before `mark` is counted already, what was written from `upper` on
# is not looked at; IS TRUE says that an index in that order is of no use where a key is known.
NEW = """
mark AS MATERIALIZED (
    SELECT coalesce(max(epoch), 0::smallint) AS epoch, coalesce(max(transaction_id), '0') AS xid
      FROM predictions_tallymark WHERE organization_id = %(organization)s
), subject AS MATERIALIZED (
    SELECT unnest(ARRAY(
        SELECT DISTINCT (SELECT i.subject_id FROM worklist_workitem i
                          WHERE i.organization_id = d.organization_id AND i.id = d.item_id)
          FROM decisions_decision d
         WHERE d.organization_id = %(organization)s
           AND (d.epoch, d.transaction_id) >= ((SELECT epoch FROM mark), (SELECT xid FROM mark))
           AND (d.epoch, d.transaction_id) < (%(epoch)s, %(xid)s::xid8)
    )) AS id
)"""
"""Predictions on which something was decided since the mark."""
CHOSEN = """
mark AS MATERIALIZED (SELECT 0::smallint AS epoch, '0'::xid8 AS xid
), subject AS MATERIALIZED ({chosen})"""
"""Predictions chosen by a statement of their keys, nothing of which counts as counted."""

STANDING = """
, opinion AS MATERIALIZED (
    SELECT i.subject_id, i.round, i.is_sampled, d.id, d.member_id, d.verdict, d.decided_at, d.seconds_spent,
           d.meaning, d.item_id, v.sign
      FROM subject s
      JOIN worklist_workitem i ON i.organization_id = %(organization)s AND i.queue = ANY (%(queues)s)
                              AND i.subject_id = s.id
      JOIN decisions_decision d ON d.organization_id = i.organization_id AND d.item_id = i.id AND d.meaning <> 'undo'
                               AND ((d.epoch, d.transaction_id) < (%(epoch)s, %(xid)s::xid8)) IS TRUE
      LEFT JOIN decisions_decision n ON n.organization_id = d.organization_id AND n.supersedes_id = d.id
                                    AND ((n.epoch, n.transaction_id) < (%(epoch)s, %(xid)s::xid8)) IS TRUE
     CROSS JOIN mark
     CROSS JOIN LATERAL (VALUES
           (1, n.id IS NULL),
           (-1, (d.epoch, d.transaction_id) < (mark.epoch, mark.xid)
                AND (n.id IS NULL OR (n.epoch, n.transaction_id) >= (mark.epoch, mark.xid)))
     ) v (sign, holds)
     WHERE v.holds
), in_rounds AS MATERIALIZED (
    SELECT o.*, bool_or(round = 3) OVER subjects AS has_third,
           max(verdict) FILTER (WHERE round = 1) OVER subjects AS first,
           (array_agg(member_id) FILTER (WHERE round = 1) OVER subjects)[1] AS first_id,
           max(verdict) FILTER (WHERE round = 2) OVER subjects AS second
      FROM opinion o WHERE round < %(gold)s WINDOW subjects AS (PARTITION BY subject_id, sign)
), settled AS MATERIALIZED (
    SELECT subject_id, sign, is_sampled, id, verdict, decided_at
      FROM in_rounds
     WHERE round = CASE WHEN has_third THEN 3 WHEN NOT is_sampled THEN 1 WHEN first = second THEN 2 END
       AND decided_at >= %(since)s AND decided_at < %(until)s
), verdict_part AS (
    SELECT date_trunc(%(grain)s, s.decided_at, 'UTC') AS hour, p.model_id, s.is_sampled,
           floor(p.confidence * CASE WHEN p.confidence < 1 THEN 10 ELSE 9 END)::smallint AS bin,
           p.verdict, s.verdict AS final,
           s.verdict <> p.verdict OR EXISTS (
               SELECT FROM predictions_reasondecision r WHERE r.organization_id = p.organization_id
                                                          AND r.decision_id = s.id AND r.outcome = 'overridden'
           ) OR EXISTS (
               SELECT FROM predictions_addedreason a WHERE a.organization_id = p.organization_id
                                                       AND a.decision_id = s.id
           ) AS is_changed,
           s.sign AS n, coalesce(s.sign * p.confidence, 0) AS stated,
           coalesce(s.sign * off.by_how * off.by_how, 0) AS squares
      FROM settled s JOIN predictions_prediction p ON p.organization_id = %(organization)s AND p.id = s.subject_id
     CROSS JOIN LATERAL (SELECT p.confidence - (s.verdict = p.verdict)::int) off (by_how)
), reason_part AS (
    SELECT date_trunc(%(grain)s, s.decided_at, 'UTC') AS hour, p.model_id, s.is_sampled, said.reason_id, said.outcome,
           s.sign AS n
      FROM settled s JOIN predictions_prediction p ON p.organization_id = %(organization)s AND p.id = s.subject_id
     CROSS JOIN LATERAL (
           SELECT g.reason_id, r.outcome FROM predictions_reasondecision r
             JOIN predictions_predictionreason g ON g.organization_id = r.organization_id
                                                AND g.id = r.prediction_reason_id
            WHERE r.organization_id = p.organization_id AND r.decision_id = s.id
            UNION ALL
           SELECT a.reason_id, 'added' FROM predictions_addedreason a
            WHERE a.organization_id = p.organization_id AND a.decision_id = s.id
     ) said
), opinion_part AS (
    SELECT date_trunc(%(grain)s, o.decided_at, 'UTC') AS hour, p.model_id, o.is_sampled, o.member_id,
           CASE WHEN o.round < %(gold)s THEN 'opinion' WHEN o.verdict = g.verdict THEN 'right' ELSE 'wrong' END AS kind,
           o.sign AS n, o.sign * coalesce((
               SELECT r.seconds_spent FROM decisions_decision r
                WHERE o.meaning <> 'review' AND r.organization_id = p.organization_id AND r.item_id = o.item_id
                  AND r.meaning = 'review' AND r.decided_at <= o.decided_at ORDER BY r.decided_at DESC LIMIT 1
           ), o.seconds_spent)::bigint AS seconds
      FROM opinion o JOIN predictions_prediction p ON p.organization_id = %(organization)s AND p.id = o.subject_id
      LEFT JOIN predictions_goldanswer g ON o.round >= %(gold)s AND g.organization_id = p.organization_id
                                        AND g.prediction_id = p.id
     WHERE o.decided_at >= %(since)s AND o.decided_at < %(until)s
), pair_part AS (
    SELECT date_trunc(%(grain)s, o.decided_at, 'UTC') AS hour, p.model_id, o.is_sampled, o.first_id,
           o.member_id AS second_id, o.first, o.second, o.sign AS n
      FROM in_rounds o JOIN predictions_prediction p ON p.organization_id = %(organization)s AND p.id = o.subject_id
     WHERE o.round = 2 AND o.first IS NOT NULL AND o.decided_at >= %(since)s AND o.decided_at < %(until)s
)"""
COLUMNS = {
    "verdict": ("bin", "verdict", "final", "is_changed"),
    "reason": ("reason_id", "outcome"),
    "opinion": ("member_id", "kind"),
    "pair": ("first_id", "second_id", "first", "second"),
}
SUMS = {"verdict": ("n", "stated", "squares"), "opinion": ("n", "seconds")}
"""What each tally is asked by beyond hour, model and sample, and what it adds up."""


def keys_of(tally: str) -> tuple[str, ...]:
    return ("hour", "model_id", "is_sampled", *COLUMNS[tally])


def sums_of(tally: str) -> tuple[str, ...]:
    return SUMS.get(tally, ("n",))


def bounds(organization_id: Any, upper: tuple[int, str] = EVERYTHING) -> dict[str, Any]:
    """The values that every statement here needs."""
    return {
        "organization": organization_id,
        "queues": [REVIEW_QUEUE.code, DISPUTE_QUEUE.code],
        "gold": FIRST_GOLD_ROUND,
        "epoch": upper[0],
        "xid": upper[1],
        "since": "-infinity",
        "until": "infinity",
        "grain": "hour",
    }
