"""Locking what events are about, always in one order: patients, then events, then claims, each by key.

The locks let rows be referred to meanwhile: a claim of the patient may be submitted.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import connection
from django.db.models import Q

from bailiwick.apps.claims.models import Claim, Patient, PatientEvent

LOCK_PATIENTS = "SELECT id FROM claims_patient WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
STILL = """
SELECT event.id FROM claims_patientevent event JOIN unnest(%s::uuid[], %s::uuid[]) given(id, patient_id) USING (id)
 WHERE event.patient_id = given.patient_id AND event.state = 'pending'
"""


class PatientMoved(Exception):
    """The patient was merged into another while their event was about to be applied: it is tried again."""


def lock_patients(keys: Iterable[UUID | None]) -> dict[UUID, Patient]:
    rows = Patient.objects.filter(id__in={key for key in keys if key})
    return {row.id: row for row in rows.order_by("id").select_for_update(no_key=True)}


def lock_rows(keys: Iterable[UUID]) -> list[PatientEvent]:
    return list(PatientEvent.objects.filter(id__in=set(keys)).order_by("id").select_for_update(no_key=True))


def lock_waiting(events: Sequence[PatientEvent]) -> list[PatientEvent]:
    """Lock the patients of some events; those events that still wait and are still of their patient.

    Whoever applies or takes back an event locks its patient first, so that the events themselves need no lock.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK_PATIENTS, [[event.patient_id for event in events]])
        cursor.execute(STILL, [[event.id for event in events], [event.patient_id for event in events]])
        still = {key for (key,) in cursor.fetchall()}
    return [event for event in events if event.id in still]


def lock_claims(patients: Iterable[UUID], which: Q, *columns: str) -> list[Claim]:
    """Lock those of some patients' live claims; their patients are locked already. Without `columns` whole rows."""
    rows = Claim.objects.filter(which, patient_id__in=set(patients), is_live=True)
    rows = rows.only(*columns) if columns else rows
    return list(rows.order_by("id").select_for_update(no_key=True))
