"""A queue of its own, and work in it."""

from uuid import uuid4

import pytest
from django.db import transaction

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.manifest import Queue, Right, Role, registry
from bailiwick.kernel.decisions.actions import write_decision
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.worklist.actions import claim_next, complete_item, lock_held, release_item, renew_lease
from bailiwick.kernel.worklist.claiming import Claim
from bailiwick.kernel.worklist.models import WorkItem

RIGHT = "tests.work"
QUEUE = Queue(code="tests.items", title="Items", right=RIGHT, url_name="web:desk", lease=600, max_held=3)
DIGEST = bytes(32)


def register_queue(monkeypatch: pytest.MonkeyPatch, queue: Queue = QUEUE) -> Queue:
    monkeypatch.setitem(registry().queues, queue.code, queue)
    monkeypatch.setitem(registry().rights, RIGHT, Right(RIGHT, "Work"))
    monkeypatch.setitem(registry().roles, RIGHT, Role(RIGHT, "Worker", (RIGHT,)))
    return queue


def add_items(number: int, **values: object) -> list[WorkItem]:
    """Work in the scope of the caller, first in first out."""
    given = {"queue": QUEUE.code, "subject_type": "tests.subject", "content_digest": DIGEST}
    return [WorkItem.objects.create(**({"subject_id": uuid4()} | given | values)) for _ in range(number)]


def claim(actor: Actor, **narrow: object) -> Claim | None:
    return claim_next(actor=actor, queue_code=QUEUE.code, **narrow)  # type: ignore[arg-type]


def decide(actor: Actor, claimed: Claim, verdict: str = "yes") -> Decision:
    """What an app's action does: lock, write, complete; within a savepoint, as at a door."""
    with transaction.atomic():
        item = lock_held(actor=actor, queue_code=QUEUE.code, subject_id=claimed.subject_id, token=claimed.token)
        decision = write_decision(
            actor=actor, item_id=item.id, verdict=verdict, content_digest=DIGEST, round=item.round
        )
        complete_item(item)
        return decision


def release(actor: Actor, claimed: Claim) -> None:
    with transaction.atomic():
        release_item(actor=actor, queue_code=QUEUE.code, subject_id=claimed.subject_id, token=claimed.token)


def renew(actor: Actor, claimed: Claim) -> WorkItem:
    with transaction.atomic():
        return renew_lease(actor=actor, queue_code=QUEUE.code, subject_id=claimed.subject_id, token=claimed.token)
