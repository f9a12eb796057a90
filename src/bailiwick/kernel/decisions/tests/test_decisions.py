"""Decisions are appended, superseded once, and never changed."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.decisions.actions import write_decision
from bailiwick.kernel.decisions.errors import AlreadyDecided
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.decisions.queries import get_live_decision, list_decisions, live_decisions
from bailiwick.kernel.testing.factories import actor_for, new_member

DIGEST = bytes(range(32))


@pytest.fixture
def actor(organization: Any, scope: Any) -> Iterator[Actor]:
    with scope(organization):
        yield actor_for(new_member(organization), credential="token")


@pytest.fixture
def item_id(actor: Actor) -> UUID:
    """A work item to decide on; the worklist stands above, so it is written by hand."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO worklist_workitem (queue, subject_type, subject_id, round, priority, slot, lease_number,"
            " excluded, probability, content_digest) VALUES ('q', 's', uuidv7(), 1, 0, 0, 0, '{}', 1, %s) RETURNING id",
            [DIGEST],
        )
        return cursor.fetchone()[0]


def decide(actor: Actor, item_id: UUID, **values: Any) -> Decision:
    return write_decision(actor=actor, item_id=item_id, verdict="yes", content_digest=DIGEST, **values)


def test_a_decision_says_who_what_on_which_content_and_how_they_were_known(actor: Actor, item_id: UUID) -> None:
    decision = decide(actor, item_id, reason="clear", seconds_spent=4)
    stored = Decision.objects.get(id=decision.id)
    assert (stored.member_id, stored.verdict, stored.reason) == (actor.member_id, "yes", "clear")
    assert (bytes(stored.content_digest), stored.authenticated_by, stored.meaning) == (DIGEST, "token", "review")


def test_the_end_of_the_chain_counts(actor: Actor, item_id: UUID) -> None:
    first = decide(actor, item_id)
    second = decide(actor, item_id, supersedes_id=first.id)
    third = decide(actor, item_id, supersedes_id=second.id)
    assert get_live_decision(item_id) == third
    assert list(live_decisions()) == [third]
    assert list(list_decisions([item_id])) == [first, second, third]
    assert get_live_decision(uuid4()) is None


@pytest.mark.parametrize("which", ["first", "superseded", "unknown", "another item's"])
def test_a_chain_never_forks(actor: Actor, item_id: UUID, which: str) -> None:
    first = decide(actor, item_id)
    decide(actor, item_id, supersedes_id=first.id)
    former = {"first": None, "superseded": first.id, "unknown": uuid4(), "another item's": first.id}[which]
    with pytest.raises(AlreadyDecided):
        decide(actor, uuid4() if which == "another item's" else item_id, supersedes_id=former)
    assert Decision.objects.count() == 2


def test_a_decision_is_not_its_own_past(actor: Actor, item_id: UUID) -> None:
    own = uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(
            id=own, supersedes_id=own, item_id=item_id, member_id=actor.member_id, verdict="x", content_digest=DIGEST
        )


def test_a_decision_is_on_an_item_of_its_organisation(actor: Actor) -> None:
    with pytest.raises(IntegrityError, match="decisions_decision_item_organization"), transaction.atomic():
        decide(actor, uuid4())
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
