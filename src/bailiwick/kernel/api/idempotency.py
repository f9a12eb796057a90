"""`Idempotency-Key`: a request that is sent again gets its first answer again (draft-ietf-httpapi-idempotency-key).

The record is written in the request's own transaction. A second request with the same key waits for the first on
the row; when that one was refused, its record went with the rollback, and the second one is tried afresh.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models.functions import Now
from django.http import HttpResponse
from rest_framework.request import Request

from bailiwick.kernel.api.errors import InvalidKey, KeyReused
from bailiwick.kernel.api.models import IdempotencyRecord
from bailiwick.kernel.audit.actions.reading import record_reading, remembering

Handler = Callable[..., HttpResponse]
LIFETIME = timedelta(hours=24)

CLAIM = """
INSERT INTO api_idempotencyrecord (member_id, key, request_digest) VALUES (%s, %s, %s)
ON CONFLICT (organization_id, member_id, key) DO UPDATE
   SET request_digest = excluded.request_digest, status = NULL, body = NULL, created_at = now()
 WHERE api_idempotencyrecord.created_at < now() - %s
RETURNING id
"""


def once(handler: Handler) -> Handler:
    """The handler, run only where its request carries no key, or a new one."""

    def answer(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        key = clean_key(request.headers.get("Idempotency-Key", ""))
        digest = _digest(request)
        record_id = _claim(request, key, digest)
        if record_id is None:
            return _replay(request, key, digest)
        with remembering() as readings:
            response = handler(request, *args, **kwargs)
        kept = {"status": response.status_code, "body": response.content, "readings": [each.plain for each in readings]}
        IdempotencyRecord.objects.filter(id=record_id).update(**kept)
        return response

    return answer


def clean_key(given: str) -> str:
    """The key without the quotes of a structured field; raises InvalidKey."""
    key = given[1:-1] if len(given) > 1 and given[0] == given[-1] == '"' else given
    if not (0 < len(key) <= 255 and key.isascii() and key.isprintable()):
        raise InvalidKey
    return key


def _digest(request: Request) -> bytes:
    plain = request._request
    head = f"{plain.method} {plain.get_full_path()}\n".encode()
    return hashlib.sha256(head + plain.body).digest()


def _claim(request: Request, key: str, digest: bytes) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [request.user.member_id, key, digest, LIFETIME])  # type: ignore[list-item, union-attr]
        row = cursor.fetchone()
        return row[0] if row else None


def _replay(request: Request, key: str, digest: bytes) -> HttpResponse:
    kept = IdempotencyRecord.objects.get(member_id=request.user.member_id, key=key)  # type: ignore[union-attr]
    if bytes(kept.request_digest) != digest:
        raise KeyReused
    for reading in kept.readings or ():
        record_reading(request.user.ref, **reading)  # type: ignore[union-attr]
    response = HttpResponse(bytes(kept.body or b""), status=kept.status, content_type="application/json")
    response["Idempotency-Replayed"] = "true"
    return response


def purge_expired() -> int:
    """Delete what has run out in the organisation in scope; returns how many."""
    return IdempotencyRecord.objects.filter(created_at__lt=Now() - LIFETIME).delete()[0]
