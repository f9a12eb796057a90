"""Background work: the row is the outbox, the progress and the record of one job."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.audit.constraints import RowChanges
from bailiwick.kernel.base.manifest import JobKind, Text, registry
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.jobs.choices import LOOKS, JobState
from bailiwick.kernel.tenancy.fields import TenantForeignKey
from bailiwick.kernel.tenancy.models import OrganizationModel, organization_key

PROGRESS_COLUMNS = ("started_at", "done", "total", "rejected", "position", "attempt", "worker", "hold")


class Job(OrganizationModel):
    """One piece of background work. `position` is what its last committed step left for a next try to go on from.

    `hold` names the try in hand: a number that nobody had before, under which its worker keeps a lock of the session.
    """

    organization = organization_key(is_checked=False)
    kind = models.CharField(max_length=100)
    arguments = models.JSONField(default=dict)
    key = models.CharField(max_length=200, blank=True)
    member = TenantForeignKey(Member, null=True)
    request_id = models.CharField(max_length=64, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=JobState, default=JobState.WAITING)
    attempt = models.PositiveSmallIntegerField(default=0)
    hold = models.BigIntegerField(null=True)
    submitted_at = models.DateTimeField(_("submitted"), db_default=Now(), editable=False)
    available_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    is_cancel_asked = models.BooleanField(default=False)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    rejected = models.PositiveIntegerField(default=0)
    position = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    trace = models.TextField(blank=True)
    worker = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "kind", "key"], condition=~Q(key=""), name="jobs_key"),
            RowChanges(name="jobs_job_changes", skipped=PROGRESS_COLUMNS, inserts=False, unless="OLD.key = 'schedule'"),
        ]
        indexes = [
            models.Index(fields=["organization", "member", "id"], name="jobs_by_member"),
            models.Index(
                fields=["organization", "available_at", "id"], condition=Q(finished_at=None), name="jobs_unfinished"
            ),
            models.Index(
                fields=["organization", "kind", "hold"], condition=Q(state=JobState.RUNNING), name="jobs_running"
            ),
        ]

    @property
    def declared(self) -> JobKind | None:
        """What the manifest says of this kind; None when it is not declared any more."""
        return registry().jobs.get(self.kind)

    @property
    def title(self) -> Text:
        declared = self.declared
        return declared.title if declared else self.kind

    @property
    def is_over(self) -> bool:
        return self.finished_at is not None

    @property
    def is_cancellable(self) -> bool:
        return not self.is_over and not self.is_cancel_asked

    @property
    def is_dead(self) -> bool:
        return self.state == JobState.DEAD

    @property
    def look(self) -> str:
        return LOOKS[JobState(self.state)]

    @property
    def sentence(self) -> Any:
        """The state in words."""
        return JobState(self.state).label
