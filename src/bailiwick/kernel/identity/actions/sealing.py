"""Sealing anew what is encrypted in the database."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import BinaryField, Value

from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.vault import NotOpened, is_newest, reseal
from bailiwick.kernel.identity.choices import Credential
from bailiwick.kernel.identity.queries.sealing import SealedPlace, each_batch, list_sealed_places
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.queries import get_installation_id
from bailiwick.kernel.tenancy.scope import enter


@dataclass(slots=True)
class Resealed:
    """How many secrets a place has, how many were sealed anew, and how many no key opens."""

    place: str
    count: int = 0
    resealed: int = 0
    closed: int = 0


def reseal_secrets() -> Iterator[Resealed]:
    """Seal by the newest key whatever an older one sealed, a batch a transaction: repeated, it takes up the rest."""
    for place in list_sealed_places():
        tally = Resealed(str(place))
        for rows in each_batch(place, locks=True):
            for row_id, content in rows:
                _reseal(place, row_id, content, tally)
        if tally.resealed:
            _record(tally)
        yield tally


def _reseal(place: SealedPlace, row_id: UUID, content: bytes, tally: Resealed) -> None:
    tally.count += 1
    if is_newest(content):
        return
    try:
        anew = Value(reseal(content), BinaryField())
    except NotOpened:
        tally.closed += 1
        return
    place.model._default_manager.filter(id=row_id).update(**{place.field: anew})
    tally.resealed += 1


def _record(tally: Resealed) -> None:
    installation_id = get_installation_id()
    with enter(installation_id):
        actor = ActorRef(installation_id, None, Credential.SYSTEM)
        told = {"place": tally.place, "count": tally.resealed}
        record(actor, "identity.secrets.resealed", Organization(id=installation_id), told)
