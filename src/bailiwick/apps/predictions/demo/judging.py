"""Two versions of an invented model: the older one is wrong oftener, and surer of itself than it should be."""

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from bailiwick.apps.predictions.demo.catalogue import POLICIES
from bailiwick.apps.predictions.demo.listings import Listing, Passage
from bailiwick.apps.predictions.rules import confidence_of
from bailiwick.apps.predictions.values import NewPrediction, NewReason

MODEL = "listing-judge"
_policies = {policy.code: policy for policy in POLICIES}


@dataclass(frozen=True, slots=True)
class Version:
    """`typical` is the confidence that it states most often; it is right in `floor + slope * stated` of the cases."""

    number: str
    typical: float
    floor: float
    slope: float
    needless: float
    """How often it adds a reason that does not hold to those that do."""


OLDER = Version("4.1", typical=0.93, floor=0.36, slope=0.42, needless=0.3)
NEWER = Version("4.2", typical=0.97, floor=0.0, slope=1.04, needless=0.1)


def judge(random: Random, version: Version, listing: Listing) -> NewPrediction:
    """What a version says of a listing, as it would be submitted."""
    stated = random.triangular(0.52, 0.995, version.typical)
    is_right = random.random() < version.floor + version.slope * stated
    is_needless = random.random() < version.needless
    doubt = random.uniform(0.05, 0.3)
    rejects = is_right == bool(listing.breaches)
    found = (listing.breaches or listing.harmless) if rejects else ()
    if rejects and listing.breaches and is_needless:
        found = (*listing.breaches[:1], *listing.harmless)
    return NewPrediction(
        product_id=listing.product_id,
        verdict="reject" if rejects else "accept",
        confidence=_rounded(stated),
        model_name=MODEL,
        model_version=version.number,
        title=listing.title,
        text=listing.text,
        link=listing.link,
        attributes=dict(listing.attributes),
        reasons=tuple(_reason(passage, _rounded(stated - place * doubt)) for place, passage in enumerate(found)),
    )


def _reason(passage: Passage, score: Decimal) -> NewReason:
    explanation = f"The phrase “{passage.phrase}” {_policies[passage.code].claim}."
    return NewReason(explanation, confidence_of(score), code=passage.code, score=score)


def _rounded(value: float) -> Decimal:
    return Decimal(f"{value:.3f}")
