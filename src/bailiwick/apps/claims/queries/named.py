"""What is known of those whom claims name, for their front-end edits."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from bailiwick.apps.claims.models import Patient, Provider


def find_npis(provider_ids: Collection[UUID]) -> dict[UUID, str]:
    """The NPI of each of some providers, as it was given."""
    return dict(Provider.objects.filter(id__in=provider_ids).values_list("id", "npi"))


def find_births(patient_ids: Collection[UUID]) -> dict[UUID, date]:
    """The day of birth of each of some patients."""
    return dict(Patient.objects.filter(id__in=patient_ids).values_list("id", "date_of_birth"))
