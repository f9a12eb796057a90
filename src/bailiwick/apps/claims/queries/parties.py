"""Patients and providers, narrowed to what the actor may see."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from bailiwick.apps.claims.manifest import BE_PATIENT, MANAGE, PROCESS, PROVIDE, SEE_ALL, SEE_MONEY, WORK
from bailiwick.apps.claims.models import Claim, Patient, Provider
from bailiwick.apps.claims.queries.claims import list_own_providers
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import InvalidInput, NotFound


class Person(NamedTuple):
    """Of a patient what a claim is checked against: `id` is the survivor's where they were merged into another."""

    id: UUID
    born: date


def list_patients(actor: Actor) -> QuerySet[Patient]:
    """Patients that the actor may see, by name; those merged into another are left out.

    All for who manages claims or sees all of them; for processors those of claims assigned to them, for providers those
    they billed for, for patients themselves and those they answer for.
    """
    rows = Patient.objects.filter(merged_into=None).order_by("last_name", "first_name", "id")
    if actor.may((MANAGE, SEE_ALL, SEE_MONEY)):
        return rows
    return rows.filter(_related_patients(actor))


def _related_patients(actor: Actor) -> Q:
    seen = Q(pk__in=[])
    if actor.may(PROCESS):
        assigned = Claim.objects.filter(is_live=True, assigned_processor_id=actor.member_id)
        seen |= Q(id__in=assigned.values("patient_id"))
    if actor.may(PROVIDE):
        billed = Claim.objects.filter(is_live=True, provider_id__in=list_own_providers(actor))
        seen |= Q(id__in=billed.values("patient_id"))
    if actor.may(BE_PATIENT):
        seen |= Q(member_id=actor.member_id)
    return seen


def list_whole_patients(actor: Actor, patient_ids: Sequence[UUID]) -> set[UUID]:
    """Of patients that the actor sees those whom they see whole; of the others, who see amounts, by name and number."""
    if actor.may((MANAGE, SEE_ALL)) or not actor.may(SEE_MONEY):
        return set(patient_ids)
    rows = Patient.objects.filter(_related_patients(actor), id__in=patient_ids)
    return set(rows.values_list("id", flat=True))


def get_patient(actor: Actor, patient_id: UUID) -> Patient:
    """Raises NotFound."""
    found = list_patients(actor).filter(id=patient_id).first()
    if found is None:
        raise NotFound
    return found


def find_known_by(text: str) -> Patient | None:
    """The organisation's patient of a key or a number, whoever sees them."""
    with suppress(ValueError):
        return Patient.objects.filter(id=UUID(text)).first()
    return Patient.objects.filter(number=text).first() if text and "\x00" not in text else None


def find_patients(actor: Actor, number: str) -> QuerySet[Patient]:
    """Patients with exactly this number: who submits claims finds those whom they have not seen yet."""
    rows = Patient.objects.filter(merged_into=None, number=number)
    return rows if number and actor.may((*WORK, PROVIDE, SEE_ALL, SEE_MONEY)) else rows.none()


def lock_patient(patient_id: UUID) -> Patient:
    """Raises NotFound."""
    found: Patient | None = Patient.objects.select_for_update().filter(id=patient_id).first()
    if found is None:
        raise NotFound
    return found


def list_providers(actor: Actor) -> QuerySet[Provider]:
    """Providers by name: all for who works on claims or sees them all, for providers themselves."""
    rows = Provider.objects.order_by("name", "id")
    if actor.may((*WORK, SEE_ALL, SEE_MONEY)):
        return rows
    return rows.filter(member_id=actor.member_id) if actor.may(PROVIDE) else rows.none()


def get_provider(actor: Actor, provider_id: UUID) -> Provider:
    """Raises NotFound."""
    found = list_providers(actor).filter(id=provider_id).first()
    if found is None:
        raise NotFound
    return found


def find_by_npi(actor: Actor, npi: str) -> Provider | None:
    """The provider of an NPI, None where none is given; raises InvalidInput beside "npi" where nobody has it."""
    if not npi:
        return None
    found = list_providers(actor).filter(npi=npi).first()
    if found is None:
        raise InvalidInput({"npi": [_("No provider has this NPI.")]})
    return found


def lock_provider(provider_id: UUID) -> Provider:
    """Raises NotFound."""
    found: Provider | None = Provider.objects.select_for_update().filter(id=provider_id).first()
    if found is None:
        raise NotFound
    return found


def is_number_taken(patient: Patient) -> bool:
    """Whether another patient has this one's number."""
    return bool(patient.number) and Patient.objects.filter(number=patient.number).exclude(id=patient.pk).exists()


def is_npi_taken(provider: Provider) -> bool:
    """Whether another provider has this one's NPI."""
    return bool(provider.npi) and Provider.objects.filter(npi=provider.npi).exclude(id=provider.pk).exists()


def map_people(patient_ids: Sequence[UUID]) -> dict[UUID, Person]:
    """Of some keys those of patients of the organisation, and who they are by now."""
    rows = Patient.objects.filter(id__in=patient_ids).values_list("id", "merged_into_id", "date_of_birth")
    return {key: Person(merged or key, born) for key, merged, born in rows}


def list_billing(actor: Actor, provider_ids: Sequence[UUID]) -> set[UUID]:
    """Of some keys those of providers for whom the actor may submit: any for who works on claims, else their own."""
    rows = Provider.objects.filter(id__in=provider_ids)
    if not actor.may(WORK):
        rows = rows.filter(member_id=actor.member_id)
    return set(rows.values_list("id", flat=True))
