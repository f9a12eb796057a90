"""What tests of the rounds share: asking, taking, answering."""

from decimal import Decimal

from django.db import transaction

from bailiwick.apps.predictions.actions.review import decide_prediction
from bailiwick.apps.predictions.choices import State
from bailiwick.apps.predictions.manifest import DISPUTE_QUEUE, MANAGE, REVIEW_QUEUE
from bailiwick.apps.predictions.models import GoldAnswer, Prediction
from bailiwick.apps.predictions.queries.records import list_records
from bailiwick.apps.predictions.tests.factories import confirming
from bailiwick.apps.predictions.values import AddedAnswer, Answer
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.worklist.actions import change_settings, claim_next
from bailiwick.kernel.worklist.claiming import Claim
from bailiwick.kernel.worklist.models import WorkItem

QUEUE, DISPUTES = REVIEW_QUEUE.code, DISPUTE_QUEUE.code


def ask(owner: Actor, opinions: str = "0", gold: str = "0", *, blind: bool = False) -> None:
    """How the queue is worked from now on."""
    shares = {"second_opinions": Decimal(opinions), "gold": Decimal(gold), "is_first_round_blind": blind}
    change_settings(actor=owner, queue=REVIEW_QUEUE, right=MANAGE, **shares)


def take(actor: Actor, queue: str = QUEUE) -> Claim | None:
    return claim_next(actor=actor, queue_code=queue)


def answer_to(claim: Claim, verdict: str = "reject") -> Answer:
    if claim.is_blind:
        return Answer(verdict, added=(AddedAnswer(266544),) if verdict == "reject" else ())
    return confirming(verdict=verdict)


def give(actor: Actor, claim: Claim, verdict: str = "reject") -> Decision:
    with transaction.atomic():
        answer = answer_to(claim, verdict)
        given = {"prediction_id": claim.subject_id, "token": claim.token, "answer": answer}
        return decide_prediction(actor=actor, **given).decision


def decide(actor: Actor, verdict: str = "reject", queue: str = QUEUE) -> Decision:
    claim = take(actor, queue)
    assert claim is not None
    return give(actor, claim, verdict)


def items_of(prediction: Prediction) -> dict[int, WorkItem]:
    return {item.round: item for item in WorkItem.objects.filter(subject_id=prediction.id)}


def state_of(actor: Actor, prediction: Prediction) -> State:
    [standing] = list_records(actor, [prediction.id])
    return standing.state


def make_gold(owner: Actor, prediction: Prediction) -> None:
    GoldAnswer.objects.create(prediction=prediction, verdict="reject", codes=[266544], member_id=owner.member_id)
