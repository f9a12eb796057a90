"""What ends a try of a job."""

from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.errors import DomainError


class JobFailed(DomainError):
    """A try that no other try could mend: the sentence goes to whoever submitted the job."""

    code = "jobs.failed"
    message = _("The job could not be done.")
    status = 409


class JobLost(Exception):
    """This try is not the current one any more, or the job was cancelled: stop, and store nothing further."""
