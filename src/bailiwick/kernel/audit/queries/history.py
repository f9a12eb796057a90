"""Reading the history of one row."""

from uuid import UUID

from django.db.models import QuerySet

from bailiwick.kernel.audit.models import Change, Event


def list_events(*subject_ids: UUID) -> QuerySet[Event]:
    """What happened to some subjects, oldest first; the caller has checked that they may be seen."""
    return Event.objects.filter(subject_id__in=subject_ids).order_by("id")


def list_changes(row_id: UUID) -> QuerySet[Change]:
    """What changed in a row, oldest first; the caller has checked that it may be seen."""
    return Change.objects.filter(row_id=row_id).order_by("id")
