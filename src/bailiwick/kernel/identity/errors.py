"""Refusals of identity."""

from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.errors import DomainError


class InvalidCredentials(DomainError):
    code = "identity.invalid_credentials"
    message = _("Login or password is wrong. Check both and try again.")
    status = 401


class NoMembership(DomainError):
    code = "identity.no_membership"
    message = _("You are not a member of this organisation. Ask one of its administrators.")
    status = 403


class ScopeNotHeld(DomainError):
    code = "identity.scope_not_held"
    message = _("A key cannot be given a right that is not registered.")
    status = 400


class InvalidToken(DomainError):
    code = "identity.invalid_token"
    message = _("The refresh token is not valid, has run out or was used before. Sign in again.")
    status = 401


class TokenNotAccepted(DomainError):
    code = "identity.token_not_accepted"
    message = _("This is not a refresh token of yours that could be ended. Nothing was changed.")
    status = 400


class NoPerson(DomainError):
    code = "identity.no_person"
    message = _("A key belongs to a program, which has no session to end. Revoke the key instead.")
    status = 403
