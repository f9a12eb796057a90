"""Finding reasons and model versions by what the wire calls them, and adding those that are new."""

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Max, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from bailiwick.apps.predictions.models import ModelVersion, Reason
from bailiwick.apps.predictions.values import NewReason
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.tenancy.scope import require_scope

FIRST_CODE = 1


def resolve_reasons(given: Sequence[NewReason]) -> list[Reason]:
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


def _find(given: Sequence[NewReason]) -> list[Reason]:
    codes = [each.code for each in given if each.code is not None]
    titles = [each.title.lower() for each in given if each.code is None]
    rows = Reason.objects.annotate(lower_title=Lower("title"))
    return list(rows.filter(Q(code__in=codes) | Q(lower_title__in=titles)).order_by("code"))


def _pick(known: list[Reason], wanted: NewReason) -> Reason | None:
    if wanted.code is not None:
        return next((reason for reason in known if reason.code == wanted.code), None)
    return next((reason for reason in known if reason.title.lower() == wanted.title.lower()), None)


def _add_missing(given: Sequence[NewReason]) -> list[Reason]:
    """One at a time in an organisation, so that a text gets one number and no number two texts."""
    with connection.cursor() as cursor:
        name = f"predictions.catalogue:{require_scope().organization_id}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
    known = _find(given)
    for each in given:
        if _pick(known, each) is None:
            code = each.code if each.code is not None else _next_code()
            title = each.title or _("Reason {code}").format(code=code)
            known.append(Reason.objects.create(code=code, title=title))
    return known


def _next_code() -> int:
    highest = Reason.objects.aggregate(highest=Max("code"))["highest"]
    return FIRST_CODE if highest is None else int(highest) + 1


def resolve_model(name: str, version: str) -> UUID | None:
    """The key of a model version, added when it is new; None for no name."""
    if not name:
        return None
    wanted = ModelVersion.objects.filter(name=name, version=version).values_list("id", flat=True)
    if (found := wanted.first()) is not None:
        return found
    try:
        with transaction.atomic():
            return ModelVersion.objects.create(name=name, version=version).id
    except IntegrityError:
        return wanted.get()
