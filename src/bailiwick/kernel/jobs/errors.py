"""What ends a try of a job, and what is refused."""

from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.errors import DomainError


class JobFailed(DomainError):
    """A try that no other try could mend: the sentence goes to whoever submitted the job."""

    code = "jobs.failed"
    message = _("The job could not be done.")
    status = 409


class SubmitterGone(JobFailed):
    code = "jobs.submitter_gone"
    message = _("Whoever submitted this job may not do so any more. What its steps stored stays.")


class JobOver(DomainError):
    code = "jobs.over"
    message = _("This job has ended already. Nothing was changed.")
    status = 409


class NotDead(DomainError):
    code = "jobs.not_dead"
    message = _("Only a dead letter can be sent again. Nothing was changed.")
    status = 409


class JobLost(Exception):
    """This try is not the current one any more, or the job was cancelled: stop, and store nothing further."""


class TookTooLong(BaseException):
    """The try's time is up. Not an Exception, so that the work's own handlers let it pass."""
