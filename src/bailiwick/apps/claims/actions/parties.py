"""Patients and providers: added, changed, and linked to the accounts by which they see their own claims."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.apps.claims.actions.events.matching import match_patient
from bailiwick.apps.claims.manifest import BE_PATIENT, MANAGE, PROVIDE
from bailiwick.apps.claims.models import Patient, Provider
from bailiwick.apps.claims.queries.parties import (
    is_npi_taken,
    is_number_taken,
    lock_patient,
    lock_provider,
)
from bailiwick.apps.claims.values.parties import NewPatient, NewProvider
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.queries import rights_of_member
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import InvalidInput

PATIENT_FIELDS = frozenset(field.name for field in fields(NewPatient))
PROVIDER_FIELDS = frozenset(field.name for field in fields(NewProvider))

TAKEN = {
    "number": gettext_lazy("Another patient has this number."),
    "npi": gettext_lazy("Another provider has this number."),
}

Faults = dict[str, list[Any]]


def add_patient(*, actor: Actor, new: NewPatient) -> Patient:
    """Add a patient; events that waited for their number are matched. Raises InvalidInput."""
    actor.require(MANAGE)
    with transaction.atomic(savepoint=False):
        patient = Patient(**asdict(new))
        _check_patient(patient)
        _save(patient, "number", force_insert=True)
        record(actor.ref, "claims.patient.added", patient)
        match_patient(actor=actor, patient=patient)
        return patient


def change_patient(*, actor: Actor, patient_id: UUID, said: Mapping[str, Any]) -> Patient:
    """Change some fields of a patient, by the names of `NewPatient`. Raises InvalidInput, NotFound."""
    actor.require(MANAGE)
    with transaction.atomic(savepoint=False):
        patient = lock_patient(patient_id)
        changed = _set(patient, said, PATIENT_FIELDS)
        if changed:
            _check_patient(patient)
            _save(patient, "number", update_fields=changed)
            record(actor.ref, "claims.patient.changed", patient, {"fields": changed})
            if "number" in changed:
                match_patient(actor=actor, patient=patient)
        return patient


def add_provider(*, actor: Actor, new: NewProvider) -> Provider:
    """Add a provider; raises InvalidInput."""
    actor.require(MANAGE)
    with transaction.atomic(savepoint=False):
        provider = Provider(**asdict(new))
        _check_provider(provider)
        _save(provider, "npi", force_insert=True)
        record(actor.ref, "claims.provider.added", provider)
        return provider


def change_provider(*, actor: Actor, provider_id: UUID, said: Mapping[str, Any]) -> Provider:
    """Change some fields of a provider, by the names of `NewProvider`. Raises InvalidInput, NotFound."""
    actor.require(MANAGE)
    with transaction.atomic(savepoint=False):
        provider = lock_provider(provider_id)
        changed = _set(provider, said, PROVIDER_FIELDS)
        if changed:
            _check_provider(provider)
            _save(provider, "npi", update_fields=changed)
            record(actor.ref, "claims.provider.changed", provider, {"fields": changed})
        return provider


def _save(row: Patient | Provider, unique: str, **how: Any) -> None:
    """Store it; raises InvalidInput where somebody got its number in this very moment."""
    try:
        with transaction.atomic():
            row.save(**how)
    except IntegrityError as conflict:
        raise InvalidInput({unique: [str(TAKEN[unique])]}) from conflict


def _set(row: Patient | Provider, said: Mapping[str, Any], known: frozenset[str]) -> list[str]:
    """Names of the fields that changed."""
    changed = [name for name, value in said.items() if name in known and getattr(row, name) != value]
    for name in changed:
        setattr(row, name, said[name])
    return sorted(changed)


def _check_patient(patient: Patient) -> None:
    faults: Faults = {}
    if is_number_taken(patient):
        faults["number"] = [TAKEN["number"]]
    if patient.date_of_birth > localdate():
        faults["date_of_birth"] = [_("The day of birth has not come yet.")]
    if patient.died_on is not None and not patient.date_of_birth <= patient.died_on <= localdate():
        faults["died_on"] = [_("Nobody dies before they are born, or in the future.")]
    _refuse(faults | _faults_of_account(patient.member_id, BE_PATIENT))


def _check_provider(provider: Provider) -> None:
    faults: Faults = {}
    if is_npi_taken(provider):
        faults["npi"] = [TAKEN["npi"]]
    _refuse(faults | _faults_of_account(provider.member_id, PROVIDE))


def _faults_of_account(member_id: UUID | None, right: str) -> Faults:
    """An account is linked that may see what it would be linked for."""
    if member_id is None or right in rights_of_member(member_id):
        return {}
    return {"member": [_("There is no such account, or it is not allowed to see claims of its own.")]}


def _refuse(faults: Faults) -> None:
    if faults:
        raise InvalidInput(faults)
