"""Whom the claims of a file name: the patient, and who bills."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from bailiwick.apps.claims.rules.readers import Fault
from bailiwick.apps.claims.rules.submission import Faults, faults_of
from bailiwick.apps.claims.values.claims import NewClaim
from bailiwick.apps.claims.values.imports import GivenClaim, GivenPatient, GivenProvider, Parties, Person
from bailiwick.kernel.base.errors import InvalidInput

NOBODY = UUID(int=0)


class Unknown(Fault):
    """There is nobody of this number or name."""


def patient_of(given: GivenPatient, parties: Parties) -> Person:
    """Raises Unknown, or Fault where it cannot be told who is meant."""
    if not given.number:
        return _only(given, parties.by_person.get(given.person, []))
    found = parties.by_number.get(given.number)
    if found is None:
        raise Unknown(_("There is no patient of this number. Add the patient first."))
    if given.born and given.born != found.born:
        raise Fault(_("The patient of this number was born on another day."))
    return found


def _only(given: GivenPatient, people: list[Person]) -> Person:
    if not people:
        raise Unknown(_("There is no patient of this name, born on this day. Add the patient first."))
    if len(people) > 1:
        raise Fault(_("Several patients have this name and were born on this day: give the patient's number."))
    return people[0]


def provider_of(given: GivenProvider, parties: Parties) -> UUID:
    """Raises Unknown, or Fault where it cannot be told who is meant. Who bills for one alone need not say for whom."""
    if given.npi:
        if given.npi not in parties.by_npi:
            raise Unknown(_("There is no provider of this NPI for whom you may submit."))
        return parties.by_npi[given.npi]
    found = parties.by_name.get(given.name, []) if given.name else parties.own
    if len(found) == 1:
        return found[0]
    if found and given.name:
        raise Fault(_("Several providers have this name: give the NPI."))
    if given.name:
        raise Unknown(_("There is no provider of this name for whom you may submit."))
    raise Fault(_("Say who bills: give the provider's NPI or name."))


def settle(given: GivenClaim, parties: Parties) -> NewClaim | InvalidInput:
    """The claim as it is submitted, or why nobody can say whose it is."""
    faults: Faults = {}
    patient = provider = NOBODY
    try:
        patient = patient_of(given.patient, parties).id
    except Fault as fault:
        faults["patient"] = [str(fault)]
    try:
        provider = provider_of(given.provider, parties)
    except Fault as fault:
        faults["provider"] = [str(fault)]
    return InvalidInput(faults) if faults else given.claim(patient, provider)


def foresee(given: GivenClaim, parties: Parties, *, today: date, adds_parties: bool) -> str | InvalidInput:
    """The sender's number, or what the claim would be refused for."""
    faults: Faults = {}
    born = None
    try:
        born = patient_of(given.patient, parties).born
    except Unknown as fault:
        born = given.patient.born
        if not (adds_parties and given.patient.is_whole):
            faults["patient"] = [str(fault)]
    except Fault as fault:
        faults["patient"] = [str(fault)]
    try:
        provider_of(given.provider, parties)
    except Unknown as fault:
        if not adds_parties:
            faults["provider"] = [str(fault)]
    except Fault as fault:
        faults["provider"] = [str(fault)]
    faults |= faults_of(given.claim(NOBODY, NOBODY), born=born, today=today)
    return InvalidInput(faults) if faults else str(given.content["external_id"])
