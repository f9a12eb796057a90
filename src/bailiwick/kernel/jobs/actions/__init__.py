"""The writes of jobs: what people do with them, and what workers and scheduler do to them."""

from bailiwick.kernel.jobs.actions.asking import cancel_job, replay_job, submit_house_job, submit_job
from bailiwick.kernel.jobs.actions.scheduling import schedule_job
from bailiwick.kernel.jobs.actions.trying import (
    claim_jobs,
    end_try,
    finish_tries,
    lock_try,
    release_hold,
    save_progress,
    stop_try,
)

__all__ = [
    "cancel_job",
    "claim_jobs",
    "end_try",
    "finish_tries",
    "lock_try",
    "release_hold",
    "replay_job",
    "save_progress",
    "schedule_job",
    "stop_try",
    "submit_house_job",
    "submit_job",
]
