"""A backlog of any size, written by the server itself: rows as `submit_prediction` leaves them."""

from typing import Any

import psycopg

COMMON = 20
RARE_CODE = 999
RARE_EVERY = 20_000

# As a superuser, without the triggers of foreign keys: what is written here is right by construction.
PREPARE = """
SET session_replication_role = replica;
CREATE TEMP TABLE made ON COMMIT DROP AS
    SELECT n, uuidv7() AS id, now() - make_interval(secs => (%(count)s - n) / 1000.0) AS at,
           sha256(int8send(n)) AS hash
      FROM generate_series(1, %(count)s::bigint) n;
CREATE TEMP TABLE reason ON COMMIT DROP AS
    WITH added AS (
        INSERT INTO predictions_reason (organization_id, code, title, policy, is_confirmed)
        SELECT %(organization)s, code, 'Reason ' || code, 'What the policy says of it.', true
          FROM (SELECT generate_series(1, %(common)s) UNION ALL SELECT %(rare)s) c (code)
        RETURNING id, code
    ) SELECT * FROM added;
INSERT INTO predictions_modelversion (organization_id, name, version) VALUES (%(organization)s, 'judge', '1');
"""
PREDICTIONS = """
INSERT INTO predictions_prediction (id, organization_id, submitted_by_id, identity, body, external_id, product_id,
    model_id, verdict, confidence, title, text, link, attributes, content_digest, received_at)
SELECT made.id, %(organization)s, %(program)s, hash, hash, '', 'P-' || n, m.id, 'reject', 0.9,
       'A listing, number ' || n, repeat('What the seller says of the product. ', 8), '', '{}', hash, at
  FROM made, predictions_modelversion m WHERE m.organization_id = %(organization)s
"""
# Every second prediction has two reasons; in every RARE_EVERY-th the second is the rare one.
REASONS = """
INSERT INTO predictions_predictionreason (organization_id, prediction_id, position, reason_id, confidence, score,
    explanation)
SELECT %(organization)s, made.id, position, reason.id, 'High', 0.91,
       'The phrase “for life” promises what cannot be kept.'
  FROM made, LATERAL (
      SELECT 1 AS position, 1 + n %% %(common)s AS code
      UNION ALL SELECT 2, CASE WHEN n %% %(every)s = %(every)s / 2 THEN %(rare)s ELSE 1 + (n + 7) %% %(common)s END
       WHERE n %% 2 = 0
  ) given JOIN reason USING (code) ORDER BY n, position
"""
ITEMS = """
INSERT INTO worklist_workitem (organization_id, queue, subject_type, subject_id, round, priority, queued_at,
    available_at, due_at, slot, lease_number, excluded, probability, content_digest)
SELECT %(organization)s, 'predictions.review', 'predictions.prediction', id, 1, 0, at, at, at + interval '1 day',
       0, 0, '{}', 1, hash FROM made ORDER BY n
"""
TABLES = "predictions_reason, predictions_prediction, predictions_predictionreason, worklist_workitem"


def fill(superuser_url: str, people: dict[str, Any], count: int) -> None:
    """Add `count` pending predictions to the first organisation, and a few to the second."""
    with psycopg.connect(superuser_url, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        for organization, rows in ((people["organization"], count), (people["other"], min(count, 1000))):
            values = {"organization": organization, "program": people["program"], "count": rows, "common": COMMON}
            with connection.transaction():
                for statement in (PREPARE, PREDICTIONS, REASONS, ITEMS):
                    connection.execute(statement, values | {"rare": RARE_CODE, "every": RARE_EVERY})
        connection.execute(f"VACUUM (ANALYZE) {TABLES}")
        connection.execute("CHECKPOINT")
