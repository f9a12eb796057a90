"""Locking what events are about, always in one order: patients, then events, then claims, each by key.

The locks let rows be referred to meanwhile: a claim of the patient may be submitted.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from bailiwick.apps.claims.choices import EventState
from bailiwick.apps.claims.models import Claim, Patient, PatientEvent


class PatientMoved(Exception):
    """The patient was merged into another while their event was about to be applied: it is tried again."""


def lock_patients(keys: Iterable[UUID | None]) -> dict[UUID, Patient]:
    rows = Patient.objects.filter(id__in={key for key in keys if key})
    return {row.id: row for row in rows.order_by("id").select_for_update(no_key=True)}


def lock_rows(keys: Iterable[UUID]) -> list[PatientEvent]:
    return list(PatientEvent.objects.filter(id__in=set(keys)).order_by("id").select_for_update(no_key=True))


def lock_events(keys: Iterable[UUID], patients: Iterable[UUID | None]) -> list[PatientEvent]:
    """Lock patients, then those of some events that still wait and are of one of them."""
    people = Patient.objects.filter(id__in={key for key in patients if key}).order_by("id")
    locked = list(people.select_for_update(no_key=True).values_list("id", flat=True))
    rows = PatientEvent.objects.filter(id__in=set(keys), patient_id__in=locked, state=EventState.PENDING)
    return list(rows.order_by("id").select_for_update(no_key=True))


def lock_claims(patients: Iterable[UUID], which: Q, *columns: str) -> list[Claim]:
    """Lock those of some patients' live claims; their patients are locked already. Without `columns` whole rows."""
    rows = Claim.objects.filter(which, patient_id__in=set(patients), is_live=True)
    rows = rows.only(*columns) if columns else rows
    return list(rows.order_by("id").select_for_update(no_key=True))
