"""Finding whom the claims of a file name, many at a time."""

from collections.abc import Hashable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from bailiwick.apps.claims.manifest import WORK
from bailiwick.apps.claims.models import Claim, Patient, Provider
from bailiwick.apps.claims.queries.claims import list_claims, list_own_providers
from bailiwick.apps.claims.values.imports import GivenClaim, Parties, Person
from bailiwick.kernel.access.actors import Actor


def find_parties(actor: Actor, givens: Sequence[GivenClaim]) -> Parties:
    """In at most five statements however many claims there are."""
    found = Parties(own=[] if actor.may(WORK) else list_own_providers(actor))
    patients, providers = [each.patient for each in givens], [each.provider for each in givens]
    _find_numbers(found, {patient.number for patient in patients if patient.number})
    _find_people(found, {patient.person for patient in patients if not patient.number})
    _find_providers(
        found,
        actor,
        {provider.npi for provider in providers if provider.npi},
        {provider.name for provider in providers if not provider.npi and provider.name},
    )
    return found


def _find_numbers(found: Parties, numbers: set[str]) -> None:
    rows: Any = Patient.objects.filter(number__in=numbers) if numbers else Patient.objects.none()
    for number, key, survivor, born in rows.values_list("number", "id", "merged_into_id", "date_of_birth"):
        found.by_number[number] = Person(survivor or key, born)


def _find_people(found: Parties, people: set[tuple[str, str, date | None]]) -> None:
    if not people:
        return
    rows = Patient.objects.filter(
        merged_into=None, last_name__in={person[0] for person in people}, date_of_birth__in={each[2] for each in people}
    )
    for last, first, born, key in rows.values_list("last_name", "first_name", "date_of_birth", "id"):
        found.by_person.setdefault((last, first, born), []).append(Person(key, born))


def _find_providers(found: Parties, actor: Actor, npis: set[str], names: set[str]) -> None:
    """Of whom the actor may bill for."""
    rows = Provider.objects.all() if actor.may(WORK) else Provider.objects.filter(member_id=actor.member_id)
    if npis:
        found.by_npi = dict(rows.filter(npi__in=npis).values_list("npi", "id"))
    if names:
        for name, key in rows.filter(name__in=names).order_by("id").values_list("name", "id"):
            found.by_name.setdefault(name, []).append(key)


def find_sent(actor: Actor, numbers: Sequence[str]) -> set[Hashable]:
    """Of some senders' numbers those under which the actor has sent a claim."""
    rows = Claim.objects.filter(submitted_by_id=actor.member_id, external_id__in=numbers, version=1)
    return set(rows.values_list("external_id", flat=True))


def list_seen(actor: Actor, claim_ids: Sequence[UUID]) -> set[UUID]:
    """Of some claims those that the actor may open."""
    return set(list_claims(actor).filter(id__in=claim_ids).order_by().values_list("id", flat=True))
