"""Finding reasons and model versions by what the wire calls them, and adding those that are new."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from bailiwick.apps.predictions.models import Reason
from bailiwick.apps.predictions.values import NewPrediction, NewReason
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.tenancy.scope import require_scope

FIRST_CODE = 1
# What predictions name, their models and their reasons, by one statement. A reason that was merged into another is
# found by its own number and title still, and stands for the other.
FIND = """
SELECT m.id, NULL AS code, m.name, m.version, NULL AS given_code, false AS is_merged
  FROM predictions_modelversion m
 WHERE m.organization_id = %(organization)s
   AND (m.name, m.version) IN (SELECT * FROM unnest(%(models)s::text[], %(versions)s::text[]))
UNION ALL
SELECT coalesce(target.id, r.id), coalesce(target.code, r.code), coalesce(target.title, r.title), r.title, r.code,
       target.id IS NOT NULL
  FROM predictions_reason r
  LEFT JOIN predictions_reason target
         ON target.organization_id = r.organization_id AND target.id = r.merged_into_id
 WHERE r.organization_id = %(organization)s AND (r.code = ANY (%(codes)s::bigint[]) OR lower(r.title) = ANY (
       SELECT lower(given) FROM unnest(%(titles)s::text[]) given))
"""
# After the highest number whose successor is free: the very last one may be taken.
NEXT_CODE = """
SELECT r.code + 1 FROM predictions_reason r
 WHERE r.organization_id = %(organization)s AND r.code < 9223372036854775807
   AND NOT EXISTS (SELECT FROM predictions_reason n
                    WHERE n.organization_id = r.organization_id AND n.code = r.code + 1)
 ORDER BY r.code DESC LIMIT 1
"""
ADD_MODELS = """
INSERT INTO predictions_modelversion (name, version)
SELECT * FROM unnest(%s::text[], %s::text[]) ON CONFLICT DO NOTHING
"""

Model = tuple[str, str]
"""Name and version."""


@dataclass(frozen=True, slots=True)
class KnownReason:
    """An entry of the catalogue, as far as a prediction needs it."""

    id: UUID
    code: int
    title: str


@dataclass(slots=True)
class Catalogue:
    """What some predictions name, as far as it is known: reasons by number and by title, models by name and version."""

    by_code: dict[int, KnownReason] = field(default_factory=dict)
    by_title: dict[str, KnownReason] = field(default_factory=dict)
    models: dict[Model, UUID] = field(default_factory=dict)

    def pick(self, wanted: NewReason) -> KnownReason | None:
        if wanted.code is not None:
            return self.by_code.get(wanted.code)
        return self.by_title.get(wanted.title.lower())

    def reasons_of(self, new: NewPrediction) -> list[KnownReason]:
        """The entries for a prediction's reasons, in order; raises InvalidInput when two of them are the same."""
        reasons = [reason for each in new.reasons if (reason := self.pick(each)) is not None]
        if len({reason.id for reason in reasons}) < len(new.reasons):
            raise InvalidInput({"rejection_reasons": [_("A reason may occur once in a prediction.")]})
        return reasons

    def model_of(self, new: NewPrediction) -> UUID | None:
        return self.models[new.model_name, new.model_version] if new.model_name else None

    def add(self, reason: KnownReason) -> None:
        self.by_code[reason.code] = reason
        self.by_title.setdefault(reason.title.lower(), reason)


@dataclass(frozen=True, slots=True)
class Named:
    """What one prediction names: its reasons in order, and its model version."""

    reasons: list[KnownReason]
    model_id: UUID | None


def resolve(new: NewPrediction) -> Named:
    """The catalogue's entries for the reasons of a prediction, in order, and its model; unknown ones are added.

    A reason is added unconfirmed. Raises InvalidInput when two of them are the same reason.
    """
    known = resolve_all([new])
    return Named(known.reasons_of(new), known.model_of(new))


def resolve_all(news: Collection[NewPrediction]) -> Catalogue:
    """Everything that some predictions name; what is unknown is added, a reason unconfirmed."""
    reasons = {(each.code, each.title if each.code is None else ""): each for new in news for each in new.reasons}
    models = {(new.model_name, new.model_version) for new in news if new.model_name}
    known = _find(reasons.values(), models)
    if any(known.pick(each) is None for each in reasons.values()):
        known = _add_reasons(reasons.values(), models)
    if missing := models - known.models.keys():
        _add_models(missing)
        known.models = _find((), models).models
    return known


def _find(reasons: Collection[NewReason], models: Collection[Model]) -> Catalogue:
    values = {
        "organization": require_scope().organization_id,
        "models": [name for name, _version in models],
        "versions": [version for _name, version in models],
        "codes": [each.code for each in reasons if each.code is not None],
        "titles": [each.title for each in reasons if each.code is None],
    }
    with connection.cursor() as cursor:
        cursor.execute(FIND, values)
        rows = cursor.fetchall()
    found, reason_rows = Catalogue(), []
    for row in rows:
        key, code, name, version, *_given = row
        if code is None:
            found.models[name, version] = key
        else:
            reason_rows.append(row)
    # Of those with one title the unmerged counts, then the oldest number.
    for key, code, title, given_title, given_code, _merged in sorted(reason_rows, key=lambda row: (row[5], row[4])):
        reason = KnownReason(key, code, title)
        found.by_code[given_code] = reason
        found.by_title.setdefault(given_title.lower(), reason)
    return found


def lock_catalogue() -> None:
    """One change at a time in an organisation, so that a text gets one number and no number two texts."""
    with connection.cursor() as cursor:
        name = f"predictions.catalogue:{require_scope().organization_id}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def _add_reasons(reasons: Collection[NewReason], models: Collection[Model]) -> Catalogue:
    lock_catalogue()
    known = _find(reasons, models)
    for each in reasons:
        if known.pick(each) is None:
            code = each.code if each.code is not None else _next_code()
            title = each.title or _("Reason {code}").format(code=code)
            known.add(KnownReason(Reason.objects.create(code=code, title=title).id, code, title))
    return known


def _next_code() -> int:
    with connection.cursor() as cursor:
        cursor.execute(NEXT_CODE, {"organization": require_scope().organization_id})
        row = cursor.fetchone()
    return row[0] if row else FIRST_CODE


def _add_models(models: Iterable[Model]) -> None:
    """Whoever is second finds what the first one added; in one order, so that two never wait for each other."""
    names, versions = zip(*sorted(models), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(ADD_MODELS, [list(names), list(versions)])
