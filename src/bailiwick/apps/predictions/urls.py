from django.urls import include, path

app_name = "predictions"

urlpatterns = [
    path("api/", include("bailiwick.apps.predictions.api.urls")),
    path("", include("bailiwick.apps.predictions.web.urls")),
]
