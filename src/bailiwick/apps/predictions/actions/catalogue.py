"""Finding reasons and model versions by what the wire calls them, and adding those that are new."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _

from bailiwick.apps.predictions.models import ModelVersion, Reason
from bailiwick.apps.predictions.values import NewReason
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.tenancy.scope import require_scope

FIRST_CODE = 1
FIND = """
SELECT id, code, title FROM predictions_reason
 WHERE organization_id = %s AND (code = ANY (%s::bigint[]) OR lower(title) = ANY (
       SELECT lower(given) FROM unnest(%s::text[]) given)) ORDER BY code
"""

FIND_MODEL = "SELECT id FROM predictions_modelversion WHERE organization_id = %s AND name = %s AND version = %s"


@dataclass(frozen=True, slots=True)
class KnownReason:
    """An entry of the catalogue, as far as a prediction needs it."""

    id: UUID
    code: int
    title: str


def resolve_reasons(given: Sequence[NewReason]) -> list[KnownReason]:
    """The catalogue's entries for the reasons of one prediction, in order; unknown ones are added, unconfirmed.

    Raises InvalidInput when two of them are the same reason.
    """
    if not given:
        return []
    known = _find(given)
    if any(_pick(known, each) is None for each in given):
        known = _add_missing(given)
    found = [_pick(known, each) for each in given]
    reasons = [reason for reason in found if reason is not None]
    if len({reason.id for reason in reasons}) < len(given):
        raise InvalidInput({"rejection_reasons": [_("A reason may occur once in a prediction.")]})
    return reasons


def _find(given: Sequence[NewReason]) -> list[KnownReason]:
    codes = [each.code for each in given if each.code is not None]
    titles = [each.title for each in given if each.code is None]
    with connection.cursor() as cursor:
        cursor.execute(FIND, [require_scope().organization_id, codes, titles])
        return [KnownReason(*row) for row in cursor.fetchall()]


def _pick(known: list[KnownReason], wanted: NewReason) -> KnownReason | None:
    if wanted.code is not None:
        return next((reason for reason in known if reason.code == wanted.code), None)
    return next((reason for reason in known if reason.title.lower() == wanted.title.lower()), None)


def _add_missing(given: Sequence[NewReason]) -> list[KnownReason]:
    """One at a time in an organisation, so that a text gets one number and no number two texts."""
    with connection.cursor() as cursor:
        name = f"predictions.catalogue:{require_scope().organization_id}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
    known = _find(given)
    for each in given:
        if _pick(known, each) is None:
            code = each.code if each.code is not None else _next_code()
            title = each.title or _("Reason {code}").format(code=code)
            known.append(KnownReason(Reason.objects.create(code=code, title=title).id, code, title))
    return known


def _next_code() -> int:
    highest = Reason.objects.aggregate(highest=Max("code"))["highest"]
    return FIRST_CODE if highest is None else int(highest) + 1


def resolve_model(name: str, version: str) -> UUID | None:
    """The key of a model version, added when it is new; None for no name."""
    if not name:
        return None
    found = _find_model(name, version)
    if found is None:
        ModelVersion.objects.bulk_create([ModelVersion(name=name, version=version)], ignore_conflicts=True)
        found = _find_model(name, version)
    return found


def _find_model(name: str, version: str) -> UUID | None:
    with connection.cursor() as cursor:
        cursor.execute(FIND_MODEL, [require_scope().organization_id, name, version])
        row = cursor.fetchone()
    return row[0] if row else None
