"""Recording what happened."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Model
from psycopg.types.json import Jsonb

from bailiwick.kernel.audit.errors import UnknownVerb
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.tenancy.scope import last_asked, require_scope

INSERT = """
INSERT INTO audit_event (verb, subject_type, subject_id, member_id, credential, credential_id, request_id, address,
                         "right", over_type, over_id, data)
VALUES (%(verb)s, %(subject_type)s, %(subject_id)s, %(member_id)s, %(credential)s, %(credential_id)s, %(request_id)s,
        %(address)s, %(right)s, %(over_type)s, %(over_id)s, %(data)s)
"""


def record(actor: ActorRef, verb: str, subject: Model, data: Mapping[str, Any] | None = None) -> None:
    """Write the event of the present action, in its transaction; raises UnknownVerb for an undeclared verb."""
    if verb not in registry().verbs:
        raise UnknownVerb(verb)
    scope, asked = require_scope(), last_asked()
    values = {
        "verb": verb,
        "subject_type": subject._meta.label_lower,
        "subject_id": subject.pk,
        "member_id": actor.member_id,
        "credential": actor.credential,
        "credential_id": scope.credential_id,
        "request_id": scope.request_id,
        "address": scope.address,
        "right": asked.right,
        "over_type": asked.over_type,
        "over_id": asked.over_id,
        "data": Jsonb(dict(data or {})),
    }
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values)
