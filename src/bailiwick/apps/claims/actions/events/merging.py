"""Following a merge: what was said of the patient who goes is said of the one who is left."""

from django.db.models import F

from bailiwick.apps.claims.actions.events.locking import lock_patients, lock_rows
from bailiwick.apps.claims.choices import EventState
from bailiwick.apps.claims.models import Claim, Coverage, Patient, PatientEvent, PriorAuthorization
from bailiwick.apps.claims.values.events import JOINED, Effect
from bailiwick.kernel.base.actors import ActorRef


def apply_merge(actor: ActorRef, event: PatientEvent) -> list[Effect]:
    """Claims, covers, promises, events and the account go over; what was reported before is not applied anew."""
    patients = lock_patients([event.patient_id, event.merged_patient_id])
    assert event.patient_id and event.merged_patient_id
    survivor, gone = patients[event.patient_id], patients[event.merged_patient_id]
    [event] = lock_rows([event.id])
    if event.state != EventState.PENDING or event.patient_id != survivor.id:
        return []
    if gone.merged_into_id or gone == survivor:
        return [Effect(event.id, survivor.id)]
    claims = Claim.objects.filter(patient=gone).order_by("id").select_for_update(no_key=True)
    joined = [is_live for is_live in claims.values_list("is_live", flat=True) if is_live]
    Claim.objects.filter(patient=gone).update(patient=survivor, edition=F("edition") + 1)
    for model in (Coverage, PriorAuthorization, PatientEvent):
        model.objects.filter(patient=gone).update(patient=survivor)
    Patient.objects.filter(merged_into=gone).update(merged_into=survivor)
    _leave(gone, survivor)
    return [Effect(event.id, survivor.id, {JOINED: len(joined)})]


def _leave(gone: Patient, survivor: Patient) -> None:
    """The account goes over where the other has none; else both keep theirs, and somebody has to say which is right."""
    if survivor.member_id is None and gone.member_id is not None:
        survivor.member_id, gone.member_id = gone.member_id, None
        survivor.save(update_fields=["member"])
    gone.merged_into = survivor
    gone.save(update_fields=["merged_into", "member"])
