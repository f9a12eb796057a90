"""A million decided predictions, written by the server itself: rows as deciding leaves them, over ninety days."""

from typing import Any

import psycopg

SPREAD = """
SET session_replication_role = replica;
INSERT INTO predictions_modelversion (organization_id, name, version) VALUES (%(organization)s, 'judge', '2');
CREATE TEMP TABLE chosen ON COMMIT DROP AS
    SELECT p.id, i.id AS item_id, i.content_digest, n, n %% 5 = 0 AS is_sampled, hash,
           CASE WHEN n %% 3 = 0 THEN two.id ELSE p.model_id END AS model_id,
           CASE WHEN hash %% 7 < 5 THEN 'reject' ELSE 'accept' END AS verdict,
           (55 + hash %% 45) / 100.0 AS confidence,
           CASE WHEN (hash / 7) %% 100 < 55 + hash %% 45 THEN hash %% 7 < 5 ELSE hash %% 7 >= 5 END AS is_rejected,
           now() - (%(days)s::float8 * n / %(decided)s) * interval '1 day' AS at
      FROM (SELECT p.*, row_number() OVER (ORDER BY id) AS n, abs(uuid_hash(id)::bigint) AS hash
              FROM predictions_prediction p WHERE organization_id = %(organization)s) p
      JOIN worklist_workitem i ON i.organization_id = p.organization_id AND i.subject_id = p.id
      JOIN predictions_modelversion two ON two.organization_id = p.organization_id AND two.version = '2'
     WHERE n <= %(decided)s;
UPDATE predictions_prediction p SET model_id = c.model_id, verdict = c.verdict, confidence = c.confidence
  FROM chosen c WHERE c.id = p.id;
UPDATE worklist_workitem i SET done_at = c.at, holder_id = (%(members)s)[1 + c.n %% 3], is_sampled = c.is_sampled
  FROM chosen c WHERE c.item_id = i.id;
CREATE TEMP TABLE second ON COMMIT DROP AS SELECT uuidv7() AS item_id, id, content_digest, n, is_rejected, at, hash
  FROM chosen WHERE is_sampled;
INSERT INTO worklist_workitem (id, organization_id, queue, subject_type, subject_id, round, priority, queued_at,
    available_at, slot, lease_number, excluded, probability, content_digest, done_at, holder_id, is_sampled)
SELECT item_id, %(organization)s, 'predictions.review', 'predictions.prediction', id, 2, 0, at, at, 0, 0, '{}', 0.2,
       content_digest, at, (%(members)s)[1 + (n + 1) %% 3], true FROM second;
"""
# Of an older epoch, each in a transaction of its own: what the counting has to go through.
DECISION = """
INSERT INTO decisions_decision (organization_id, item_id, member_id, verdict, reason, meaning, round, content_digest,
    seconds_spent, is_model_visible, authenticated_by, decided_at, epoch, transaction_id)
"""
DECISIONS = (
    DECISION
    + """
SELECT %(organization)s, item_id, (%(members)s)[1 + n %% 3], CASE WHEN is_rejected THEN 'reject' ELSE 'accept' END, '',
       'review', 1, content_digest, 5 + hash %% 60, true, 'session', at, 0, (2 * n)::text::xid8 FROM chosen ORDER BY n
"""
)
SECOND = (
    DECISION
    + """
SELECT %(organization)s, item_id, (%(members)s)[1 + (n + 1) %% 3],
       CASE WHEN is_rejected THEN 'reject' ELSE 'accept' END, '', 'review', 2, content_digest, 5 + hash %% 60, false,
       'session', at, 0, (2 * n + 1)::text::xid8 FROM second ORDER BY n
"""
)
SAID = """
INSERT INTO predictions_reasondecision (organization_id, decision_id, prediction_reason_id, outcome,
    corrected_explanation)
SELECT d.organization_id, d.id, r.id, CASE WHEN hashint8(d.transaction_id::text::bigint) %% 9 = 0 THEN 'overridden'
       ELSE 'confirmed' END, ''
  FROM decisions_decision d
  JOIN worklist_workitem i ON i.organization_id = d.organization_id AND i.id = d.item_id
  JOIN predictions_predictionreason r ON r.organization_id = d.organization_id AND r.prediction_id = i.subject_id
 WHERE d.organization_id = %(organization)s
"""
TABLES = "predictions_prediction, worklist_workitem, decisions_decision, predictions_reasondecision"


def decide(superuser_url: str, people: dict[str, Any], decided: int, days: int) -> None:
    """Have three reviewers decide that many predictions, a fifth of them twice."""
    members = [each["member"] for each in people["reviewers"][:3]]
    values = {"organization": people["organization"], "members": members, "decided": decided, "days": days}
    with psycopg.connect(superuser_url, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        with connection.transaction():
            for statement in (SPREAD, DECISIONS, SECOND, SAID):
                connection.execute(statement.replace("%(members)s", "%(members)s::uuid[]"), values)
        connection.execute(f"VACUUM (ANALYZE) {TABLES}")
        connection.execute("CHECKPOINT")
