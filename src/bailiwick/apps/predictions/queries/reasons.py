"""Reading the catalogue of reasons."""

from uuid import UUID

from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Lower

from bailiwick.apps.predictions.choices import ReasonState
from bailiwick.apps.predictions.manifest import SEE, SUBMIT
from bailiwick.apps.predictions.models import PredictionReason, Reason
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import NotFound

COUNTED_UP_TO = 10_000
OFFERED = 1_000


def list_entries(actor: Actor) -> QuerySet[Reason]:
    """Every entry of the catalogue with the one that stands for it, by number; whoever submits may read it too."""
    rows = Reason.objects.select_related("merged_into").order_by("code")
    return rows if actor.may((*SEE, SUBMIT)) else rows.none()


def in_state(rows: QuerySet[Reason], state: str) -> QuerySet[Reason]:
    """Entries that are confirmed, not yet, or merged into another."""
    if state == ReasonState.MERGED:
        return rows.filter(merged_into__isnull=False)
    return rows.filter(merged_into=None, is_confirmed=state == ReasonState.CONFIRMED)


def named(rows: QuerySet[Reason], text: str) -> QuerySet[Reason]:
    """Entries with a text in their title, or of that number."""
    found = Q(title__icontains=text)
    return rows.filter(found | Q(code=int(text)) if text.isascii() and text.isdecimal() and len(text) < 19 else found)


def list_to_pick(actor: Actor) -> list[Reason]:
    """What may be given as a reason: confirmed and unmerged, by title; at most OFFERED of them."""
    rows = in_state(list_entries(actor), ReasonState.CONFIRMED)
    return list(rows.order_by(Lower("title"), "code")[:OFFERED])


def get_reason(actor: Actor, reason_id: UUID) -> Reason:
    """One entry; raises NotFound."""
    found = list_entries(actor).filter(id=reason_id).first()
    if found is None:
        raise NotFound
    return found


def list_merged(reason_id: UUID) -> list[Reason]:
    """The entries for which one stands."""
    return list(Reason.objects.filter(merged_into=reason_id).order_by("code"))


def count_uses(reason_id: UUID) -> int:
    """How many predictions came with a reason, counted up to one more than COUNTED_UP_TO."""
    return len(PredictionReason.objects.filter(reason_id=reason_id).values_list("id")[: COUNTED_UP_TO + 1])


def next_code() -> int:
    """The number after the highest one."""
    highest: int | None = Reason.objects.aggregate(highest=Max("code"))["highest"]
    return 1 if highest is None else highest + 1
