from bailiwick.kernel.federation.api.urls import urlpatterns as scim

app_name = "federation"

urlpatterns = [*scim]
