"""Refusals of files."""

from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.errors import DomainError


class Unreadable(DomainError):
    """A file that cannot be read, or not further; the sentence says where and what to do."""

    code = "files.unreadable"
    message = _("The file cannot be read.")
    status = 400


class TooLarge(Unreadable):
    """More than may come in, or than the kind of file can hold."""

    code = "files.too_large"
    message = _("This is more than can be taken at once.")
    status = 413


class ContentMissing(DomainError):
    """The row is there, its content is not."""

    code = "files.content_missing"
    message = _("The content of this file is not there any more. Make or upload the file again.")
    status = 410
