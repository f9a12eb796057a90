"""Upkeep of kept answers."""

from celery import shared_task

from bailiwick.kernel.api.idempotency import purge_expired
from bailiwick.kernel.tenancy.queries import each_organization


@shared_task
def purge_idempotency() -> None:
    """Delete answers older than a day, organisation by organisation."""
    for _scope in each_organization():
        purge_expired()
