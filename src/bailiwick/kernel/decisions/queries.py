"""Reading decisions; what may be seen of the subject is asked by the caller."""

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from bailiwick.kernel.decisions.models import Decision


def list_decisions(item_ids: list[UUID]) -> QuerySet[Decision]:
    """All decisions on some items with their deciders, oldest first."""
    return Decision.objects.filter(item_id__in=item_ids).select_related("member").order_by("id")


def live_decisions() -> QuerySet[Decision]:
    """Decisions that none supersedes: the ends of the chains."""
    successor = Decision.objects.filter(supersedes_id=OuterRef("id"))
    return Decision.objects.filter(~Exists(successor))


def get_live_decision(item_id: UUID) -> Decision | None:
    """The decision that counts for an item."""
    return live_decisions().filter(item_id=item_id).first()


def list_deciders(item_ids: list[UUID]) -> list[UUID]:
    """Members who have ever decided one of some items, superseded decisions included."""
    return list(Decision.objects.filter(item_id__in=item_ids).values_list("member_id", flat=True).distinct())


def map_verdicts(item_ids: list[UUID]) -> dict[UUID, str]:
    """The verdict that counts for each of some items."""
    return dict(live_decisions().filter(item_id__in=item_ids).values_list("item_id", "verdict"))
