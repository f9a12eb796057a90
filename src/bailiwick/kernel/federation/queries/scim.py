"""People and groups that a directory keeps here by SCIM."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from scim2_models import ScimFilter, TooManyException

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.federation.manifest import PROVISION
from bailiwick.kernel.federation.models import DirectoryGroup, DirectoryMembership, DirectoryUser
from bailiwick.kernel.federation.queries.scim_filters import Table, condition_of
from bailiwick.kernel.federation.rules.scim import MOST, MOST_MEMBERS
from bailiwick.kernel.federation.values import Link

CORE = "urn:ietf:params:scim:schemas:core:2.0"
PEOPLE = Table(
    columns={
        "id": "federation_directoryuser.id",
        "external_id": "federation_directoryuser.external_id",
        "user_name": "federation_directoryuser.user_name",
        "active": "(SELECT m.is_active FROM identity_member m WHERE m.id = federation_directoryuser.member_id)",
        "meta.created": "federation_directoryuser.created_at",
        "meta.last_modified": "federation_directoryuser.changed_at",
        "meta.resource_type": "'User'",
        "meta.version": "('W/\"' || federation_directoryuser.version || '\"')",
    },
    rows={
        "schemas": (
            f"(SELECT '{CORE}:User' UNION ALL SELECT k FROM jsonb_object_keys(federation_directoryuser.attributes) k"
            " WHERE k LIKE 'urn:%%') s(urn) WHERE TRUE",
            {"value": "s.urn"},
        ),
        "groups": (
            "federation_directorymembership g JOIN federation_directorygroup d ON d.id = g.group_id"
            " WHERE g.user_id = federation_directoryuser.id AND g.ended_at IS NULL",
            {"value": "g.group_id", "display": "d.display_name", "type": "'direct'"},
        ),
    },
    document="federation_directoryuser.attributes",
)
GROUPS = Table(
    columns={
        "id": "federation_directorygroup.id",
        "external_id": "federation_directorygroup.external_id",
        "display_name": "federation_directorygroup.display_name",
        "meta.created": "federation_directorygroup.created_at",
        "meta.last_modified": "federation_directorygroup.changed_at",
        "meta.resource_type": "'Group'",
        "meta.version": "('W/\"' || federation_directorygroup.version || '\"')",
    },
    rows={
        "schemas": (f"(SELECT '{CORE}:Group') s(urn) WHERE TRUE", {"value": "s.urn"}),
        "members": (
            "federation_directorymembership g WHERE g.group_id = federation_directorygroup.id AND g.ended_at IS NULL",
            {
                "value": "coalesce(g.user_id, g.subgroup_id)",
                "type": "CASE WHEN g.user_id IS NULL THEN 'Group' ELSE 'User' END",
            },
        ),
    },
)


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a list, and how many there are in all."""

    total: int
    rows: list[Any]


def find_people(actor: Actor, wanted: ScimFilter[Any] | None, start: int, count: int) -> Found:
    """People in the order in which they came; `start` counts from 0. Raises InvalidFilterException."""
    actor.require(PROVISION)
    return _page(DirectoryUser.objects.select_related("member"), PEOPLE, wanted, start, count)


def find_groups(actor: Actor, wanted: ScimFilter[Any] | None, start: int, count: int) -> Found:
    """Groups in the order in which they came; `start` counts from 0. Raises InvalidFilterException."""
    actor.require(PROVISION)
    return _page(DirectoryGroup.objects.all(), GROUPS, wanted, start, count)


def _page(rows: QuerySet[Any], table: Table, wanted: ScimFilter[Any] | None, start: int, count: int) -> Found:
    rows = rows.filter(removed_at=None)
    if wanted is not None:
        rows = rows.filter(condition_of(wanted, table))
    count = min(count, MOST)
    page = list(rows.order_by("id")[start : start + count]) if count else []
    is_whole = start == 0 and len(page) < count
    return Found(len(page) if is_whole else rows.count(), page)


def get_person(actor: Actor, person_id: UUID) -> DirectoryUser:
    """Raises NotFound."""
    actor.require(PROVISION)
    return _one(DirectoryUser.objects.select_related("member"), person_id)


def get_group(actor: Actor, group_id: UUID) -> DirectoryGroup:
    """Raises NotFound."""
    actor.require(PROVISION)
    return _one(DirectoryGroup.objects.all(), group_id)


def _one(rows: QuerySet[Any], row_id: UUID) -> Any:
    row = rows.filter(id=row_id, removed_at=None).first()
    if row is None:
        raise NotFound
    return row


def groups_of(person_ids: Collection[UUID]) -> dict[UUID, list[Link]]:
    """The groups that each person is in directly."""
    rows = DirectoryMembership.objects.filter(user_id__in=person_ids, ended_at=None, group__removed_at=None)
    found: dict[UUID, list[Link]] = defaultdict(list)
    for person_id, group_id, name in rows.order_by("id").values_list("user_id", "group_id", "group__display_name"):
        found[person_id].append(Link(group_id, is_group=True, name=name))
    return found


def members_of(group_ids: Collection[UUID]) -> dict[UUID, list[Link]]:
    """Who is in each group directly; raises TooManyException where all of them together are too many to show."""
    rows = DirectoryMembership.objects.filter(group_id__in=group_ids, ended_at=None, user__removed_at=None)
    values = rows.order_by("id").values_list("group_id", "user_id", "subgroup_id")
    found: dict[UUID, list[Link]] = defaultdict(list)
    for number, (group_id, user_id, subgroup_id) in enumerate(values[: MOST_MEMBERS + 1]):
        if number == MOST_MEMBERS:
            raise TooManyException(detail="These groups have too many members to show: exclude “members”.")
        found[group_id].append(Link(user_id or subgroup_id, is_group=user_id is None))
    return found
