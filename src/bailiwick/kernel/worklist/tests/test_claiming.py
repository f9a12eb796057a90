"""One member at several places at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connections

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.worklist.errors import HandsFull
from bailiwick.kernel.worklist.tests.factories import QUEUE, add_items, claim

Worker = Callable[..., Actor]


@pytest.mark.django_db(transaction=True)
def test_one_person_claiming_in_many_threads_at_once_gets_one_item(
    organization: Any, scope: Any, worker: Worker
) -> None:
    with scope(organization):
        add_items(10)
    actor = worker()

    def work(_number: int) -> UUID:
        try:
            with scope(organization):
                return claim(actor).item_id
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(work, range(16)))) == 1


@pytest.mark.django_db(transaction=True)
def test_a_program_claiming_in_many_threads_never_holds_more_than_it_may(
    organization: Any, scope: Any, worker: Worker
) -> None:
    with scope(organization):
        add_items(20)
    actor = worker(kind="program")

    def work(_number: int) -> UUID | None:
        try:
            with scope(organization):
                return claim(actor).item_id
        except (HandsFull, IntegrityError):
            return None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        taken = [item for item in threads.map(work, range(16)) if item]
    assert len(taken) == len(set(taken)) == QUEUE.max_held
