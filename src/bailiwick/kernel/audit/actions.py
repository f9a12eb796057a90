"""Recording what happened."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Model
from psycopg.types.json import Jsonb

from bailiwick.kernel.audit.errors import UnknownVerb
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.tenancy.scope import require_scope

INSERT = """
INSERT INTO audit_event (verb, subject_type, subject_id, member_id, credential, request_id, data)
VALUES (%(verb)s, %(subject_type)s, %(subject_id)s, %(member_id)s, %(credential)s, %(request_id)s, %(data)s)
"""


def record(actor: ActorRef, verb: str, subject: Model, data: Mapping[str, Any] | None = None) -> None:
    """Write the event of the present action, in its transaction; raises UnknownVerb for an undeclared verb."""
    if verb not in registry().verbs:
        raise UnknownVerb(verb)
    values = {
        "verb": verb,
        "subject_type": subject._meta.label_lower,
        "subject_id": subject.pk,
        "member_id": actor.member_id,
        "credential": actor.credential,
        "request_id": require_scope().request_id,
        "data": Jsonb(dict(data or {})),
    }
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values)
