"""The upkeep of files, run as the job that it is."""

import io
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils.timezone import now

from bailiwick.kernel.base.manifest import FilePurpose
from bailiwick.kernel.files.actions import store_made
from bailiwick.kernel.files.manifest import PURGE
from bailiwick.kernel.files.models import StoredFile
from bailiwick.kernel.files.tests.factories import PURPOSE
from bailiwick.kernel.jobs.actions import schedule_job
from bailiwick.kernel.jobs.choices import JobState
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.tasks import run_job
from bailiwick.kernel.testing.factories import actor_for, new_member


@pytest.mark.django_db(transaction=True)
def test_the_hourly_job_removes_what_is_past_its_time(organization: Any, scope: Any, purpose: FilePurpose) -> None:
    actor = actor_for(new_member(organization))
    with scope(organization):
        given = {"actor": actor, "purpose": PURPOSE.code, "name": "rows", "kind": "csv"}
        expired, kept = (store_made(**given, content=io.BytesIO(b"a,b\n")) for _number in range(2))
        StoredFile.objects.filter(id=expired.id).update(expires_at=now() - timedelta(seconds=1))
        assert schedule_job(PURGE, time.time())
        job = Job.objects.get(kind=PURGE.code)
    run_job(str(organization.id), str(job.id))
    with scope(organization):
        job.refresh_from_db()
        assert (job.state, job.result) == (JobState.DONE, {"removed": 1, "orphans": 0})
        assert list(StoredFile.objects.filter(removed_at=None)) == [kept]
    assert [default_storage.exists(each.place) for each in (expired, kept)] == [False, True]
