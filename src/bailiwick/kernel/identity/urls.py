from bailiwick.kernel.api.routes import both
from bailiwick.kernel.identity.api import LogoutEndpoint, TokenEndpoint, TokenRefreshEndpoint

app_name = "identity"

urlpatterns = [
    *both("api/auth/token/", TokenEndpoint.as_view(), "token"),
    *both("api/auth/token/refresh/", TokenRefreshEndpoint.as_view(), "token-refresh"),
    *both("api/auth/logout/", LogoutEndpoint.as_view(), "token-logout"),
]
