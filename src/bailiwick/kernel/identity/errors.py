"""Refusals of identity."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.errors import DomainError


class InvalidCredentials(DomainError):
    """`person_id` is for the record alone: the answer does not tell whether the login is somebody's."""

    code = "identity.invalid_credentials"
    message = _("Login or password is wrong. Check both and try again.")
    status = 401

    def __init__(self, *, person_id: UUID | None = None) -> None:
        super().__init__()
        self.person_id = person_id


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


class LinkNotValid(DomainError):
    code = "identity.link_not_valid"
    message = _("This link was used, is older than an hour, or was cut short. Nothing was changed. Ask for a new one.")
    status = 410
