from django.urls import path

from bailiwick.kernel.api.routes import both
from bailiwick.kernel.identity.api import LogoutEndpoint, TokenEndpoint, TokenRefreshEndpoint
from bailiwick.kernel.identity.web.door import ChangePassword, SignIn, SignOut
from bailiwick.kernel.identity.web.person import Me
from bailiwick.kernel.identity.web.resets import ForgottenPassword, NewPassword

app_name = "identity"

urlpatterns = [
    path("accounts/login", SignIn.as_view(), name="login"),
    path("accounts/login/", SignIn.as_view()),
    path("accounts/logout", SignOut.as_view(), name="logout"),
    path("accounts/password", ChangePassword.as_view(), name="password"),
    path("accounts/password/forgotten/", ForgottenPassword.as_view(), name="forgotten"),
    path("accounts/password/new/", NewPassword.as_view(), name="new-password"),
    path("accounts/me/", Me.as_view(), name="me"),
    *both("api/auth/token/", TokenEndpoint.as_view(), "token"),
    *both("api/auth/token/refresh/", TokenRefreshEndpoint.as_view(), "token-refresh"),
    *both("api/auth/logout/", LogoutEndpoint.as_view(), "token-logout"),
]
