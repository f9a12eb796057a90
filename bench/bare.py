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
_LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff"
_mine = threading.local()


def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """One page after the id given in the query."""
    before = parse_qs(environ["QUERY_STRING"]).get("before", [_LAST])[0]
    key = environ["HTTP_AUTHORIZATION"].partition(" ")[2]
    connection = _connection()
    with connection.transaction():
        if not connection.execute(ENTER, [hashlib.sha256(key.encode()).digest(), ""]).fetchone():
            start_response("401 Unauthorized", [("Content-Length", "0")])
            return [b""]
        rows = connection.execute(PAGE, [before]).fetchall()
    body = orjson.dumps({"results": rows})
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def _connection() -> psycopg.Connection[dict[str, Any]]:
    if not hasattr(_mine, "connection"):
        _mine.connection = psycopg.connect(settings.DATABASE_URL, autocommit=True, row_factory=dict_row)
    return _mine.connection  # type: ignore[no-any-return]
