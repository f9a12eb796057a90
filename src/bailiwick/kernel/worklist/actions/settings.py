"""How an organisation works its queues."""

from decimal import Decimal

from django.db import transaction

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.manifest import Queue
from bailiwick.kernel.worklist.models import QueueSettings


def change_settings(
    *, actor: Actor, queue: Queue, right: str, second_opinions: Decimal, gold: Decimal, is_first_round_blind: bool
) -> QueueSettings:
    """Set the shares (0 to 1) of second opinions and of gold items, and whether first rounds hide the model's side.

    The share of second opinions holds for what arrives from now on, the others from the next claim and decision on.
    """
    actor.require(right)
    with transaction.atomic(savepoint=False):
        settings, _is_new = QueueSettings.objects.select_for_update().get_or_create(queue=queue.code)
        settings.second_opinions, settings.gold = second_opinions, gold
        settings.is_first_round_blind = is_first_round_blind
        settings.save(update_fields=["second_opinions", "gold", "is_first_round_blind"])
        shares = {"second_opinions": str(second_opinions), "gold": str(gold), "blind": is_first_round_blind}
        record(actor.ref, "worklist.settings.changed", settings, {"queue": queue.code, **shares})
        return settings
