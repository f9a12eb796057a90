"""What stands encrypted in the database, found by the type of its fields."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.apps import apps
from django.db.models import BinaryField, Model
from django.db.models.functions import Cast

from bailiwick.kernel.base.vault import NotOpened, SealedField, is_newest, unseal
from bailiwick.kernel.tenancy.models import Organization, OrganizationModel
from bailiwick.kernel.tenancy.queries import get_installation_id
from bailiwick.kernel.tenancy.scope import enter

BATCH = 200
FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class SealedPlace:
    """A column of secrets."""

    model: type[Model]
    field: str

    def __str__(self) -> str:
        return f"{self.model._meta.label}.{self.field}"


@dataclass(slots=True)
class SealedTally:
    """How many secrets a place has, how many of them an older key sealed, and how many no key opens."""

    place: str
    count: int = 0
    older: int = 0
    closed: int = 0


def list_sealed_places() -> list[SealedPlace]:
    """Every column of the installation whose values are encrypted."""
    return [
        SealedPlace(model, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, SealedField)
    ]


def each_batch(place: SealedPlace, *, locks: bool = False) -> Iterator[list[tuple[UUID, bytes]]]:
    """Rows and their secrets as they are stored, each batch in a transaction and the scope of its rows."""
    for organization_id in _owners(place):
        after: UUID | None = FIRST
        while after is not None:
            with enter(organization_id):
                rows = _read(place, after, locks=locks)
                yield [(row_id, content) for row_id, content in rows if content]
            after = rows[-1][0] if len(rows) == BATCH else None


def _owners(place: SealedPlace) -> list[UUID]:
    """A global row is seen in any scope."""
    if issubclass(place.model, OrganizationModel):
        return list(Organization.objects.order_by("id").values_list("id", flat=True))
    return [get_installation_id()]


def _read(place: SealedPlace, after: UUID, *, locks: bool) -> list[tuple[UUID, bytes]]:
    rows = place.model._default_manager.filter(id__gt=after).order_by("id")
    rows = rows.select_for_update() if locks else rows
    stored = rows.values_list("id", Cast(place.field, BinaryField()))[:BATCH]
    return [(row_id, bytes(content)) for row_id, content in stored]


def count_sealed() -> Iterator[SealedTally]:
    """Place by place; every secret is opened once."""
    for place in list_sealed_places():
        tally = SealedTally(str(place))
        for rows in each_batch(place):
            for _row_id, content in rows:
                _count(content, tally)
        yield tally


def _count(content: bytes, tally: SealedTally) -> None:
    tally.count += 1
    if is_newest(content):
        return
    try:
        unseal(content)
        tally.older += 1
    except NotOpened:
        tally.closed += 1
