from django.urls import path

from bailiwick.kernel.api.routes import both
from bailiwick.kernel.identity.api import LogoutEndpoint, TokenEndpoint, TokenRefreshEndpoint
from bailiwick.kernel.identity.web import ChangePassword, SignIn, SignOut

app_name = "identity"

urlpatterns = [
    path("accounts/login", SignIn.as_view(), name="login"),
    path("accounts/login/", SignIn.as_view()),
    path("accounts/logout", SignOut.as_view(), name="logout"),
    path("accounts/password", ChangePassword.as_view(), name="password"),
    *both("api/auth/token/", TokenEndpoint.as_view(), "token"),
    *both("api/auth/token/refresh/", TokenRefreshEndpoint.as_view(), "token-refresh"),
    *both("api/auth/logout/", LogoutEndpoint.as_view(), "token-logout"),
]
