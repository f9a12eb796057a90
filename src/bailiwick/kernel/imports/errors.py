"""Refusals of imports."""

from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.errors import DomainError


class ImportStarted(DomainError):
    code = "imports.started"
    message = _("This import has started already. Upload the file again to read it in another way.")
    status = 409
