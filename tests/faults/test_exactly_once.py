"""Work is handed out once, whoever dies in between."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import count
from threading import Event
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import Error, connections
from django.db.models import Count

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.engines import Engines
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.worklist.errors import LeaseLost
from bailiwick.kernel.worklist.models import WorkItem
from bailiwick.kernel.worklist.tests.factories import DIGEST, QUEUE, RIGHT, claim, decide, register_queue

ITEMS = 1000
CLAIMERS = 16
LEASE = 2
DEADLINE = 90
KILL = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = %s AND usename = 'app_user' AND xact_start IS NOT NULL ORDER BY random() LIMIT 1"
)


@dataclass
class Shop:
    """What the claimers share. Each death needs a successor, because a person resumes what they hold."""

    people: Iterator[Actor]
    stop: Event = field(default_factory=Event)
    stored: Counter[UUID] = field(default_factory=Counter)
    deaths: Counter[str] = field(default_factory=Counter)


@pytest.mark.django_db(transaction=True)
def test_sixteen_claimers_decide_a_thousand_items_each_exactly_once(
    monkeypatch: pytest.MonkeyPatch, organization: Any, engines: Engines, settings: Any
) -> None:
    register_queue(monkeypatch, replace(QUEUE, lease=LEASE))
    shop = Shop(iter([actor_for(new_member(organization, RIGHT)) for _ in range(CLAIMERS * 5)]))
    with enter(organization.id):
        WorkItem.objects.bulk_create(
            WorkItem(queue=QUEUE.code, subject_type="tests.subject", subject_id=uuid4(), content_digest=DIGEST)
            for _ in range(ITEMS)
        )
    with ThreadPoolExecutor(CLAIMERS + 1) as threads:
        killer = threads.submit(_kill, shop, engines.superuser_url(), settings.DATABASES["default"]["NAME"])
        claimers = [threads.submit(_work, shop, organization.id, seed) for seed in range(CLAIMERS)]
        try:
            for claimer in claimers:
                claimer.result(timeout=DEADLINE)
        finally:
            shop.stop.set()
        assert killer.result() > 5
    with enter(organization.id):
        assert WorkItem.objects.filter(done_at=None).count() == 0
        decided = Decision.objects.values("item_id").annotate(n=Count("id"))
        assert [row["n"] for row in decided] == [1] * ITEMS
    assert max(shop.stored.values()) == 1, "two claimers were told that they had decided the same item"
    assert min(shop.deaths["walked away"], shop.deaths["killed"], shop.deaths["too slow"]) > 0, shop.deaths


def _work(shop: Shop, organization_id: UUID, seed: int) -> None:
    """Claim and decide until nothing is left; die now and then, as a closed browser or a lost process does."""
    chance = random.Random(seed)
    actor = next(shop.people)
    finishes = time.monotonic() + DEADLINE - 10
    try:
        while time.monotonic() < finishes and not shop.stop.is_set():
            begun = time.monotonic()
            try:
                if not _one(shop, organization_id, actor, chance):
                    return
            except InterruptedError:
                shop.deaths["walked away"] += 1
                actor = next(shop.people)
            except LeaseLost:
                shop.deaths["lost"] += 1
                assert time.monotonic() - begun >= LEASE, "an item in good hands was handed out again"
            except Error:
                shop.deaths["killed"] += 1
                connections.close_all()
        raise TimeoutError
    finally:
        connections.close_all()


def _one(shop: Shop, organization_id: UUID, actor: Actor, chance: random.Random) -> bool:
    with enter(organization_id, member_id=actor.member_id):
        claimed = claim(actor)
        is_open = claimed is not None or WorkItem.objects.filter(done_at=None).exists()
    if claimed is None:
        time.sleep(0.2)  # what is left is in other hands, and comes back when their lease ends
        return is_open
    fate = chance.random()
    if fate < 0.02:
        raise InterruptedError
    if fate < 0.025:
        shop.deaths["too slow"] += 1
        time.sleep(LEASE + 0.3)
    with enter(organization_id, member_id=actor.member_id):
        decide(actor, claimed)
    shop.stored[claimed.item_id] += 1
    return True


def _kill(shop: Shop, server: str, database: str) -> int:
    """Cut a connection in the middle of its transaction, again and again; returns how many were cut."""
    with psycopg.connect(server, autocommit=True) as connection:
        for cut in count():
            if shop.stop.wait(0.15):
                return cut
            connection.execute(KILL, [database])
    return 0
