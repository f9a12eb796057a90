"""What a reviewer answers to a listing: mostly what is right, in the words of somebody with little time."""

from collections.abc import Collection
from dataclasses import dataclass
from random import Random

from bailiwick.apps.predictions.choices import Outcome
from bailiwick.apps.predictions.demo.catalogue import POLICIES, UNCONFIRMED
from bailiwick.apps.predictions.demo.listings import Listing
from bailiwick.apps.predictions.values import AddedAnswer, Answer, NewPrediction, ReasonAnswer

NOTES = (
    "Zweimal gelesen; die Stelle ist eindeutig.",
    "Asked the vendor to rephrase the second sentence.",
    "Sprawdzone na stronie sprzedawcy.",
    "Same vendor as last week.",
    "Grenzfall, aber der Satz davor stellt es klar.",
    "The sales page says more than the listing.",
    "Steht so auch auf der Verkaufsseite.",
    "Fine as it is, the limit is explained.",
    "Sprzedawca poprawił już opis na stronie.",
)
_excuses = {policy.code: policy.excuse for policy in POLICIES}
_own_words = {code: own for own, (code, _title) in UNCONFIRMED.items()}


@dataclass(frozen=True, slots=True)
class Case:
    """A listing with what the model said of it."""

    listing: Listing
    said: NewPrediction

    @property
    def given(self) -> list[int]:
        """The numbers of the model's reasons."""
        return [each.code for each in self.said.reasons if each.code is not None]


def answer(random: Random, case: Case, *, is_blind: bool, slips: float) -> Answer:
    """The answer of somebody who is wrong in a share `slips` of all cases."""
    right = case.listing.verdict
    verdict = right if random.random() >= slips else ("accept" if right == "reject" else "reject")
    return answer_with(random, case, verdict, is_blind=is_blind)


def answer_with(random: Random, case: Case, verdict: str, *, is_blind: bool = False) -> Answer:
    """An answer of this verdict, with the reasons that go with it."""
    holding = _holding(case, verdict)
    reasons = tuple(_said_of(random, code, holding, is_blind) for code in sorted(case.given))
    added = [_added(random, code, is_blind) for code in holding if code not in case.given]
    note = random.choice(NOTES) if random.random() < 0.16 else ""
    return Answer(verdict, reasons, note, tuple(sorted(added, key=lambda each: each.code or 0)))


def _holding(case: Case, verdict: str) -> list[int]:
    if verdict == "accept":
        return []
    found = case.listing.breaches or case.listing.harmless
    return [passage.code for passage in found]


def _said_of(random: Random, code: int, holding: Collection[int], is_blind: bool) -> ReasonAnswer:
    is_explained = random.random() < 0.45
    if code in holding:
        return ReasonAnswer(code, Outcome.CONFIRMED)
    return ReasonAnswer(code, Outcome.OVERRIDDEN, _excuses[code] if is_explained and not is_blind else "")


def _added(random: Random, code: int, is_blind: bool) -> AddedAnswer:
    """Now and then in words of one's own, where the catalogue has others for it."""
    is_own, is_explained = random.random() < 0.45, random.random() < 0.5
    if is_own and code in _own_words:
        code = _own_words[code]
    return AddedAnswer(code, "", "The listing says so in its second paragraph." if is_explained else "")
