from django.urls import path

from bailiwick.kernel.api.routes import both
from bailiwick.kernel.identity.api import keys as key_api
from bailiwick.kernel.identity.api.profile import (
    PasswordChangeEndpoint,
    ProfileEndpoint,
    ProfileUpdateEndpoint,
    SessionEndEndpoint,
    SessionsEndpoint,
)
from bailiwick.kernel.identity.api.tokens import LogoutEndpoint, TokenEndpoint, TokenRefreshEndpoint
from bailiwick.kernel.identity.web.addresses import ConfirmAddress, SendAddressLink
from bailiwick.kernel.identity.web.again import Again
from bailiwick.kernel.identity.web.codes import (
    Application,
    BeginApplication,
    RecoveryCodes,
    RemoveApplication,
    SecondStep,
)
from bailiwick.kernel.identity.web.door import ChangePassword, SignIn, SignOut
from bailiwick.kernel.identity.web.enrolment import Enrol, EnrolQuestion
from bailiwick.kernel.identity.web.keys import KeyList, NewKey, OneKey, RevokeKey, RotateKey
from bailiwick.kernel.identity.web.member import NewTicket, PersonPage, RegisterPerson, RevokeTicket, SetManager
from bailiwick.kernel.identity.web.passkeys import (
    NewPasskey,
    NewPasskeyQuestion,
    PasskeyQuestion,
    RemovePasskey,
    RenamePasskey,
    SignInByPasskey,
)
from bailiwick.kernel.identity.web.people import PeopleList
from bailiwick.kernel.identity.web.person import Me
from bailiwick.kernel.identity.web.policy import Policy
from bailiwick.kernel.identity.web.programs import DismissKeyIssuer, EndProgram, KeyIssuers, NewProgram
from bailiwick.kernel.identity.web.recoveries import AskRecovery, RecoveryList, RecoveryPage
from bailiwick.kernel.identity.web.resets import ForgottenPassword, NewPassword
from bailiwick.kernel.identity.web.security import Security
from bailiwick.kernel.identity.web.sessions import EndOtherSessions, EndSession, Sessions

app_name = "identity"

urlpatterns = [
    path("accounts/login", SignIn.as_view(), name="login"),
    path("accounts/login/", SignIn.as_view()),
    path("accounts/logout", SignOut.as_view(), name="logout"),
    path("accounts/password", ChangePassword.as_view(), name="password"),
    path("accounts/password/forgotten/", ForgottenPassword.as_view(), name="forgotten"),
    path("accounts/password/new/", NewPassword.as_view(), name="new-password"),
    path("accounts/login/code/", SecondStep.as_view(), name="code"),
    path("accounts/login/passkey/", SignInByPasskey.as_view(), name="passkey"),
    path("accounts/login/passkey/question/", PasskeyQuestion.as_view(), name="passkey-question"),
    path("accounts/security/", Security.as_view(), name="security"),
    path("accounts/security/passkeys/new/", NewPasskey.as_view(), name="new-passkey"),
    path("accounts/security/passkeys/new/question/", NewPasskeyQuestion.as_view(), name="new-passkey-question"),
    path("accounts/security/passkeys/<uuid:passkey_id>/rename/", RenamePasskey.as_view(), name="passkey-rename"),
    path("accounts/security/passkeys/<uuid:passkey_id>/remove/", RemovePasskey.as_view(), name="passkey-remove"),
    path("accounts/security/application/", Application.as_view(), name="application"),
    path("accounts/security/application/begin/", BeginApplication.as_view(), name="application-begin"),
    path("accounts/security/application/remove/", RemoveApplication.as_view(), name="application-remove"),
    path("accounts/security/codes/", RecoveryCodes.as_view(), name="recovery-codes"),
    path("accounts/again/", Again.as_view(), name="again"),
    path("accounts/sessions/", Sessions.as_view(), name="sessions"),
    path("accounts/sessions/end/", EndOtherSessions.as_view(), name="sessions-end"),
    path("accounts/sessions/<uuid:session_id>/end/", EndSession.as_view(), name="session-end"),
    path("settings/sign-in/", Policy.as_view(), name="policy"),
    path("accounts/me/", Me.as_view(), name="me"),
    path("accounts/mail/confirm/", ConfirmAddress.as_view(), name="address"),
    path("accounts/mail/send/", SendAddressLink.as_view(), name="address-link"),
    path("accounts/enrol/", Enrol.as_view(), name="enrol"),
    path("accounts/enrol/question/", EnrolQuestion.as_view(), name="enrol-question"),
    path("people/", PeopleList.as_view(), name="people"),
    path("people/new/", RegisterPerson.as_view(), name="person-new"),
    path("people/recoveries/", RecoveryList.as_view(), name="recoveries"),
    path("people/recoveries/<uuid:recovery_id>/", RecoveryPage.as_view(), name="recovery"),
    path("people/tickets/<uuid:ticket_id>/revoke/", RevokeTicket.as_view(), name="ticket-revoke"),
    path("people/<uuid:member_id>/", PersonPage.as_view(), name="person"),
    path("people/<uuid:member_id>/manager/", SetManager.as_view(), name="manager"),
    path("people/<uuid:member_id>/ticket/", NewTicket.as_view(), name="ticket-new"),
    path("people/<uuid:member_id>/recovery/", AskRecovery.as_view(), name="recovery-new"),
    path("settings/keys/", KeyList.as_view(), name="keys"),
    path("settings/keys/new/", NewKey.as_view(), name="key-new"),
    path("settings/keys/programs/new/", NewProgram.as_view(), name="program-new"),
    path("settings/keys/programs/<uuid:program_id>/end/", EndProgram.as_view(), name="program-end"),
    path("settings/keys/issuers/", KeyIssuers.as_view(), name="key-issuers"),
    path("settings/keys/issuers/<uuid:grant_id>/end/", DismissKeyIssuer.as_view(), name="key-issuer-end"),
    path("settings/keys/<uuid:key_id>/", OneKey.as_view(), name="key"),
    path("settings/keys/<uuid:key_id>/rotate/", RotateKey.as_view(), name="key-rotate"),
    path("settings/keys/<uuid:key_id>/revoke/", RevokeKey.as_view(), name="key-revoke"),
    *both("api/keys/", key_api.Keys.as_view(), "api-keys"),
    *both("api/keys/<uuid:key_id>/rotate/", key_api.RotateKey.as_view(), "api-key-rotate"),
    *both("api/keys/<uuid:key_id>/revoke/", key_api.RevokeKey.as_view(), "api-key-revoke"),
    *both("api/auth/token/", TokenEndpoint.as_view(), "token"),
    *both("api/auth/token/refresh/", TokenRefreshEndpoint.as_view(), "token-refresh"),
    *both("api/auth/logout/", LogoutEndpoint.as_view(), "token-logout"),
    *both("api/auth/profile/", ProfileEndpoint.as_view(), "profile"),
    *both("api/auth/profile/update/", ProfileUpdateEndpoint.as_view(), "profile-update"),
    *both("api/auth/password/change/", PasswordChangeEndpoint.as_view(), "password-change"),
    *both("api/auth/sessions/", SessionsEndpoint.as_view(), "own-sessions"),
    *both("api/auth/sessions/terminate/<uuid:session_id>/", SessionEndEndpoint.as_view(), "session-terminate"),
]
