"""Why whoever did something was allowed to: the explanation of what the trail says was asked."""

from datetime import datetime, timedelta
from uuid import UUID

from django.apps import apps
from django.db.models import Min, Model

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.queries.explaining import EXPLAIN, Explanation, explain
from bailiwick.kernel.audit.models import Change, Event
from bailiwick.kernel.base.manifest import registry


def may_ask_about(actor: Actor, event: Event) -> bool:
    """Whether the actor may ask why whoever did it was allowed to."""
    return event.member_id == actor.member_id or actor.may(EXPLAIN)


def explain_event(actor: Actor, event: Event) -> Explanation | None:
    """By what right something was done, as grants and roles were at that time.

    None where no right was asked for, none is known of that name any more, or the actor may not ask.
    """
    if event.member_id is None or event.right not in registry().rights or not may_ask_about(actor, event):
        return None
    over = None
    if event.over_id is not None:
        over = _stand_in(event.over_type, event.over_id)
        if over is None:
            return None
    why = explain(actor, event.member_id, event.right, over, event.at)
    if why.is_allowed:
        return why
    before = explain(actor, event.member_id, event.right, over, _begun_at(event))
    return before if before.is_allowed else why


def principals_of(why: Explanation) -> list[str]:
    """On whose behalf somebody acted: those whose deputy they were, where nothing else gave them the right."""
    own = [chain.own for chain in why.chains]
    if not all(link.grant.is_deputy for link in own):
        return []
    return list(dict.fromkeys(link.giver for link in own if link.giver))


def _begun_at(event: Event) -> datetime:
    """Before the first that its transaction wrote: what somebody did may have taken them the right to it."""
    if not event.request_id:
        return event.at
    beside = {"request_id": event.request_id, "transaction_id": event.transaction_id}
    written = [model._default_manager.filter(**beside).aggregate(first=Min("at"))["first"] for model in (Event, Change)]
    return min(filter(None, (event.at, *written))) - timedelta(microseconds=1)


def _stand_in(label: str, key: UUID) -> Model | None:
    """A row by its kind and key alone: whoever reads the trail need not see it."""
    try:
        return apps.get_model(label)(pk=key)
    except (LookupError, ValueError):
        return None
