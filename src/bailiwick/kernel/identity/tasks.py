"""Upkeep of sessions and tokens."""

from celery import shared_task
from django.core.management import call_command


@shared_task
def purge_expired() -> None:
    """Remove sessions and refresh tokens that have run out."""
    call_command("clearsessions")
    call_command("flushexpiredtokens")
