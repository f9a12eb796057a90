"""Jobs by API: list them, look at one, cancel it, send a dead one again."""

from typing import Any
from uuid import UUID

import django_filters
from django.http import HttpResponse
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from bailiwick.kernel.api.views import Endpoint, ListEndpoint
from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.jobs.actions import cancel_job, replay_job
from bailiwick.kernel.jobs.choices import JobState
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.queries import Reason, Why, explain_waiting, get_job, list_jobs


class JobShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=JobState.choices)
    submitted_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    attempt = serializers.IntegerField()
    done = serializers.IntegerField()
    total = serializers.IntegerField(allow_null=True)
    rejected = serializers.IntegerField()
    error = serializers.CharField()
    result = serializers.DictField()


class WaitShape(serializers.Serializer[Any]):
    why = serializers.ChoiceField(choices=[(each.value, each.value) for each in Why])
    count = serializers.IntegerField()
    until = serializers.DateTimeField(allow_null=True)


class ExplainedJobShape(JobShape):
    waits = WaitShape(many=True)


class JobFilter(FilterSet):
    """Every parameter narrows; together they all hold."""

    state = django_filters.ChoiceFilter(choices=JobState.choices)
    kind = django_filters.CharFilter()

    class Meta:
        model = Job
        fields: list[str] = []


class Jobs(ListEndpoint):
    """My jobs, or all of the organisation for whoever manages them, newest first."""

    right = MEMBER
    filterset_class = JobFilter

    def rows(self) -> Any:
        return list_jobs(self.actor)

    def present(self, rows: list[Any]) -> list[Any]:
        return [show_job(job) for job in rows]

    @extend_schema(operation_id="jobs_list", responses=JobShape(many=True), tags=["jobs"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs)


class OneJob(Endpoint):
    """One job, and why it waits."""

    right = MEMBER

    @extend_schema(operation_id="jobs_get", responses=ExplainedJobShape, tags=["jobs"])
    def get(self, request: Request, job_id: UUID) -> HttpResponse:
        job = get_job(self.actor, job_id)
        waits = [show_reason(reason) for reason in explain_waiting(self.actor, job)]
        return self.respond(show_job(job) | {"waits": waits})


class CancelEndpoint(Endpoint):
    """End a waiting job at once, a running one at its next step."""

    right = MEMBER

    @extend_schema(operation_id="jobs_cancel", request=None, responses=JobShape, tags=["jobs"])
    def post(self, request: Request, job_id: UUID) -> HttpResponse:
        return self.respond(show_job(cancel_job(actor=self.actor, job_id=job_id)))


class ReplayEndpoint(Endpoint):
    """Send a dead letter again; it goes on from its last step."""

    right = MEMBER

    @extend_schema(operation_id="jobs_replay", request=None, responses=JobShape, tags=["jobs"])
    def post(self, request: Request, job_id: UUID) -> HttpResponse:
        return self.respond(show_job(replay_job(actor=self.actor, job_id=job_id)))


def show_job(job: Job) -> dict[str, Any]:
    """A job as it goes out."""
    return {
        "id": job.id,
        "kind": job.kind,
        "title": str(job.title),
        "state": job.state,
        "submitted_at": job.submitted_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "attempt": job.attempt,
        "done": job.done,
        "total": job.total,
        "rejected": job.rejected,
        "error": job.error,
        "result": job.result,
    }


def show_reason(reason: Reason) -> dict[str, Any]:
    return {"why": reason.why.value, "count": reason.count, "until": reason.until}
