"""Upkeep of the history."""

from celery import shared_task
from django.db import connection


@shared_task
def create_partitions() -> None:
    """Make next months' partitions ahead of time; a default partition takes what comes without one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_create_partitions(3)")
