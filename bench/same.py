"""A review's statements sent by psycopg alone: what the database itself takes for claiming and deciding."""

from collections.abc import Callable
from uuid import UUID

import psycopg

from bench.stage import Place

ENTER = "SELECT * FROM access_enter(%s, %s, 'bench-request')"
CLAIM = """
UPDATE worklist_workitem SET holder_id = %(member)s, lease_number = lease_number + 1, claimed_at = now(),
       available_at = now() + interval '600 s'
 WHERE organization_id = %(organization)s AND id = (
       SELECT id FROM worklist_workitem
        WHERE organization_id = %(organization)s AND queue = 'predictions.review' AND done_at IS NULL
          AND available_at <= now() AND NOT excluded @> ARRAY[%(member)s]::uuid[]
        ORDER BY priority DESC, queued_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, subject_id
"""
READ = """
SELECT p.*, (SELECT json_agg(r) FROM predictions_predictionreason r
              WHERE r.organization_id = p.organization_id AND r.prediction_id = p.id)
  FROM predictions_prediction p WHERE p.organization_id = %s AND p.id = %s
"""
LOCK = "SELECT * FROM worklist_workitem WHERE organization_id = %s AND id = %s FOR UPDATE"
REASONS = "SELECT id FROM predictions_predictionreason WHERE organization_id = %s AND prediction_id = %s"
DECIDE = """
INSERT INTO decisions_decision (item_id, member_id, verdict, reason, meaning, round, content_digest, seconds_spent,
    is_model_visible, authenticated_by) VALUES (%s, %s, 'reject', '', 'review', 1, 'x', 0, true, 'token') RETURNING id
"""
OUTCOMES = """
INSERT INTO predictions_reasondecision (decision_id, prediction_reason_id, outcome, corrected_explanation)
SELECT %s, unnest(%s::uuid[]), 'confirmed', ''
"""
COMPLETE = "UPDATE worklist_workitem SET done_at = now() WHERE organization_id = %s AND id = %s"
RECORD = """
INSERT INTO audit_event (verb, subject_type, subject_id, member_id, credential, request_id, data)
VALUES ('predictions.prediction.decided', 'decisions.decision', %s, %s, 'token', 'bench-request', '{}')
"""


def review(place: Place, number: int, decided: list[UUID]) -> Callable[[], bool]:
    """Two transactions, as the two requests have."""
    organization, member = place.people["organization"], place.people["reviewers"][number]["member"]
    connection = psycopg.connect(place.environment["DATABASE_URL"], autocommit=True, prepare_threshold=3)
    scope = [organization, member]

    def step() -> bool:
        with connection.transaction():
            connection.execute(ENTER, scope)
            claimed = connection.execute(CLAIM, {"organization": organization, "member": member}).fetchone()
            assert claimed is not None
            item, subject = claimed
            connection.execute(READ, [organization, subject]).fetchone()
        with connection.transaction():
            connection.execute(ENTER, scope)
            connection.execute(LOCK, [organization, item]).fetchone()
            reasons = [row[0] for row in connection.execute(REASONS, [organization, subject]).fetchall()]
            [decision] = connection.execute(DECIDE, [item, member]).fetchone() or [None]
            connection.execute(OUTCOMES, [decision, reasons])
            connection.execute(COMPLETE, [organization, item])
            connection.execute(RECORD, [decision, member])
        decided.append(subject)
        return True

    return step
