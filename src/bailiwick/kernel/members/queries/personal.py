"""What is known of a member, and what keeps it from being erased."""

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import BinaryField, Field, Model, Q, QuerySet
from django.utils.timezone import now

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.constraints import RowChanges
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.base.manifest import Personal, Text, registry
from bailiwick.kernel.base.vault import SealedField
from bailiwick.kernel.identity.choices import MemberKind
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.identity.queries import find_member
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.members.manifest import ERASE, EXPORT, PERSONAL_FILE
from bailiwick.kernel.members.models import Erasure, RetentionHold
from bailiwick.kernel.tenancy.models import OrganizationModel


def get_person(actor: Actor, member_id: UUID) -> Member:
    """A person of the organisation, for themselves or for who may export or erase; raises Forbidden, NotFound."""
    if member_id != actor.member_id and not actor.may(ERASE):
        actor.require(EXPORT)
    member = Member.objects.filter(id=member_id, kind=MemberKind.PERSON).select_related("user").first()
    if member is None:
        raise NotFound
    return member


def find_known_by(text: str) -> Member | None:
    """A person of the organisation by a key, a login or the whole name."""
    with suppress(ValueError):
        return Member.objects.filter(id=UUID(text), kind=MemberKind.PERSON).first()
    if not text or "\x00" in text:
        return None
    return find_member(text) or Member.objects.filter(name=text, kind=MemberKind.PERSON).order_by("id").first()


def list_holds(member_id: UUID) -> list[RetentionHold]:
    """The retention holds of a member, the newest first; at most 100."""
    holds = RetentionHold.objects.filter(member_id=member_id).select_related("placed_by", "lifted_by")
    return list(holds.order_by("-placed_at", "id")[:100])


def find_hold(member_id: UUID) -> RetentionHold | None:
    """The hold that keeps a member from being erased now; of several the one that lasts longest."""
    lasting = Q(valid_until=None) | Q(valid_until__gt=now())
    holds = RetentionHold.objects.filter(lasting, member_id=member_id, lifted_at=None)
    return holds.order_by("-valid_until", "id").first()


def find_erasure(member_id: UUID) -> Erasure | None:
    return Erasure.objects.filter(member_id=member_id).select_related("erased_by").first()


@dataclass(frozen=True, slots=True)
class Known:
    """A table that says who somebody is, and in how many rows."""

    title: Text
    count: int


def rows_of(personal: Personal, member_id: UUID) -> QuerySet[Any]:
    return apps.get_model(personal.model)._default_manager.filter(**{personal.member: member_id})


def list_known(member_id: UUID) -> list[Known]:
    """What an erasure would blank."""
    return [Known(each.title, rows_of(each, member_id).count()) for each in registry().personal]


def list_exports(member_id: UUID) -> list[UUID]:
    """The files in which was written down what is known of a member."""
    jobs = Job.objects.filter(kind=PERSONAL_FILE, arguments__member=str(member_id), position__has_key="file")
    return [UUID(position["file"]) for position in jobs.values_list("position", flat=True)]


def list_tables() -> Iterator[tuple[type[Model], list[str]]]:
    """Every table with rows of the organisation that name a member, and the columns that do."""
    for model in apps.get_models():
        if not issubclass(model, OrganizationModel):
            continue
        naming = [field.attname for field in model._meta.concrete_fields if field.related_model is Member]
        if model is Member:
            naming.append("id")
        if model is Event:
            naming += ["member_id", "subject_id"]
        if naming:
            yield model, naming


def list_rows(model: type[Model], naming: list[str], member_id: UUID, after: UUID | None, limit: int) -> list[Any]:
    """Rows that name a member, by key from after one; what is secret or has no meaning by itself is left out.

    Of a row that is about somebody else, such as who reports to the member, what says who they are is left out too.
    """
    about = Q()
    for column in naming:
        about |= Q(**{column: member_id})
    rows = model._default_manager.filter(about)
    if after:
        rows = rows.filter(pk__gt=after)
    found = list(rows.order_by("pk").values(*(field.attname for field in readable_fields(model)))[:limit])
    for personal in registry().personal:
        if personal.model == model._meta.label_lower:
            ours = set(rows_of(personal, member_id).filter(pk__in=[row["id"] for row in found]).values_list("pk"))
            found = [row if (row["id"],) in ours else _without(row, personal.blank) for row in found]
    return found


def _without(row: dict[str, Any], columns: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in columns}


def readable_fields(model: type[Model]) -> list["Field[Any, Any]"]:
    """The columns of a table that are neither secret nor a digest."""
    rules = [rule for rule in model._meta.constraints if isinstance(rule, RowChanges)]
    masked = {name for rule in rules for name in rule.masked} - {"email", "attributes"}
    hidden = (BinaryField, SealedField)
    return [
        field
        for field in model._meta.concrete_fields
        if not isinstance(field, hidden) and masked.isdisjoint({field.name, field.attname})
    ]
