from django.urls import path

from bailiwick.kernel.api.routes import both
from bailiwick.kernel.jobs.api import CancelEndpoint, Jobs, OneJob, ReplayEndpoint
from bailiwick.kernel.jobs.web.jobs import CancelJob, JobPage, JobProgress, ReplayJob
from bailiwick.kernel.jobs.web.lists import JobList

app_name = "jobs"

urlpatterns = [
    path("jobs/", JobList.as_view(), name="list"),
    path("jobs/<uuid:job_id>/", JobPage.as_view(), name="job"),
    path("jobs/<uuid:job_id>/progress/", JobProgress.as_view(), name="progress"),
    path("jobs/<uuid:job_id>/cancel/", CancelJob.as_view(), name="cancel"),
    path("jobs/<uuid:job_id>/replay/", ReplayJob.as_view(), name="replay"),
    *both("api/jobs", Jobs.as_view(), "api-list"),
    *both("api/jobs/<uuid:job_id>", OneJob.as_view(), "api-detail"),
    *both("api/jobs/<uuid:job_id>/cancel", CancelEndpoint.as_view(), "api-cancel"),
    *both("api/jobs/<uuid:job_id>/replay", ReplayEndpoint.as_view(), "api-replay"),
]
