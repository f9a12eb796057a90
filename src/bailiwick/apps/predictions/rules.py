"""How the payload's values follow from one another."""

from decimal import Decimal

from bailiwick.apps.predictions.choices import Confidence

HIGH_FROM = Decimal("0.9")
MEDIUM_FROM = Decimal("0.6")


def confidence_of(score: Decimal) -> Confidence:
    """The word for a score between 0 and 1: High from 0.9, Medium from 0.6."""
    if score >= HIGH_FROM:
        return Confidence.HIGH
    return Confidence.MEDIUM if score >= MEDIUM_FROM else Confidence.LOW
