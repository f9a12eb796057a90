"""Pure calculation: how the values of a payload follow from one another, and what is measured of decisions."""

from bailiwick.apps.predictions.rules.payloads import (
    column_of,
    confidence_of,
    digest_content,
    guess,
    identify,
    shape,
    spell,
)

__all__ = ["column_of", "confidence_of", "digest_content", "guess", "identify", "shape", "spell"]
