"""Finding reasons and model versions by what the wire calls them, and adding those that are new."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _

from bailiwick.apps.predictions.models import ModelVersion, Reason
from bailiwick.apps.predictions.values import NewPrediction, NewReason
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.tenancy.scope import require_scope

FIRST_CODE = 1
# What one prediction names, its model and its reasons, by one statement.
FIND = """
SELECT id, NULL AS code, name FROM predictions_modelversion
 WHERE organization_id = %(organization)s AND name = %(model)s AND version = %(version)s
UNION ALL
SELECT id, code, title FROM predictions_reason
 WHERE organization_id = %(organization)s AND (code = ANY (%(codes)s::bigint[]) OR lower(title) = ANY (
       SELECT lower(given) FROM unnest(%(titles)s::text[]) given))
"""


@dataclass(frozen=True, slots=True)
class KnownReason:
    """An entry of the catalogue, as far as a prediction needs it."""

    id: UUID
    code: int
    title: str


@dataclass(slots=True)
class Named:
    """What a prediction names, as far as it is known: reasons of the catalogue, and its model version."""

    reasons: list[KnownReason]
    model_id: UUID | None


def resolve(new: NewPrediction) -> Named:
    """The catalogue's entries for the reasons of a prediction, in order, and its model; unknown ones are added.

    A reason is added unconfirmed. Raises InvalidInput when two of them are the same reason.
    """
    known = _find(new)
    if any(_pick(known.reasons, each) is None for each in new.reasons):
        known = _add_reasons(new)
    found = [_pick(known.reasons, each) for each in new.reasons]
    reasons = [reason for reason in found if reason is not None]
    if len({reason.id for reason in reasons}) < len(new.reasons):
        raise InvalidInput({"rejection_reasons": [_("A reason may occur once in a prediction.")]})
    if new.model_name and known.model_id is None:
        known = _add_model(new)
    return Named(reasons, known.model_id)


def _find(new: NewPrediction) -> Named:
    values = {
        "organization": require_scope().organization_id,
        "model": new.model_name,
        "version": new.model_version,
        "codes": [each.code for each in new.reasons if each.code is not None],
        "titles": [each.title for each in new.reasons if each.code is None],
    }
    found = Named([], None)
    with connection.cursor() as cursor:
        cursor.execute(FIND, values)
        for key, code, title in cursor.fetchall():
            if code is None:
                found.model_id = key
            else:
                found.reasons.append(KnownReason(key, code, title))
    found.reasons.sort(key=lambda reason: reason.code)
    return found


def _pick(known: list[KnownReason], wanted: NewReason) -> KnownReason | None:
    if wanted.code is not None:
        return next((reason for reason in known if reason.code == wanted.code), None)
    return next((reason for reason in known if reason.title.lower() == wanted.title.lower()), None)


def _add_reasons(new: NewPrediction) -> Named:
    """One at a time in an organisation, so that a text gets one number and no number two texts."""
    with connection.cursor() as cursor:
        name = f"predictions.catalogue:{require_scope().organization_id}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
    known = _find(new)
    for each in new.reasons:
        if _pick(known.reasons, each) is None:
            code = each.code if each.code is not None else _next_code()
            title = each.title or _("Reason {code}").format(code=code)
            known.reasons.append(KnownReason(Reason.objects.create(code=code, title=title).id, code, title))
    return known


def _next_code() -> int:
    highest = Reason.objects.aggregate(highest=Max("code"))["highest"]
    return FIRST_CODE if highest is None else int(highest) + 1


def _add_model(new: NewPrediction) -> Named:
    """Whoever is second finds what the first one added."""
    version = ModelVersion(name=new.model_name, version=new.model_version)
    ModelVersion.objects.bulk_create([version], ignore_conflicts=True)
    return _find(new)
