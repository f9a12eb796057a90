"""Two weeks of a small team: what arrived, who decided what, and what is still open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random

from bailiwick.apps.predictions.demo.answering import Case, answer, answer_with
from bailiwick.apps.predictions.demo.judging import NEWER, OLDER, judge
from bailiwick.apps.predictions.demo.listings import compose
from bailiwick.apps.predictions.demo.rows import Rows, disputed
from bailiwick.apps.predictions.demo.times import Clock
from bailiwick.apps.predictions.manifest import DISPUTE_QUEUE
from bailiwick.apps.predictions.models import GoldAnswer, Prediction
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.worklist.models import WorkItem
from bailiwick.kernel.worklist.rules import FIRST_GOLD_ROUND, SECOND, THIRD

LISTINGS, OLD_UNTIL, NEW_FROM = 300, 170, 130
"""The first listings were judged by the older version, the last by the newer one, those between by both."""
FORTNIGHT, RELEASE = 14 * 24, 6 * 24
"""Hours ago: the first arrival, and the newer version."""
LATE, DUE_SOON, FRESH = 7, 9, 18
"""Predictions that nobody has taken yet."""
SECOND_OPEN, DISPUTES_OPEN = 4, 2
SLIPS, SLIPS_BLIND = 0.05, 0.09
SKIPPED = ("I do not speak this language well enough.", "I know the vendor.", "Needs a second look at the sales page.")
ESCALATED = ("Looks like the case that legal asked about.", "The policy does not say what holds here.")
GOLD_NOTE = "Agreed on in the team meeting."


@dataclass(frozen=True, slots=True)
class Team:
    """Who works here: whoever owns the model, whoever settles disputes, and the reviewers."""

    owner: Member
    auditor: Member
    reviewers: Sequence[Member]


@dataclass(slots=True)
class Arrival:
    """A prediction on its way through the rounds."""

    case: Case
    at: datetime
    is_sampled: bool
    prediction: Prediction
    item: WorkItem
    first: Decision | None = None


class History:
    """Tells what happened, in an order in which it could have."""

    def __init__(self, random: Random, now: datetime, team: Team, rows: Rows) -> None:
        self.random, self.team, self.rows = random, team, rows
        self.now, self.clock = now, Clock(random, now)

    def tell(self) -> None:
        arrivals = self._arrive(self._judge())
        open_ones, decided = arrivals[: LATE + DUE_SOON + FRESH], arrivals[LATE + DUE_SOON + FRESH :]
        sampled = [each for each in decided if each.is_sampled]
        plain = [each for each in decided if not each.is_sampled]
        settled = [each for each in plain if each.at < self.now - timedelta(days=7)]
        specials = self.random.sample(settled, 20)
        self._tell_special(specials)
        done = {id(each) for each in specials}
        for each in decided:
            if id(each) not in done:
                self._decide_first(each)
        self._ask_again(sampled)
        self._pass_on(open_ones)

    def _judge(self) -> list[Case]:
        listings = compose(self.random, LISTINGS)
        old = [Case(each, judge(self.random, OLDER, each)) for each in listings[:OLD_UNTIL]]
        return old + [Case(each, judge(self.random, NEWER, each)) for each in listings[NEW_FROM:]]

    def _arrive(self, cases: list[Case]) -> list[Arrival]:
        """Those that still wait come first."""
        waiting = LATE + DUE_SOON + FRESH
        # Whoever begins finds something to decide: a rejection for more than one reason, with the model's side shown.
        newest = sorted(cases[-waiting:], key=lambda case: -len(case.given))
        spans = [(31.0, 31.5)] + [(24.5, 31.0)] * (LATE - 1) + [(20.5, 23.5)] * DUE_SOON + [(0.2, 18.0)] * FRESH
        moments = [self.clock.ago(*span) for span in spans]
        old = [(case, self.clock.ago(RELEASE, FORTNIGHT)) for case in cases[:OLD_UNTIL]]
        new = [(case, self.clock.ago(3, RELEASE)) for case in cases[OLD_UNTIL:-waiting]]
        placed = [*zip(newest, moments, strict=True), *old, *new]
        flags = [self.random.random() < float(self.rows.share) for _ in placed]
        flags[0] = False
        return [self._take_in(case, at, flag) for (case, at), flag in zip(placed, flags, strict=True)]

    def _take_in(self, case: Case, at: datetime, is_sampled: bool) -> Arrival:
        prediction, item = self.rows.predict(case, at, is_sampled=is_sampled)
        product = case.said.product_id
        self.rows.happen(at, "predictions.prediction.submitted", prediction, self.rows.program, product=product)
        return Arrival(case, at, is_sampled, prediction, item)

    def _reviewer(self, *others: Member) -> Member:
        return self.random.choice([each for each in self.team.reviewers if each not in others])

    def _decide_first(self, arrival: Arrival, *others: Member) -> Decision:
        is_blind = arrival.is_sampled
        slips = SLIPS_BLIND if is_blind else SLIPS
        member, at = self._reviewer(*others), self.clock.after(arrival.at, 9)
        said = answer(self.random, arrival.case, is_blind=is_blind, slips=slips)
        seconds = self.clock.seconds(55 if is_blind else 32)
        arrival.first = self.rows.decide(arrival.item, member, said, at, seconds)
        return arrival.first

    def _ask_again(self, sampled: list[Arrival]) -> None:
        """Second opinions on the sample, a few of them still open, and thirds where two differ."""
        in_time = sorted(sampled, key=lambda each: each.at)
        disputes = 0
        for number, arrival in enumerate(reversed(in_time)):
            first = arrival.first
            assert first is not None
            ask = partial(self.rows.ask_again, arrival.item, arrival.prediction)
            item = ask(first.decided_at, SECOND, excluded=[first.member_id])
            if number < SECOND_OPEN:
                continue
            slips = 1.0 if number < SECOND_OPEN + DISPUTES_OPEN else SLIPS_BLIND
            at, member = self.clock.after(first.decided_at, 10), self._reviewer(first.member)
            verdict = _other(first.verdict) if slips == 1 else ""
            said = (
                answer_with(self.random, arrival.case, verdict, is_blind=True)
                if verdict
                else answer(self.random, arrival.case, is_blind=True, slips=slips)
            )
            second = self.rows.decide(item, member, said, at, self.clock.seconds(50))
            if second.verdict != first.verdict:
                excluded = [first.member_id, second.member_id]
                third = ask(at, THIRD, queue=DISPUTE_QUEUE, excluded=excluded)
                disputes += 1
                if disputes > DISPUTES_OPEN:
                    self._settle(arrival, third)

    def _settle(self, arrival: Arrival, item: WorkItem) -> None:
        said = answer(self.random, arrival.case, is_blind=False, slips=0)
        at = self.clock.after(item.queued_at, 20, 0.3)
        self.rows.decide(item, self.team.auditor, said, at, self.clock.seconds(80))

    def _tell_special(self, arrivals: list[Arrival]) -> None:
        """What does not happen every day: gold, corrections, an undo, skips, escalations that were settled."""
        gold, corrected, undone = arrivals[:5], arrivals[5:9], arrivals[9]
        skipped, escalated = arrivals[10:15], arrivals[15:18]
        for number, arrival in enumerate(gold):
            self._make_gold(arrival, number)
        for arrival in corrected:
            self._correct(arrival)
        self._undo(undone)
        for arrival in skipped:
            self._decide_first(arrival, self._skip(arrival))
        for arrival in escalated:
            self._escalate(arrival)
            self._settle(arrival, arrival.item)
        for arrival in arrivals[18:]:
            self._decide_first(arrival)

    def _make_gold(self, arrival: Arrival, number: int) -> None:
        reviewers = self.team.reviewers
        member = reviewers[number % len(reviewers)]
        first = self._first_with(arrival, arrival.case.listing.verdict, member)
        made_at = self.now - timedelta(days=5, hours=number)
        verdict, codes = first.verdict, sorted(each.code for each in arrival.case.listing.breaches)
        gold = GoldAnswer(
            prediction=arrival.prediction,
            verdict=verdict,
            codes=codes,
            note=GOLD_NOTE,
            member=self.team.owner,
            made_at=made_at,
        )
        self.rows.add(gold)
        asked, at = [first.member_id], made_at
        others = [each for each in reviewers if each != member]
        for place, member in enumerate(others):
            item = self.rows.ask(arrival.prediction, at, FIRST_GOLD_ROUND + place, excluded=list(asked))
            at = self.clock.after(at, 22, 12)
            said = answer(self.random, arrival.case, is_blind=False, slips=0.15)
            self.rows.decide(item, member, said, at, self.clock.seconds(32))
            asked.append(member.id)

    def _first_with(self, arrival: Arrival, verdict: str, member: Member | None = None) -> Decision:
        said = answer_with(self.random, arrival.case, verdict)
        at = self.clock.after(arrival.at, 9)
        arrival.first = self.rows.decide(arrival.item, member or self._reviewer(), said, at, self.clock.seconds(32))
        return arrival.first

    def _correct(self, arrival: Arrival) -> None:
        right = arrival.case.listing.verdict
        first = self._first_with(arrival, _other(right))
        at = first.decided_at + timedelta(minutes=self.random.randint(3, 40))
        self.rows.correct(arrival.item, first, answer_with(self.random, arrival.case, right), at)

    def _undo(self, arrival: Arrival) -> None:
        right = arrival.case.listing.verdict
        first = self._first_with(arrival, _other(right))
        undo = self.rows.undo(arrival.item, first, first.decided_at + timedelta(seconds=6))
        at, said = undo.decided_at + timedelta(seconds=31), answer_with(self.random, arrival.case, right)
        self.rows.decide(arrival.item, first.member, said, at, 31, after=undo)

    def _skip(self, arrival: Arrival) -> Member:
        member = self._reviewer()
        item = arrival.item
        item.skips, item.lease_number = item.skips + 1, item.lease_number + 1
        item.excluded = [*item.excluded, member.id]
        at = arrival.at + timedelta(minutes=self.random.randint(2, 5))
        self.rows.happen(at, "worklist.item.skipped", item, member, reason=self.random.choice(SKIPPED))
        return member

    def _escalate(self, arrival: Arrival) -> None:
        member, at = self._reviewer(), arrival.at + timedelta(minutes=self.random.randint(2, 9))
        arrival.item.lease_number += 1
        self.rows.happen(at, "worklist.item.escalated", arrival.item, member, reason=self.random.choice(ESCALATED))
        disputed(arrival.item)

    def _pass_on(self, arrivals: list[Arrival]) -> None:
        """Of those that wait: one escalated, two skipped by somebody, one in hands."""
        plain = [each for each in arrivals if not each.is_sampled]
        escalated, held, *skipped = plain[-1], plain[-2], plain[1], plain[LATE]
        self._escalate(escalated)
        for arrival in skipped:
            self._skip(arrival)
        self.rows.hold(held.item, self.team.reviewers[0], self.now - timedelta(minutes=1))


def _other(verdict: str) -> str:
    return "accept" if verdict == "reject" else "reject"
