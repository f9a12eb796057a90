from bailiwick.apps.predictions.api import bulk, endpoints, reasons, review, statistics
from bailiwick.kernel.api.routes import both

urlpatterns = [
    *both("predictions", endpoints.Predictions.as_view(), "api-list"),
    *both("predictions/bulk", bulk.BulkPredictions.as_view(), "api-bulk"),
    *both("predictions/claim", review.ClaimNext.as_view(), "api-claim"),
    *both("predictions/reasons", reasons.Reasons.as_view(), "api-reasons"),
    *both("predictions/statistics", statistics.Statistics.as_view(), "api-statistics"),
    *both("predictions/statistics/comparison", statistics.Comparison.as_view(), "api-comparison"),
    *both("predictions/<uuid:prediction_id>", endpoints.OnePrediction.as_view(), "api-detail"),
    *both("predictions/<uuid:prediction_id>/decision", review.Decide.as_view(), "api-decision"),
    *both("predictions/disputes/claim", review.ClaimDispute.as_view(), "api-claim-dispute"),
    *both("predictions/decisions/<uuid:decision_id>/undo", review.Undo.as_view(), "api-undo"),
    *both("predictions/<uuid:prediction_id>/skip", review.Skip.as_view(), "api-skip"),
    *both("predictions/<uuid:prediction_id>/escalate", review.Escalate.as_view(), "api-escalate"),
    *both("predictions/<uuid:prediction_id>/release", review.Release.as_view(), "api-release"),
    *both("predictions/<uuid:prediction_id>/renew", review.Renew.as_view(), "api-renew"),
]
