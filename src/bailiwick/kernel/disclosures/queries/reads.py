"""The report of disclosures: who was shown which sensitive records, when and what for."""

from uuid import UUID

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.models import Read
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.disclosures.manifest import READ
from bailiwick.kernel.disclosures.queries.kinds import list_known_by

# The owner's index answers: under a policy that of the runtime role is used for leakproof operators alone.
OF_RECORDS = "SELECT disclosures_reads_of(%s::uuid[])"
ABOUT = "SELECT disclosures_reads_about(%s)"


def list_reads(actor: Actor) -> QuerySet[Read]:
    """The accounting of disclosures (45 CFR 164.528): for each its date, who received what, and the purpose."""
    actor.require(READ)
    return Read.objects.order_by("-id")


def get_read(actor: Actor, read_id: UUID) -> Read:
    """One reading with its records; raises Forbidden, NotFound."""
    found = list_reads(actor).filter(id=read_id).first()
    if found is None:
        raise NotFound
    return found


def of_record(rows: QuerySet[Read], text: str) -> QuerySet[Read]:
    """Readings of the record that people know by a text, whether it is still there or not."""
    return rows.filter(id__in=RawSQL(OF_RECORDS, [list(list_known_by(text))]))  # noqa: S611  no input in it


def about_member(rows: QuerySet[Read], member_id: UUID) -> QuerySet[Read]:
    """Readings of what is about a person."""
    return rows.filter(id__in=RawSQL(ABOUT, [member_id]))  # noqa: S611  no input in it


def list_purposes() -> list[tuple[str, str]]:
    """Every purpose that something may be read for, by its title."""
    every = {code: title for each in registry().sensitives.values() for code, title in each.titles.items()}
    return [(code, str(title)) for code, title in every.items()]
