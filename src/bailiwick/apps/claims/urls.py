from django.urls import include, path

app_name = "claims"

urlpatterns = [
    path("api/", include("bailiwick.apps.claims.api.urls")),
    path("", include("bailiwick.apps.claims.web.urls")),
]
