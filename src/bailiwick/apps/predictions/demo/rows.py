"""The rows of a history, with the moments at which they would have been written."""

import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Model

from bailiwick.apps.predictions.demo.answering import Case
from bailiwick.apps.predictions.demo.times import key_at
from bailiwick.apps.predictions.manifest import DISPUTE_QUEUE, INGEST_KEY, REVIEW_QUEUE
from bailiwick.apps.predictions.models import (
    AddedReason,
    ModelVersion,
    Prediction,
    PredictionReason,
    Reason,
    ReasonDecision,
)
from bailiwick.apps.predictions.rules import digest_content, identify, spell
from bailiwick.apps.predictions.values import Answer
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.manifest import Queue
from bailiwick.kernel.decisions.choices import Meaning
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.identity.choices import Credential
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.queries import get_secret
from bailiwick.kernel.worklist.actions.queueing import SAMPLING_KEY
from bailiwick.kernel.worklist.models import WorkItem
from bailiwick.kernel.worklist.rules import FIRST, draw, is_gold


@dataclass(slots=True)
class Rows:
    """What is going to be stored; nothing is, before all of it is there."""

    program: Member
    reasons: dict[int, Reason]
    versions: dict[str, ModelVersion]
    share: Decimal
    """How much of what arrives is in the random sample."""
    made: dict[type[Model], list[Any]] = field(default_factory=dict)
    given: dict[UUID, dict[int, PredictionReason]] = field(default_factory=dict)

    def add(self, row: Any) -> Any:
        self.made.setdefault(type(row), []).append(row)
        return row

    def predict(self, case: Case, at: datetime, *, is_sampled: bool) -> tuple[Prediction, WorkItem]:
        """A prediction that arrived, and the item of its first round."""
        content, salt = spell(case.said), os.urandom(16)
        identity, body = identify(get_secret(INGEST_KEY), str(self.program.id), case.said, content)
        key, number = _drawn(at, self.share, is_sampled)
        said = case.said
        prediction = self.add(
            Prediction(
                id=key,
                submitted_by=self.program,
                identity=identity,
                body=body,
                salt=salt,
                content_digest=digest_content(salt, case.given, content),
                model=self.versions[said.model_version],
                product_id=said.product_id,
                verdict=said.verdict,
                confidence=said.confidence,
                title=said.title,
                text=said.text,
                link=said.link,
                attributes=dict(said.attributes),
                received_at=at,
            )
        )
        self.given[key] = {}
        for position, each in enumerate(said.reasons, start=1):
            assert each.code is not None
            self.given[key][each.code] = self.add(
                PredictionReason(
                    id=key_at(at),
                    prediction=prediction,
                    position=position,
                    reason=self.reasons[each.code],
                    confidence=each.confidence,
                    score=each.score,
                    explanation=each.explanation,
                )
            )
        probability = self.share if is_sampled else 1
        item = self.ask(prediction, at, FIRST, is_sampled=is_sampled, probability=probability, draw=number)
        return prediction, item

    def ask(
        self, prediction: Prediction, at: datetime, round: int, queue: Queue = REVIEW_QUEUE, **values: Any
    ) -> WorkItem:
        """An opinion that was asked for, and may be taken."""
        item: WorkItem = self.add(
            WorkItem(
                id=key_at(at),
                queue=queue.code,
                subject_type=Prediction._meta.label_lower,
                subject_id=prediction.id,
                round=round,
                queued_at=at,
                available_at=at,
                due_at=at + timedelta(seconds=queue.service_level),
                content_digest=prediction.content_digest,
                **values,
            )
        )
        return item

    def ask_again(self, first: WorkItem, prediction: Prediction, at: datetime, round: int, **values: Any) -> WorkItem:
        """The next opinion on a subject of the sample."""
        return self.ask(
            prediction, at, round, is_sampled=True, probability=first.probability, draw=first.draw, **values
        )

    def hold(self, item: WorkItem, member: Member, at: datetime, queue: Queue = REVIEW_QUEUE) -> None:
        """Somebody took it."""
        item.holder, item.claimed_at, item.lease_number = member, at, item.lease_number + 1
        item.available_at = at + timedelta(seconds=queue.lease)
        item.is_blind = item.is_sampled and item.queue == REVIEW_QUEUE.code

    def decide(
        self, item: WorkItem, member: Member, answer: Answer, at: datetime, seconds: int, after: Decision | None = None
    ) -> Decision:
        """Somebody took it and decided, perhaps once more after an undo."""
        seconds = min(seconds, int((at - item.queued_at).total_seconds()))
        self.hold(item, member, at - timedelta(seconds=seconds))
        item.done_at = at
        decision = self._write(item, member, at, answer.verdict, Meaning.REVIEW, answer.note, after, seconds)
        self._say(item, decision, answer)
        self.happen(at, "predictions.prediction.decided", decision, member, verdict=answer.verdict)
        return decision

    def correct(self, item: WorkItem, former: Decision, answer: Answer, at: datetime) -> Decision:
        decision = self._write(item, former.member, at, answer.verdict, Meaning.CORRECTION, answer.note, former)
        self._say(item, decision, answer)
        self.happen(at, "predictions.decision.corrected", decision, former.member, supersedes=str(former.id))
        return decision

    def undo(self, item: WorkItem, former: Decision, at: datetime) -> Decision:
        self.happen(at, "predictions.decision.undone", former, former.member)
        return self._write(item, former.member, at, "", Meaning.UNDO, "", former)

    def _write(
        self,
        item: WorkItem,
        member: Member,
        at: datetime,
        verdict: str,
        meaning: Meaning,
        note: str,
        former: Decision | None,
        seconds: int = 0,
    ) -> Decision:
        decision: Decision = self.add(
            Decision(
                id=key_at(at),
                item_id=item.id,
                member=member,
                verdict=verdict,
                reason=note,
                meaning=meaning,
                round=item.round,
                content_digest=item.content_digest,
                seconds_spent=seconds,
                is_model_visible=not item.is_blind,
                authenticated_by=Credential.SESSION,
                supersedes_id=former.id if former else None,
                decided_at=at,
            )
        )
        return decision

    def _say(self, item: WorkItem, decision: Decision, answer: Answer) -> None:
        for each in answer.reasons:
            said = self.given[item.subject_id][each.code]
            text = each.corrected_explanation
            self.add(
                ReasonDecision(
                    decision=decision, prediction_reason=said, outcome=each.outcome, corrected_explanation=text
                )
            )
        for extra in answer.added:
            assert extra.code is not None
            self.add(AddedReason(decision=decision, reason=self.reasons[extra.code], explanation=extra.explanation))

    def happen(self, at: datetime, verb: str, subject: Model, member: Member, **data: Any) -> None:
        """An event, as the action would have recorded it."""
        self.add(
            Event(
                id=key_at(at),
                at=at,
                verb=verb,
                subject_type=subject._meta.label_lower,
                subject_id=subject.pk,
                member_id=member.id,
                credential=Credential.SESSION,
                request_id="",
                data=data,
            )
        )


def disputed(item: WorkItem) -> None:
    """It was given to whoever settles disputes."""
    assert not is_gold(item.round)
    item.queue = DISPUTE_QUEUE.code


def _drawn(at: datetime, share: Decimal, is_sampled: bool) -> tuple[UUID, Decimal]:
    """A key whose draw puts it into the sample, or leaves it out, and that draw."""
    secret = get_secret(SAMPLING_KEY)
    while True:
        key = key_at(at)
        number = draw(secret, REVIEW_QUEUE.code, key)
        if (number < share) is is_sampled:
            return key, number
