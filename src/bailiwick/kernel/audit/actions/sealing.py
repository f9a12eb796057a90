"""Sealing what is final."""

from django.db import connection

from bailiwick.kernel.audit.models.seals import MOST_ROWS
from bailiwick.kernel.tenancy.scope import require_scope

AT_ONCE = 5
"""Blocks that one transaction writes at most: what a killed sealer has to do again."""


def seal_rows() -> bool:
    """Seal what is final in the organisation in scope; whether there may be more. Nothing while another seals it."""
    require_scope()
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_seal(%s, %s)", [AT_ONCE, MOST_ROWS])
        [written] = cursor.fetchone()
    return bool(written == AT_ONCE)
