"""The floor of lists: credential check and scope, one statement, orjson, and nothing else."""

import hashlib
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import orjson
import psycopg
from django.conf import settings
from psycopg.rows import dict_row

ENTER = "SELECT roles, scopes FROM access_enter_by_key(%s, %s)"
PAGE = """
SELECT p.id, p.external_id, p.product_id, json_build_object('name', m.name, 'version', m.version) AS model, p.verdict,
       p.confidence::float8, p.title, p.text, p.link, p.attributes, encode(p.content_digest, 'hex') AS content_digest,
       p.received_at,
       (SELECT json_agg(json_build_object('reason_id', c.code, 'reason', c.title, 'confidence', r.confidence,
                                          'score', r.score, 'explanation', r.explanation) ORDER BY r.position)
          FROM predictions_predictionreason r
          JOIN predictions_reason c ON c.organization_id = r.organization_id AND c.id = r.reason_id
         WHERE r.organization_id = p.organization_id AND r.prediction_id = p.id) AS rejection_reasons
  FROM predictions_prediction p
  LEFT JOIN predictions_modelversion m ON m.organization_id = p.organization_id AND m.id = p.model_id
 WHERE p.organization_id = app_organization() AND p.id < %s
 ORDER BY p.id DESC LIMIT 100
"""
CLAIMS = """
SELECT c.id, c.organization_id AS organization, c.number, c.version, c.patient_id AS patient,
       json_build_object('id', p.id, 'number', p.number, 'first_name', p.first_name, 'last_name', p.last_name,
                         'date_of_birth', p.date_of_birth, 'gender', p.gender, 'email', p.email, 'phone', p.phone)
           AS patient_details,
       c.provider_id AS provider, c.assigned_processor_id AS assigned_processor, c.status, c.stage, c.pend,
       c.diagnosis_code, c.procedure_code, c.amount::text, c.currency, c.service_date, c.submitted_at AS submitted_date,
       c.approval_reason, c.rejection_reason, c.allowed::text, c.paid::text, c.patient_owes::text, c.edition,
       c.created_at, c.updated_at
  FROM claims_claim c
  JOIN claims_patient p ON p.organization_id = c.organization_id AND p.id = c.patient_id
 WHERE c.organization_id = app_organization() AND c.is_live AND c.status = 'submitted' AND c.service_date >= %s
   AND c.id < %s {narrowed}
 ORDER BY c.id DESC LIMIT 100
"""
COLUMNS = ("assigned_processor_id", "provider_id", "patient_id")
_LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff"
_mine = threading.local()


def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """One page of predictions after the id given in the query."""
    before = parse_qs(environ["QUERY_STRING"]).get("before", [_LAST])[0]
    return _answer(environ, start_response, PAGE, [before])


def answer_claims(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """One page of open claims since a day, after the id given in the query, of whose they are."""
    asked = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
    values = [asked["since"], asked.get("before", _LAST)]
    column = asked.get("column", "")
    narrowed = f"AND c.{column} = %s" if column in COLUMNS else ""
    key = [asked["key"]] if narrowed else []
    return _answer(environ, start_response, CLAIMS.format(narrowed=narrowed), values + key)


def _answer(
    environ: dict[str, Any], start_response: Callable[..., Any], statement: str, values: list[str]
) -> list[bytes]:
    key = environ["HTTP_AUTHORIZATION"].partition(" ")[2]
    connection = _connection()
    with connection.transaction():
        if not connection.execute(ENTER, [hashlib.sha256(key.encode()).digest(), ""]).fetchone():
            start_response("401 Unauthorized", [("Content-Length", "0")])
            return [b""]
        rows = connection.execute(statement, values).fetchall()  # type: ignore[call-overload]
    body = orjson.dumps({"results": rows})
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def _connection() -> psycopg.Connection[dict[str, Any]]:
    if not hasattr(_mine, "connection"):
        _mine.connection = psycopg.connect(settings.DATABASE_URL, autocommit=True, row_factory=dict_row)
    return _mine.connection  # type: ignore[no-any-return]
