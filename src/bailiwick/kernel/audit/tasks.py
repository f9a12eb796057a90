"""Upkeep of the history."""

from django.db import connection


def create_partitions(run: object = None) -> None:
    """Make next months' partitions ahead of time; a default partition takes what comes without one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_create_partitions(3)")
