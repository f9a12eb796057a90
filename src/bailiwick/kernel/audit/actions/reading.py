"""Recording who was shown what is sensitive."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from bailiwick.kernel.audit.errors import UnknownPurpose
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.manifest import EMERGENCY, registry
from bailiwick.kernel.tenancy.scope import enter, require_scope

# One statement whether the organisation counts the kind among the sensitive ones or not, and whatever is read in an
# emergency among the rest.
INSERT = """
INSERT INTO audit_read (kind, row_ids, about_ids, purpose, member_id, credential, request_id, address)
SELECT %(kind)s::text, array_agg(id ORDER BY place), %(about_ids)s::uuid[],
       CASE WHEN is_urgent THEN %(emergency)s::text ELSE %(purpose)s::text END, %(member_id)s::uuid,
       %(credential)s::text, %(request_id)s::text, %(address)s::inet
  FROM (SELECT shown.id, shown.place, {urgent} AS is_urgent
          FROM unnest(%(row_ids)s::uuid[]) WITH ORDINALITY AS shown(id, place)) shown
 WHERE %(always)s::boolean
    OR EXISTS (SELECT FROM audit_sensitivekind
                WHERE organization_id = (SELECT app_organization()) AND kind = %(kind)s::text AND is_sensitive)
 GROUP BY is_urgent
"""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading as it was written down."""

    statement: str
    values: Mapping[str, Any]

    def write(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(self.statement, self.values)

    @property
    def plain(self) -> dict[str, Any]:
        """What of it JSON keeps, to be recorded once more with an answer that is given again."""
        given = self.values
        ids = {name: [str(each) for each in given[name]] for name in ("row_ids", "about_ids")}
        return {"kind": given["kind"], "purpose": given["purpose"], **ids}


_remembered: ContextVar[list[Reading] | None] = ContextVar("bailiwick_readings", default=None)


def record_reading(
    actor: ActorRef,
    kind: str,
    row_ids: Sequence[UUID | str],
    purpose: str,
    about_ids: Sequence[UUID | str] = (),
    urgent: str = "false",
) -> None:
    """Write down that records are shown and what for, in the transaction that read them (45 CFR 164.312(b)).

    Of a kind that is optional nothing is written where the organisation has not turned it on. `urgent` is a condition
    in SQL, never made of input: which of `shown.id` are read in an emergency. Raises UnknownPurpose for a purpose that
    the kind does not declare.
    """
    sensitive = registry().sensitives[kind]
    if purpose not in sensitive.titles:
        raise UnknownPurpose(purpose)
    if not row_ids:
        return
    scope = require_scope()
    values = {
        "kind": kind,
        "row_ids": list(row_ids),
        "about_ids": list(about_ids),
        "purpose": purpose,
        "emergency": EMERGENCY.code,
        "member_id": actor.member_id,
        "credential": actor.credential,
        "request_id": scope.request_id,
        "address": scope.address,
        "always": not sensitive.is_optional,
    }
    reading = Reading(INSERT.format(urgent=urgent), values)
    reading.write()
    remembered = _remembered.get()
    if remembered is not None:
        remembered.append(reading)


@contextmanager
def remembering() -> Iterator[list[Reading]]:
    """What is recorded meanwhile, for whoever shows it again, or although the transaction is rolled back."""
    readings: list[Reading] = []
    token = _remembered.set(readings)
    try:
        yield readings
    finally:
        _remembered.reset(token)


def record_again(organization_id: UUID, readings: Sequence[Reading]) -> None:
    """Write readings down once more, in a transaction of their own: what was shown stays on record."""
    with enter(organization_id):
        for reading in readings:
            reading.write()
