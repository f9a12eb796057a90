"""Which kinds of records are sensitive in an organisation."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Model
from django.utils.module_loading import import_string

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.models import SensitiveKind
from bailiwick.kernel.base.manifest import Sensitive, registry
from bailiwick.kernel.disclosures.manifest import REVIEW


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record, and whether its reading is recorded here."""

    sensitive: Sensitive
    is_on: bool


def list_kinds(actor: Actor) -> list[Kind]:
    """Every kind that a manifest declares, for who decides which are sensitive; raises Forbidden."""
    actor.require(REVIEW)
    return _kinds()


def _kinds() -> list[Kind]:
    on = set(SensitiveKind.objects.filter(is_sensitive=True).values_list("kind", flat=True))
    every = registry().sensitives.values()
    return [Kind(each, not each.is_optional or each.model in on) for each in every]


def list_openable() -> list[Sensitive]:
    """The kinds of which a record can be opened in an emergency: sensitive here, and with a role that opens it."""
    return [each.sensitive for each in _kinds() if each.is_on and each.sensitive.role]


def find_record(sensitive: Sensitive, text: str) -> Model | None:
    """A row of the organisation by what people know it by, whether anybody sees it or not."""
    row: Model | None = import_string(sensitive.find)(text)
    return row


def list_known_by(text: str) -> set[UUID]:
    """Every sensitive record that people know by a text, and the text itself where it is a key."""
    found = {row.pk for each in registry().sensitives.values() if (row := find_record(each, text)) is not None}
    try:
        return found | {UUID(text)}
    except ValueError:
        return found
