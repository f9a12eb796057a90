from bailiwick.apps.predictions.api import endpoints, reasons
from bailiwick.kernel.api.routes import both

urlpatterns = [
    *both("predictions", endpoints.Predictions.as_view(), "api-list"),
    *both("predictions/claim", endpoints.ClaimNext.as_view(), "api-claim"),
    *both("predictions/reasons", reasons.Reasons.as_view(), "api-reasons"),
    *both("predictions/<uuid:prediction_id>", endpoints.OnePrediction.as_view(), "api-detail"),
    *both("predictions/<uuid:prediction_id>/decision", endpoints.Decide.as_view(), "api-decision"),
    *both("predictions/<uuid:prediction_id>/release", endpoints.Release.as_view(), "api-release"),
    *both("predictions/<uuid:prediction_id>/renew", endpoints.Renew.as_view(), "api-renew"),
]
