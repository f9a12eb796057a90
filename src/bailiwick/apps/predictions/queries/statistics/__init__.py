"""What is known of models and reviewers: counts, shares, calibration, agreement."""

from bailiwick.apps.predictions.queries.statistics.comparison import compare
from bailiwick.apps.predictions.queries.statistics.reading import get_statistics
from bailiwick.apps.predictions.queries.statistics.scopes import Scope

__all__ = ["Scope", "compare", "get_statistics"]
