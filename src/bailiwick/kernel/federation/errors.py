"""Refusals of an organisation's own sign-in."""

from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.errors import DomainError


class DirectoryFault(DomainError):
    """The directory does not answer, or not as its settings say; the sentence tells which."""

    code = "federation.directory_fault"
    message = _("The directory does not answer. Nothing was changed. Try again, or ask who keeps it.")
    status = 502
