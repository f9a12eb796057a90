"""The one family of errors that people may see."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A refusal with a stable code, a sentence that says what happened and what to do, and an HTTP status.

    Subclasses set the class attributes; `data` becomes extension members of the problem document.
    """

    code: str = "base.error"
    message: str | Promise = _("The request was refused.")
    status: int = 400

    def __init__(self, message: str | Promise | None = None, **data: Any) -> None:
        if message is not None:
            self.message = message
        self.data: Mapping[str, Any] = data
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.message)


class InvalidInput(DomainError):
    """Input that breaks a rule; `fields` maps the name of a field to its sentences."""

    code = "base.invalid"
    message = _("Some fields need a correction. Nothing was stored.")
    status = 400

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        super().__init__(errors=dict(fields))
        self.fields = fields


class NotFound(DomainError):
    """Absent, hidden and belonging to somebody else look the same."""

    code = "base.not_found"
    message = _("There is nothing here for you.")
    status = 404
