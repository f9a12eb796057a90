"""Refusals of the API itself, before any action is called."""

from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.errors import DomainError


class InvalidJson(DomainError):
    code = "api.invalid_json"
    message = _("The body is not valid JSON.")
    status = 400


class InvalidText(DomainError):
    code = "api.invalid_text"
    message = _("Text must not contain the character NUL.")
    status = 400


class TooLarge(DomainError):
    code = "api.too_large"
    message = _("The body is larger than this server accepts.")
    status = 413


class InvalidQuery(DomainError):
    """A filter, ordering or page size that is not understood; `errors` names the parameter."""

    code = "api.invalid_query"
    message = _("Some parameters of the address are not understood. Nothing is shown, so that nothing misleads.")
    status = 400


class InvalidCursor(DomainError):
    code = "api.invalid_cursor"
    message = _("This cursor does not belong to this list. Begin again without it.")
    status = 400


class InvalidKey(DomainError):
    code = "api.invalid_idempotency_key"
    message = _("An Idempotency-Key has 1 to 255 visible ASCII characters.")
    status = 400


class KeyReused(DomainError):
    code = "api.idempotency_key_reused"
    message = _("This Idempotency-Key was used for another request. Use a new key.")
    status = 422


class ForgeryRefused(DomainError):
    code = "api.csrf_failed"
    message = _("The request lacks a valid CSRF token. Reload the page and try again.")
    status = 403
