"""Who may set which status: one table of moves for one claim and for ten thousand."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from bailiwick.apps.claims.actions.assigning import assign_claims
from bailiwick.apps.claims.actions.statuses import set_status, set_statuses
from bailiwick.apps.claims.actions.withdrawing import withdraw_claim
from bailiwick.apps.claims.choices import Stage
from bailiwick.apps.claims.errors import Decided, Immutable, MoveRefused, ReasonMissing
from bailiwick.apps.claims.models import Claim, StatusChange
from bailiwick.apps.claims.queries.claims import list_claims
from bailiwick.apps.claims.tests.factories import new_patient, new_provider, new_stored_claim
from bailiwick.kernel.access.actions import write_grant
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import AmountTooHigh, Forbidden
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.errors import DomainError, InvalidInput, NotFound
from bailiwick.kernel.base.money import Money
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for, new_member, new_organization

pytestmark = pytest.mark.django_db

As = Callable[..., Actor]


@pytest.fixture
def acting(organization: Any) -> Iterator[As]:
    """`acting("claims-processor")`: somebody with these roles, in the organisation in scope."""
    with enter(organization.id):
        yield lambda *roles: actor_for(new_member(organization, *roles))


def refusal_of(work: Callable[[], Any]) -> type[DomainError] | None:
    """What the action raises, undone as a door undoes it."""
    try:
        with transaction.atomic():
            work()
    except DomainError as refusal:
        return type(refusal)
    return None


def stage_of(claim: Claim) -> str:
    claim.refresh_from_db()
    return claim.stage


LEGAL = {
    ("accepted", "under_review"): "under_review",
    ("accepted", "approved"): "approved",
    ("under_review", "approved"): "approved",
    ("accepted", "rejected"): "denied",
    ("under_review", "rejected"): "denied",
    ("returned", "submitted"): "accepted",
    ("denied", "submitted"): "accepted",
    ("expired", "submitted"): "accepted",
    ("approved", "paid"): "paid",
    ("partially_approved", "paid"): "paid",
    ("payment_scheduled", "paid"): "paid",
}
"""What a claims administrator may do, and where it leads."""
IMMUTABLE = ("approved", "partially_approved", "payment_scheduled", "paid")
STAGES = ("accepted", "under_review", "returned", "denied", "expired", *IMMUTABLE)
STATUSES = ("submitted", "under_review", "approved", "rejected", "paid", "expired")


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("status", STATUSES)
def test_an_administrator_moves_claims_by_the_table_and_no_further(acting: As, stage: str, status: str) -> None:
    admin, pend = acting("claims-admin"), "request" if stage == "under_review" else ""
    claim = new_stored_claim(stage=Stage(stage), pend=pend)
    refusal = refusal_of(lambda: set_status(actor=admin, claim_id=claim.id, status=status, reason="Because."))
    if (stage, status) in LEGAL:
        assert refusal is None and stage_of(claim) == LEGAL[stage, status]
        change = StatusChange.objects.get(claim=claim)
        assert (change.from_stage, change.to_stage, change.member_id) == (stage, claim.stage, admin.member_id)
    else:
        assert refusal is (Immutable if stage in IMMUTABLE and (stage, status) not in LEGAL else MoveRefused)
        assert stage_of(claim) == stage


@pytest.mark.parametrize(
    ("roles", "is_assigned", "expected"),
    [
        (("claims-processor",), True, None),
        (("claims-processor",), False, NotFound),
        (("claims-reader",), False, Forbidden),
        (("claims-finance",), False, Forbidden),
        (("claims-reader", "claims-processor"), False, Forbidden),
    ],
)
def test_of_others_the_assigned_processor_alone_moves_it(
    acting: As, roles: tuple[str, ...], is_assigned: bool, expected: type[DomainError] | None
) -> None:
    actor = acting(*roles)
    claim = new_stored_claim(assigned_processor_id=actor.member_id if is_assigned else None)
    assert refusal_of(lambda: set_status(actor=actor, claim_id=claim.id, status="approved")) is expected
    assert stage_of(claim) == ("approved" if expected is None else "accepted")


def test_providers_and_patients_move_nothing(acting: As) -> None:
    for role in ("provider", "patient"):
        actor = acting(role)
        provider, patient = new_provider(member_id=actor.member_id), new_patient(member_id=actor.member_id)
        claim = new_stored_claim(provider=provider, patient=patient)
        for work in (
            partial(set_status, actor=actor, claim_id=claim.id, status="approved"),
            partial(set_statuses, actor=actor, claim_ids=[claim.id], status="approved"),
            partial(withdraw_claim, actor=actor, claim_id=claim.id),
            partial(assign_claims, actor=actor, claim_ids=[claim.id], member_id=None),
        ):
            assert refusal_of(work) is Forbidden
        assert stage_of(claim) == "accepted"


def test_only_who_pays_pays_and_they_do_nothing_else(acting: As) -> None:
    finance, processor = acting("claims-finance"), acting("claims-processor")
    claim = new_stored_claim(stage=Stage.ACCEPTED, assigned_processor_id=processor.member_id)
    set_status(actor=processor, claim_id=claim.id, status="approved")
    assert refusal_of(lambda: set_status(actor=processor, claim_id=claim.id, status="paid")) is Forbidden
    assert set_status(actor=finance, claim_id=claim.id, status="paid").paid_at is not None
    assert refusal_of(lambda: set_status(actor=finance, claim_id=claim.id, status="paid")) is Immutable


@pytest.mark.parametrize(("stage", "status"), [("accepted", "rejected"), ("denied", "submitted")])
def test_some_moves_need_a_reason(acting: As, stage: str, status: str) -> None:
    admin, claim = acting("claims-admin"), new_stored_claim(stage=Stage(stage))
    for reason in ("", "   "):
        work = partial(set_status, actor=admin, claim_id=claim.id, status=status, reason=reason)
        assert refusal_of(work) is ReasonMissing
    set_status(actor=admin, claim_id=claim.id, status=status, reason="Sent twice.")
    claim.refresh_from_db()
    assert claim.rejection_reason == ("Sent twice." if status == "rejected" else None)
    assert StatusChange.objects.get(claim=claim).reason == "Sent twice."


def test_a_grant_for_so_much_approves_no_more(acting: As, organization: Any) -> None:
    limited = new_member(organization)
    house, limit = ActorRef(organization.id, None, "system"), Money(Decimal("100.00"), "USD")
    write_grant(house, limited.id, "claims-processor", amount=limit)
    actor = actor_for(limited)
    claims = [
        new_stored_claim(amounts=(amount,), assigned_processor_id=limited.id)
        for amount in ("99.99", "100.00", "100.01")
    ]
    moved = set_statuses(actor=actor, claim_ids=[claim.id for claim in claims], status="approved")
    assert moved.updated == 2 and {key: type(each) for key, each in moved.refusals.items()} == {
        claims[2].id: AmountTooHigh
    }
    assert refusal_of(lambda: set_status(actor=actor, claim_id=claims[2].id, status="approved")) is AmountTooHigh


def test_many_at_once_each_by_the_same_rules(acting: As) -> None:
    admin = acting("claims-admin")
    with enter(new_organization().id):
        foreign = new_stored_claim()
    open_ones = [new_stored_claim() for _ in range(2)]
    paid = new_stored_claim(stage=Stage.PAID)
    ids = [claim.id for claim in (*open_ones, paid, foreign)] + [uuid4()]
    moved = set_statuses(actor=admin, claim_ids=ids, status="under_review")
    assert moved.updated == 2 and list(moved.refusals) == [paid.id]
    assert [stage_of(claim) for claim in open_ones] == ["under_review"] * 2 and stage_of(paid) == "paid"
    assert Event.objects.filter(verb="claims.claims.moved").count() == 1


def test_a_processor_moves_among_many_only_the_assigned(acting: As) -> None:
    processor = acting("claims-processor")
    own, other = new_stored_claim(assigned_processor_id=processor.member_id), new_stored_claim()
    moved = set_statuses(actor=processor, claim_ids=[own.id, other.id], status="approved")
    assert (moved.updated, moved.refusals) == (1, {})
    assert (stage_of(own), stage_of(other)) == ("approved", "accepted")


@pytest.mark.parametrize("status", ["under_review", "rejected"])
def test_many_take_no_more_statements_than_one(acting: As, count_statements: Any, status: str) -> None:
    admin, patient, provider = acting("claims-admin"), new_patient(), new_provider()
    counts = []
    for size in (1, 40):
        ids = [new_stored_claim(patient=patient, provider=provider).id for _ in range(size)]
        with count_statements() as seen:
            set_statuses(actor=admin, claim_ids=ids, status=status, reason="Why not.")
        counts.append(seen.count)
    assert counts[0] == counts[1] <= 7


def test_what_is_withdrawn_is_gone_but_kept(acting: As) -> None:
    admin, claim = acting("claims-admin"), new_stored_claim(stage=Stage.UNDER_REVIEW, pend="request")
    withdraw_claim(actor=admin, claim_id=claim.id)
    assert not list_claims(admin).filter(id=claim.id).exists()
    assert Claim.objects.get(id=claim.id).withdrawn_at is not None
    assert refusal_of(lambda: withdraw_claim(actor=admin, claim_id=claim.id)) is NotFound
    for stage in IMMUTABLE:
        decided = new_stored_claim(stage=Stage(stage))
        assert refusal_of(partial(withdraw_claim, actor=admin, claim_id=decided.id)) is Decided


def test_claims_are_given_to_those_who_process(acting: As) -> None:
    admin, processor, reader = acting("claims-admin"), acting("claims-processor"), acting("claims-reader")
    claims = [new_stored_claim(), new_stored_claim(), new_stored_claim(stage=Stage.PAID)]
    ids = [claim.id for claim in claims]
    assert assign_claims(actor=admin, claim_ids=ids, member_id=processor.member_id) == 2
    assert set(list_claims(processor).values_list("id", flat=True)) == set(ids[:2])
    assert assign_claims(actor=admin, claim_ids=ids, member_id=processor.member_id) == 0
    for nobody in (reader.member_id, uuid4()):
        assert refusal_of(partial(assign_claims, actor=admin, claim_ids=ids, member_id=nobody)) is InvalidInput
    assert assign_claims(actor=admin, claim_ids=ids, member_id=None) == 2
    assert not list_claims(processor).exists()
