"""One job: how far it is, why it waits, and what can be done about it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _

from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.jobs.actions import cancel_job, replay_job
from bailiwick.kernel.jobs.manifest import MANAGE
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.queries import explain_waiting, get_job
from bailiwick.kernel.jobs.web.words import explain
from bailiwick.kernel.web.pages import Page

STOP_POLLING = 286
PACES = ((10, 1), (40, 3))
SLOWEST = 10


class JobPage(Page):
    """A job and everything that is known about it."""

    right = MEMBER
    template_name = "jobs/job.html"
    navigation_name = "jobs:list"

    def get(self, request: HttpRequest, job_id: UUID) -> HttpResponse:
        job = get_job(self.actor, job_id)
        return self.show(
            is_manager=self.actor.may(MANAGE), is_mine=job.member_id == self.actor.member_id, **progress_of(self, job)
        )


class JobProgress(Page):
    """The part of the page that is asked for again and again until the job is over."""

    right = MEMBER
    template_name = "jobs/_progress.html"
    navigation_name = "jobs:list"

    def get(self, request: HttpRequest, job_id: UUID) -> HttpResponse:
        job = get_job(self.actor, job_id)
        if job.is_over:
            self.tell(_("{job}: {state}").format(job=job.title, state=job.sentence))
        response = self.show(status=STOP_POLLING if job.is_over else 200, **progress_of(self, job))
        self._send_events(response)
        return response


class CancelJob(Page):
    """Ends the job, at once or at its next step."""

    right = MEMBER
    navigation_name = "jobs:list"

    def post(self, request: HttpRequest, job_id: UUID) -> HttpResponse:
        job = cancel_job(actor=self.actor, job_id=job_id)
        self.tell(_("Cancelled.") if job.is_over else _("The job ends at its next step. What it stored stays."))
        return redirect("jobs:job", job_id)


class ReplayJob(Page):
    """Sends a dead letter again."""

    right = MEMBER
    navigation_name = "jobs:list"

    def post(self, request: HttpRequest, job_id: UUID) -> HttpResponse:
        replay_job(actor=self.actor, job_id=job_id)
        self.tell(_("Sent again. It goes on where it stopped."))
        return redirect("jobs:job", job_id)


def progress_of(page: Page, job: Job) -> dict[str, Any]:
    """What the part of a page that shows a job's progress needs."""
    return {
        "job": job,
        "waits": [] if job.is_over else [explain(reason) for reason in explain_waiting(page.actor, job)],
        "pace": pace_of(job),
        "result_url": result_url(job),
    }


def pace_of(job: Job) -> int:
    """Seconds until the next look: each second at first, then less and less often."""
    age = (now() - job.submitted_at).total_seconds()
    return next((seconds for until, seconds in PACES if age < until), SLOWEST)


def result_url(job: Job) -> str:
    """Where what the job made can be seen; empty when it made nothing."""
    if file_id := job.result.get("file"):
        try:
            return reverse("files:download", args=[file_id])
        except NoReverseMatch:
            return ""
    url = str(job.result.get("url", ""))
    return url if url.startswith("/") and not url.startswith("//") else ""
