"""The workbench of who settles: the same steps on the queue of differing opinions and of what was escalated."""

from bailiwick.apps.predictions.manifest import AUDIT, DISPUTE_QUEUE
from bailiwick.apps.predictions.web import review


class Disputes(review.Workbench):
    """Works the queue of disputes in place of the queue of reviews."""

    right = AUDIT
    navigation_name = "predictions:disputes"
    queue = DISPUTE_QUEUE
    prefix = "dispute-"


class DisputePage(Disputes, review.ReviewPage):
    """Resumes what I hold; never claims."""


class NextDispute(Disputes, review.NextPrediction):
    """Claims the oldest open dispute."""


class SubmitSettlement(Disputes, review.SubmitAnswer):
    """Stores the opinion that settles."""


class ReleaseDispute(Disputes, review.ReleasePrediction):
    """Gives the dispute back and leaves."""


class RenewDispute(Disputes, review.RenewLease):
    """Keeps the dispute mine while I work on it."""


class SkipDispute(Disputes, review.SkipPrediction):
    """Leaves the dispute to somebody else."""


class EscalateDispute(Disputes, review.EscalatePrediction):
    """Nobody stands above: refused with a sentence that says so."""


class UndoSettlement(Disputes, review.UndoDecision):
    """Takes my settlement back."""
