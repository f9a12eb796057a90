"""Adding patients and providers whom a file names and nobody knows yet."""

from collections.abc import Sequence
from typing import Any

from django.utils.timezone import localdate

from bailiwick.apps.claims.actions.writing import draw_ids
from bailiwick.apps.claims.choices import Gender
from bailiwick.apps.claims.manifest import MANAGE
from bailiwick.apps.claims.models import Patient, Provider
from bailiwick.apps.claims.queries.imports import find_parties
from bailiwick.apps.claims.rules.readers import Fault
from bailiwick.apps.claims.rules.whose import Unknown, foresee, patient_of, provider_of
from bailiwick.apps.claims.values.imports import GivenClaim, GivenPatient, GivenProvider, Parties
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record


def add_parties(*, actor: Actor, givens: Sequence[GivenClaim], parties: Parties) -> Parties:
    """Add who is not there yet and is said in full; returns all whom the claims may mean by then.

    An NPI is kept as it is given: what is wrong with it is an edit of the claims under it. A claim that is refused
    leaves nobody behind.
    """
    actor.require(MANAGE)
    today = localdate()
    sound = [each for each in givens if isinstance(foresee(each, parties, today=today, adds_parties=True), str)]
    patients = _new_patients([given.patient for given in sound], parties)
    providers = _new_providers([given.provider for given in sound], parties)
    if not patients and not providers:
        return parties
    added = [*patients, *providers]
    for row, key in zip(added, draw_ids(len(added)), strict=True):
        row.id = key
    Patient.objects.bulk_create(patients, ignore_conflicts=True)
    Provider.objects.bulk_create(providers, ignore_conflicts=True)
    record(actor.ref, "claims.parties.added", added[0], {"patients": len(patients), "providers": len(providers)})
    return find_parties(actor, givens)


def _new_patients(givens: Sequence[GivenPatient], parties: Parties) -> list[Patient]:
    added: dict[Any, Patient] = {}
    for given in dict.fromkeys(givens):
        if given.born and given.is_whole and _is_unknown(given, parties):
            added[given.number or given.person] = Patient(
                number=given.number,
                first_name=given.first_name,
                last_name=given.last_name,
                date_of_birth=given.born,
                gender=given.gender or Gender.UNKNOWN,
            )
    return list(added.values())


def _new_providers(givens: Sequence[GivenProvider], parties: Parties) -> list[Provider]:
    added: dict[str, Provider] = {}
    for given in dict.fromkeys(givens):
        if _is_unknown(given, parties):
            added.setdefault(given.npi or given.name, Provider(npi=given.npi, name=given.name or given.npi))
    return list(added.values())


def _is_unknown(given: GivenPatient | GivenProvider, parties: Parties) -> bool:
    try:
        if isinstance(given, GivenPatient):
            patient_of(given, parties)
        else:
            provider_of(given, parties)
    except Unknown:
        return True
    except Fault:
        pass
    return False
