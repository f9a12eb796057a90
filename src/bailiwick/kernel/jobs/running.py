"""One try of a job, as the function that does the work sees it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import transaction

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.entry import enter_as_member
from bailiwick.kernel.base.manifest import JobKind
from bailiwick.kernel.identity.choices import Credential
from bailiwick.kernel.jobs.actions import lock_try, save_progress
from bailiwick.kernel.jobs.errors import SubmitterGone
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.values import Ended
from bailiwick.kernel.tenancy.scope import enter


class Run:
    """A try in hand. Work is done in steps: each is one transaction, and leaves its progress in it.

    So whatever a step wrote and how far the job has come are stored together, or not at all; a next try goes on
    from `position`, the last committed one.
    """

    def __init__(self, job: Job, organization_id: UUID) -> None:
        assert job.hold and job.declared
        self.job_id, self.organization_id, self.attempt = job.id, organization_id, job.attempt
        self.hold: int = job.hold
        self.declared: JobKind = job.declared
        self.arguments: dict[str, Any] = job.arguments
        self.member_id, self.request_id = job.member_id, job.request_id
        self.done, self.total, self.rejected = job.done, job.total, job.rejected
        self.position: dict[str, Any] = dict(job.position)
        self.is_cancel_asked = job.is_cancel_asked
        self.result: dict[str, Any] = {}

    @contextmanager
    def read(self) -> Iterator[Actor | None]:
        """A transaction in the job's scope, as whoever submitted it; None for the house's own jobs. Locks nothing.

        Raises SubmitterGone, which ends the job, when they may not act any more or have lost the kind's right.
        """
        if self.member_id is None:
            with enter(self.organization_id, request_id=self.request_id):
                yield None
            return
        entry = enter_as_member(
            self.organization_id,
            self.member_id,
            credential=Credential.JOB,
            request_id=self.request_id,
        )
        with transaction.atomic(), entry as actor:
            if actor is None or (self.declared.right and not actor.may(self.declared.right)):
                raise SubmitterGone
            yield actor

    @contextmanager
    def step(self) -> Iterator[Actor | None]:
        """As `read`, with the job locked first; `done`, `total`, `rejected` and `position` are stored at the end.

        Raises JobLost when this try is not the current one any more, or the job was cancelled.
        """
        with self.read() as actor:
            job = lock_try(self.job_id, self.hold)
            yield actor
            job.done, job.total, job.rejected, job.position = self.done, self.total, self.rejected, self.position
            save_progress(job)

    @property
    def ended(self) -> Ended:
        """What is to be noted of it once its work is done."""
        return Ended(self.job_id, self.done, self.total, self.rejected, self.result)
