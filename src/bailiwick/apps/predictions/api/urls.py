from bailiwick.apps.predictions.api import endpoints
from bailiwick.kernel.api.routes import both

app_name = "predictions-api"

urlpatterns = [
    *both("predictions", endpoints.Predictions.as_view(), name="list"),
    *both("predictions/claim", endpoints.ClaimNext.as_view(), name="claim"),
    *both("predictions/<uuid:prediction_id>", endpoints.OnePrediction.as_view(), name="detail"),
    *both("predictions/<uuid:prediction_id>/decision", endpoints.Decide.as_view(), name="decision"),
    *both("predictions/<uuid:prediction_id>/release", endpoints.Release.as_view(), name="release"),
    *both("predictions/<uuid:prediction_id>/renew", endpoints.Renew.as_view(), name="renew"),
]
